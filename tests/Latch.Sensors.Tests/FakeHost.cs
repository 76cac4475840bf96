using System.Text;

namespace Latch.Sensors.Tests;

/// <summary>A folder with the /proc and /sys files of a made-up machine, and a clock that moves on demand.</summary>
internal sealed class FakeHost : TimeProvider, IDisposable
{
    private long _ticks;

    internal FakeHost()
    {
        Write("proc/stat", Stat(user: 100, idle: 900));
        Write("proc/meminfo", "MemTotal:  4194304 kB\nMemFree: 9 kB\nMemAvailable:  3145728 kB\nBuffers: 1024 kB\nCached: 2048 kB\nSwapCached: 7 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\nDirty: 512 kB\nWriteback: 512 kB\n");
        Write("proc/vmstat", "nr_free_pages 1\npgfault 1000\npgmajfault 3\n");
        Directory.CreateDirectory(Path.Combine(Root, "sys/block/sda/device"));
        Directory.CreateDirectory(Path.Combine(Root, "sys/block/loop0"));
        Write("proc/diskstats", Disks(readSectors: 0, writtenSectors: 0, inFlight: 0, busy: 0));
        Write("proc/net/dev", Net(loopback: 0, received: 0, sent: 0));
        Write("proc/pressure/cpu", Pressure(0));
    }

    internal string Root { get; } = Directory.CreateTempSubdirectory("fakehost").FullName;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMilliseconds(_ticks);

    internal void Pass(double seconds) => _ticks += (long)(1000 * seconds);

    internal void Write(string path, string text)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using FileStream file = new(full, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite); // same file: the source keeps it open
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(text));
    }

    internal static string Stat(int user, int idle, int forks = 50, int switches = 1000, int interrupts = 500, int running = 3) =>
        $"cpu  {user} 0 0 {2 * idle} 0 0 0 0 0 0\ncpu0 {user} 0 0 {idle} 0 0 0 0 0 0\ncpu1 0 0 0 {idle} 0 0 0 0 0 0\n"
        + $"intr {interrupts} 0 0 {new string('7', 9000)}\nctxt {switches}\nbtime 1\nprocesses {forks}\nprocs_running {running}\nprocs_blocked 0\n";

    internal static string Disks(long readSectors, long writtenSectors, int inFlight, int busy) =>
        $"   7 0 loop0 9 9 999999 9 9 9 999999 9 9 9 9\n   8 0 sda 1 0 {readSectors} 5 2 0 {writtenSectors} 6 {inFlight} {busy} 9 0 0 0 0\n   8 1 sda1 1 0 {readSectors} 5 2 0 {writtenSectors} 6 {inFlight} {busy} 9\n";

    internal static string Net(long loopback, long received, long sent) =>
        "Inter-|   Receive   |  Transmit\n face |bytes    packets errs drop\n"
        + $"    lo: {loopback} {loopback / 512} 0 0 0 0 0 0 {loopback} 5 0 0 0 0 0 0\n  eth0:{received} 2 0 0 0 0 0 0 {sent} 9 0 0 0 0 0 0\n wlan0: {received} 2 0 0 0 0 0 0 {sent} 9 0 0 0 0 0 0\n";

    internal static string Pressure(long microseconds) =>
        $"some avg10=1.00 avg60=2.00 avg300=3.00 total={microseconds}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=77\n";

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
