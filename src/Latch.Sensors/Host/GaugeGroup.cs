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
            (ProcFile file, double divisor) = _gauges[i];
            readings[i] = (float)(Value(file) / divisor);
        }
    }

    /// <summary>NaN when the driver has no value now: sensors of sleeping devices answer with an error.</summary>
    private static double Value(ProcFile file)
    {
        try
        {
            ReadOnlySpan<byte> text = file.Read().TrimEnd((byte)'\n');
            return ProcText.TakeNumber(ref text);
        }
        catch (IOException)
        {
            return double.NaN;
        }
    }

    public void Dispose() => _gauges.ForEach(gauge => gauge.File.Dispose());
}
