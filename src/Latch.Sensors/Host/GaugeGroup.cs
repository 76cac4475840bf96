namespace Latch.Sensors.Host;

/// <summary>Files that hold one number each: processor frequencies and temperatures.</summary>
internal sealed class GaugeGroup : IHostGroup
{
    private readonly List<(ProcFile File, double Divisor)> _gauges = [];
    private readonly List<SensorChannel> _channels = [];

    public IReadOnlyList<SensorChannel> Channels => _channels;

    /// <summary>Adds a gauge if the file exists and can be read.</summary>
    internal bool TryAdd(string path, SensorChannel channel, double divisor)
    {
        if (ProcFile.TryOpen(path) is not { } file)
            return false;
        _gauges.Add((file, divisor));
        _channels.Add(channel);
        return true;
    }

    public void Read(Span<float> readings, double seconds)
    {
        for (int i = 0; i < _gauges.Count; i++)
        {
            ReadOnlySpan<byte> text = _gauges[i].File.Read().TrimEnd((byte)'\n');
            readings[i] = (float)(ProcText.TakeNumber(ref text) / _gauges[i].Divisor);
        }
    }

    public void Dispose() => _gauges.ForEach(gauge => gauge.File.Dispose());
}
