namespace Latch.Sensors.Host;

/// <summary>A kernel counter that only grows; yields its increase between two reads.</summary>
internal struct Counter
{
    private double _last;
    private bool _known;

    /// <summary>Takes the counter's new value and returns the increase; 0 when the counter was reset, NaN when either value is missing.</summary>
    internal double Advance(double value)
    {
        double increase = _known ? Math.Max(0, value - _last) : double.NaN;
        _known = !double.IsNaN(value);
        _last = value;
        return increase;
    }
}
