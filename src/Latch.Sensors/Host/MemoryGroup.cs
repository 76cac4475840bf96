namespace Latch.Sensors.Host;

/// <summary>/proc/meminfo and /proc/vmstat: memory in use, page cache, dirty pages, swap, page faults.</summary>
internal sealed class MemoryGroup : IHostGroup
{
    private const double KiBPerMiB = 1024;
    private readonly ProcFile _meminfo;
    private readonly ProcFile? _vmstat;
    private readonly bool _hasSwap;
    private Counter _faults;

    internal MemoryGroup(ProcFile meminfo, ProcFile? vmstat)
    {
        _meminfo = meminfo;
        _vmstat = vmstat;
        _hasSwap = ProcText.Field(meminfo.Read(), "SwapTotal:"u8) > 0;
        List<SensorChannel> channels = [new("mem.used", "MiB"), new("mem.cache", "MiB"), new("mem.dirty", "MiB")];
        if (_hasSwap)
            channels.Add(new("mem.swap", "MiB"));
        if (vmstat is not null)
            channels.Add(new("mem.faults", "1/s"));
        Channels = channels;
    }

    public IReadOnlyList<SensorChannel> Channels { get; }

    public void Read(Span<float> readings, double seconds)
    {
        ReadOnlySpan<byte> text = _meminfo.Read();
        readings[0] = (float)((ProcText.Field(text, "MemTotal:"u8) - ProcText.Field(text, "MemAvailable:"u8)) / KiBPerMiB);
        readings[1] = (float)((ProcText.Field(text, "Cached:"u8) + ProcText.Field(text, "Buffers:"u8)) / KiBPerMiB);
        readings[2] = (float)((ProcText.Field(text, "Dirty:"u8) + ProcText.Field(text, "Writeback:"u8)) / KiBPerMiB);
        int next = 3;
        if (_hasSwap)
            readings[next++] = (float)((ProcText.Field(text, "SwapTotal:"u8) - ProcText.Field(text, "SwapFree:"u8)) / KiBPerMiB);
        if (_vmstat is not null)
            readings[next] = (float)(_faults.Advance(ProcText.Field(_vmstat.Read(), "pgfault "u8)) / seconds);
    }

    public void Dispose()
    {
        _meminfo.Dispose();
        _vmstat?.Dispose();
    }
}
