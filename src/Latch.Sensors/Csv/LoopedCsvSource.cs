namespace Latch.Sensors.Csv;

/// <summary>A recording that begins anew at its end; times go on, one period after the last.</summary>
internal sealed class LoopedCsvSource : ISensorSource
{
    private readonly string _path;
    private readonly double? _rate;
    private CsvReplaySource _source;
    private TimeSpan _shift;
    private DateTimeOffset _last;
    private bool _atStart = true;
    private bool _again;

    internal LoopedCsvSource(string path, double? rate) => (_path, _rate, _source) = (path, rate, new(path, rate));

    public IReadOnlyList<SensorChannel> Channels => _source.Channels;

    public double SampleRate => _source.SampleRate;

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        if (!_source.TryRead(sample, out time))
        {
            if (_atStart)
                return false; // a recording without a row
            _source.Dispose();
            (_source, _again) = (new(_path, _rate), true);
            if (!_source.TryRead(sample, out time))
                return false;
        }

        if (_again)
            _shift = _last.AddSeconds(1 / SampleRate) - time;
        (_atStart, _again) = (false, false);
        time += _shift;
        _last = time;
        return true;
    }

    public void Dispose() => _source.Dispose();
}
