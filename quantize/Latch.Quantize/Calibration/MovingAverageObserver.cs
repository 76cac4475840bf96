namespace Latch.Quantize.Calibration;

/// <summary>An exponential average of each run's smallest and largest value: a rare outlier does not set the range.</summary>
internal sealed class MovingAverageObserver : IObserver
{
    private const double Weight = 0.05;

    private bool _any;
    private double _min;
    private double _max;

    public ValueRange Range => new(_min, _max);

    public void Add(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            return;
        float min = values[0], max = values[0];
        foreach (float value in values)
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        double weight = _any ? Weight : 1;
        _min += weight * (min - _min);
        _max += weight * (max - _max);
        _any = true;
    }
}
