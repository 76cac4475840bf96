namespace Latch.Sensors.Host;

/// <summary>The Linux host's own telemetry, read from /proc and /sys when a sample is asked for.</summary>
/// <remarks>
/// Rates are differences of kernel counters over the monotonic time between two reads; the constructor makes the first read.
/// Channels depend on the machine: what it does not show is left out and named in <see cref="Absent"/>.
/// A read allocates nothing once the buffers have grown to the files' sizes.
/// </remarks>
public sealed class HostSensorSource : ISensorSource
{
    private readonly List<IHostGroup> _groups = [];
    private readonly List<string> _absent = [];
    private readonly SensorChannel[] _channels;
    private readonly TimeProvider _clock;
    private long _last;

    /// <summary>Opens the host's files.</summary>
    /// <param name="sampleRate">The rate the caller will read at, in Hz.</param>
    /// <param name="root">The folder that holds <c>proc</c> and <c>sys</c>; another one than <c>/</c> for a container's view or a test.</param>
    /// <param name="clock">Monotonic clock and time of day; the system's when null.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRate"/> is not above zero.</exception>
    /// <exception cref="PlatformNotSupportedException">There is no <c>proc/stat</c>: not a Linux host.</exception>
    public HostSensorSource(double sampleRate = 1, string root = "/", TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentNullException.ThrowIfNull(root);
        SampleRate = sampleRate;
        _clock = clock ?? TimeProvider.System;
        string proc = Path.Combine(root, "proc");
        string sys = Path.Combine(root, "sys");
        ProcFile stat = ProcFile.TryOpen(Path.Combine(proc, "stat"))
            ?? throw new PlatformNotSupportedException($"{Path.Combine(proc, "stat")} cannot be read: host telemetry needs Linux with /proc mounted.");
        _groups.Add(new CpuGroup(stat));
        AddFrequencies(sys);
        AddMemory(proc);
        AddDisks(proc, sys);
        AddNetwork(proc);
        AddPressure(proc);
        AddTemperatures(sys);
        _channels = [.. _groups.SelectMany(group => group.Channels)];
        ReadGroups(stackalloc float[_channels.Length], 1);
        _last = _clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels => _channels;

    /// <inheritdoc/>
    public double SampleRate { get; }

    /// <summary>What this machine does not show, each with the path looked for.</summary>
    public IReadOnlyList<string> Absent => _absent;

    /// <summary>Reads the host now. Never ends: always true.</summary>
    /// <inheritdoc/>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        long now = _clock.GetTimestamp();
        double seconds = Math.Max(1e-6, _clock.GetElapsedTime(_last, now).TotalSeconds);
        _last = now;
        time = _clock.GetUtcNow();
        ReadGroups(sample, seconds);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _groups.ForEach(group => group.Dispose());

    private void ReadGroups(Span<float> sample, double seconds)
    {
        int at = 0;
        foreach (IHostGroup group in _groups)
        {
            group.Read(sample.Slice(at, group.Channels.Count), seconds);
            at += group.Channels.Count;
        }
    }

    private void AddFrequencies(string sys)
    {
        string cpus = Path.Combine(sys, "devices/system/cpu");
        GaugeGroup group = new();
        for (int core = 0; Directory.Exists(Path.Combine(cpus, $"cpu{core}")); core++)
            group.TryAdd(Path.Combine(cpus, $"cpu{core}/cpufreq/scaling_cur_freq"), new($"cpu{core}.frequency", "MHz"), 1000);
        AddGauges(group, "processor frequency", Path.Combine(cpus, "cpu0/cpufreq/scaling_cur_freq"));
    }

    private void AddMemory(string proc)
    {
        if (Open(proc, "meminfo", "memory") is not { } meminfo)
            return;
        MemoryGroup group = new(meminfo, Open(proc, "vmstat", "page faults"));
        if (!group.Channels.Any(channel => channel.Name == "mem.swap"))
            _absent.Add("swap (SwapTotal is 0)");
        _groups.Add(group);
    }

    private void AddDisks(string proc, string sys)
    {
        string[] names = [.. DiskGroup.WholeDevices(Path.Combine(sys, "block")).Order(StringComparer.Ordinal)];
        if (names.Length == 0)
            _absent.Add($"disk (no device in {Path.Combine(sys, "block")})");
        else if (Open(proc, "diskstats", "disk") is { } stats)
            _groups.Add(new DiskGroup(stats, names));
    }

    private void AddNetwork(string proc)
    {
        if (Open(proc, "net/dev", "network") is { } dev)
            _groups.Add(new NetworkGroup(dev));
    }

    private void AddPressure(string proc)
    {
        List<(string, ProcFile)> files = [];
        foreach (string resource in (ReadOnlySpan<string>)["cpu", "io", "memory"])
            if (Open(proc, $"pressure/{resource}", $"{resource} pressure") is { } file)
                files.Add((resource, file));
        _groups.Add(new PressureGroup(files));
    }

    private void AddTemperatures(string sys)
    {
        GaugeGroup group = new();
        string thermal = Path.Combine(sys, "class/thermal");
        for (int zone = 0; Directory.Exists(Path.Combine(thermal, $"thermal_zone{zone}")); zone++)
            group.TryAdd(Path.Combine(thermal, $"thermal_zone{zone}/temp"), new($"temperature.zone{zone}", "°C"), 1000);
        string hwmon = Path.Combine(sys, "class/hwmon");
        for (int chip = 0; Directory.Exists(Path.Combine(hwmon, $"hwmon{chip}")); chip++)
            for (int input = 1; group.TryAdd(Path.Combine(hwmon, $"hwmon{chip}/temp{input}_input"), new($"temperature.hwmon{chip}.{input}", "°C"), 1000); input++)
                continue;
        AddGauges(group, "temperature", $"{thermal}/thermal_zone0/temp, {hwmon}/hwmon0/temp1_input");
    }

    private void AddGauges(GaugeGroup group, string what, string lookedFor)
    {
        if (group.Channels.Count > 0)
            _groups.Add(group);
        else
            _absent.Add($"{what} ({lookedFor})");
    }

    private ProcFile? Open(string proc, string name, string what)
    {
        string path = Path.Combine(proc, name);
        ProcFile? file = ProcFile.TryOpen(path);
        if (file is null)
            _absent.Add($"{what} ({path})");
        return file;
    }
}
