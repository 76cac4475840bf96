namespace Latch.Sensors.Tests;

/// <summary>Channels a, b and c at 1 Hz; sample n reads n + 1, 10 (n + 1) and 100 (n + 1).</summary>
internal sealed class CountingSource(int samples) : ISensorSource
{
    private int _next;

    public IReadOnlyList<SensorChannel> Channels { get; } = [new("a", "V"), new("b", "V"), new("c", "V")];

    public double SampleRate => 1;

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        time = DateTimeOffset.UnixEpoch.AddSeconds(_next);
        if (_next == samples)
            return false;
        _next++;
        for (int i = 0, factor = 1; i < 3; i++, factor *= 10)
            sample[i] = _next * factor;
        return true;
    }

    public void Dispose()
    {
    }
}
