using Latch.Sensors.Host;

namespace Latch.Sensors.Tests;

public sealed class HostSensorSourceTests : IDisposable
{
    private readonly FakeHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Channels_FakeMachine_AreThoseItShows()
    {
        using HostSensorSource source = Open();
        Assert.Equal(
            ["cpu0.busy", "cpu1.busy", "cpu.user", "cpu.nice", "cpu.system", "cpu.iowait", "proc.running", "proc.forks",
             "cpu.switches", "cpu.interrupts", "mem.used", "mem.cache", "mem.dirty", "mem.faults", "disk.read", "disk.write",
             "disk.inflight", "disk.busy", "net.lo", "net.lo.packets", "net.rx", "net.tx", "pressure.cpu"],
            source.Channels.Select(channel => channel.Name));
    }

    [Fact]
    public void Absent_FakeMachine_NamesWhatIsMissing()
    {
        using HostSensorSource source = Open();
        Assert.Contains(source.Absent, text => text.StartsWith("processor frequency", StringComparison.Ordinal));
        Assert.Contains(source.Absent, text => text.StartsWith("swap", StringComparison.Ordinal));
        Assert.Contains(source.Absent, text => text.Contains("pressure/io", StringComparison.Ordinal));
        Assert.Contains(source.Absent, text => text.StartsWith("temperature", StringComparison.Ordinal));
    }

    [Fact]
    public void TryRead_CountersGrewOverTwoSeconds_GivesRatesPerSecond()
    {
        using HostSensorSource source = Open();
        _host.Pass(2);
        _host.Write("proc/stat", FakeHost.Stat(user: 250, idle: 950, forks: 60, switches: 3000, interrupts: 600, running: 4));
        _host.Write("proc/vmstat", "nr_free_pages 1\npgfault 1500\n");
        _host.Write("proc/diskstats", FakeHost.Disks(readSectors: 4096, writtenSectors: 16384, inFlight: 5, busy: 500));
        _host.Write("proc/net/dev", FakeHost.Net(loopback: 20480, received: 2048, sent: 4096));
        _host.Write("proc/pressure/cpu", FakeHost.Pressure(200_000));
        Dictionary<string, float> read = Read(source);

        Assert.Equal(75f, read["cpu0.busy"]); // 150 of 150 + 50 jiffies
        Assert.Equal(0f, read["cpu1.busy"]);
        Assert.Equal(60f, read["cpu.user"]); // 150 of 150 + 100
        Assert.Equal(4f, read["proc.running"]);
        Assert.Equal(5f, read["proc.forks"]);
        Assert.Equal(1000f, read["cpu.switches"]);
        Assert.Equal(50f, read["cpu.interrupts"]);
        Assert.Equal(1024f, read["mem.used"]);
        Assert.Equal(3f, read["mem.cache"]);
        Assert.Equal(1f, read["mem.dirty"]);
        Assert.Equal(250f, read["mem.faults"]);
        Assert.Equal(1f, read["disk.read"]); // 4096 sectors of 512 bytes in 2 s; the partition and the loop do not count
        Assert.Equal(4f, read["disk.write"]);
        Assert.Equal(5f, read["disk.inflight"]);
        Assert.Equal(25f, read["disk.busy"]);
        Assert.Equal(10f, read["net.lo"]);
        Assert.Equal(20f, read["net.lo.packets"]);
        Assert.Equal(2f, read["net.rx"]); // two interfaces of 1 KiB/s
        Assert.Equal(4f, read["net.tx"]);
        Assert.Equal(10f, read["pressure.cpu"]);
    }

    [Fact]
    public void TryRead_CounterWentBack_GivesZero()
    {
        using HostSensorSource source = Open();
        _host.Pass(1);
        _host.Write("proc/stat", FakeHost.Stat(user: 110, idle: 990, switches: 10));
        Assert.Equal(0f, Read(source)["cpu.switches"]);
    }

    [Fact]
    public void TryRead_FieldVanished_GivesMissing()
    {
        using HostSensorSource source = Open();
        _host.Write("proc/meminfo", "MemTotal: 4194304 kB\n");
        Assert.True(float.IsNaN(Read(source)["mem.used"]));
    }

    [Fact]
    public void TryRead_FrequencySwapAndTemperature_AreReadInTheirUnits()
    {
        _host.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1500000\n");
        _host.Write("sys/class/thermal/thermal_zone0/temp", "48312\n");
        _host.Write("sys/class/hwmon/hwmon0/temp1_input", "51000\n");
        _host.Write("proc/meminfo", "MemTotal: 2048 kB\nMemAvailable: 1024 kB\nSwapTotal: 4096 kB\nSwapFree: 1024 kB\n");
        using HostSensorSource source = Open();
        Dictionary<string, float> read = Read(source);
        Assert.Equal(1500f, read["cpu0.frequency"]);
        Assert.Equal(48.312f, read["temperature.zone0"]);
        Assert.Equal(51f, read["temperature.hwmon0.1"]);
        Assert.Equal(3f, read["mem.swap"]);
    }

    [Fact]
    public void TryRead_ManyReads_AllocatesNothing()
    {
        using HostSensorSource source = Open();
        float[] sample = new float[source.Channels.Count];
        source.TryRead(sample, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            source.TryRead(sample, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TryRead_WrongLength_NamesBothLengths()
    {
        using HostSensorSource source = Open();
        ArgumentException error = Assert.Throws<ArgumentException>(() => source.TryRead(new float[3], out _));
        Assert.Contains("3 readings", error.Message, StringComparison.Ordinal);
        Assert.Contains("23 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NoProc_SaysWhatIsNeeded()
    {
        string empty = Path.Combine(_host.Root, "sys");
        Assert.Contains("/proc", Assert.Throws<PlatformNotSupportedException>(() => new HostSensorSource(1, empty)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_ThisMachine_ReadingsAreInRange()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "host telemetry needs Linux");
        using HostSensorSource source = new();
        Thread.Sleep(200);
        Dictionary<string, float> read = Read(source);
        Assert.InRange(read["cpu0.busy"], 0f, 100f);
        Assert.InRange(read["proc.running"], 1f, 10_000f);
        Assert.InRange(read["mem.used"], 1f, 1e7f);
        Assert.DoesNotContain(read.Values, float.IsNaN);
    }

    private HostSensorSource Open() => new(1, _host.Root, _host);

    private static Dictionary<string, float> Read(HostSensorSource source)
    {
        float[] sample = new float[source.Channels.Count];
        Assert.True(source.TryRead(sample, out _));
        return source.Channels.Select((channel, i) => (channel.Name, sample[i])).ToDictionary();
    }
}
