namespace Latch.Quantize.Calibration;

/// <summary>The smallest and the largest value seen.</summary>
internal sealed class MinMaxObserver : IObserver
{
    private float _min = float.PositiveInfinity;
    private float _max = float.NegativeInfinity;

    public ValueRange Range => _min > _max ? default : new ValueRange(_min, _max);

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            _min = Math.Min(_min, value);
            _max = Math.Max(_max, value);
        }
    }
}
