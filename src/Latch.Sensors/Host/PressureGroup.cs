namespace Latch.Sensors.Host;

/// <summary>/proc/pressure: share of time in which at least one task waited for the processor, the disk or memory.</summary>
internal sealed class PressureGroup : IHostGroup
{
    private readonly ProcFile[] _files;
    private readonly Counter[] _stalled; // microseconds

    internal PressureGroup(IReadOnlyList<(string Resource, ProcFile File)> files)
    {
        _files = [.. files.Select(f => f.File)];
        _stalled = new Counter[_files.Length];
        Channels = [.. files.Select(f => new SensorChannel($"pressure.{f.Resource}", "%"))];
    }

    public IReadOnlyList<SensorChannel> Channels { get; }

    public void Read(Span<float> readings, double seconds)
    {
        for (int i = 0; i < _files.Length; i++)
            readings[i] = (float)(_stalled[i].Advance(TotalOfSome(_files[i].Read())) / (1e4 * seconds));
    }

    private static double TotalOfSome(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf("total="u8); // the "some" line comes first
        if (at < 0)
            return double.NaN;
        ProcText.TryTakeLine(ref text, out ReadOnlySpan<byte> line);
        line = line[(at + "total=".Length)..];
        return ProcText.TakeNumber(ref line);
    }

    public void Dispose() => Array.ForEach(_files, file => file.Dispose());
}
