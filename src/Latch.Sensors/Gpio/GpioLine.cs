using System.Device.Gpio;

namespace Latch.Sensors.Gpio;

/// <summary>One line that is read; edges arrive on a thread of the driver.</summary>
internal sealed class GpioLine
{
    private readonly GpioLineOptions _options;
    private readonly GpioChip _chip;
    private readonly TimeProvider _clock;
    private long _count;
    private long _counted;
    private long _onSince = long.MinValue;
    private double _width = double.NaN;

    internal GpioLine(GpioLineOptions options, GpioChip chip, TimeProvider clock)
    {
        (_options, _chip, _clock) = (options, chip, clock);
        chip.Open(options.Line, options.Mode);
        if (options.Quantity != GpioQuantity.State)
            chip.Listen(options.Line, Hear);
    }

    /// <summary>The reading now.</summary>
    /// <param name="seconds">Since the reading before.</param>
    internal float Read(double seconds)
    {
        switch (_options.Quantity)
        {
            case GpioQuantity.State:
                return _chip.Read(_options.Line) == PinValue.High != _options.ActiveLow ? 1 : 0;
            case GpioQuantity.Count:
                return Interlocked.Read(ref _count);
            case GpioQuantity.Rate:
                long count = Interlocked.Read(ref _count);
                float rate = (float)((count - _counted) / seconds);
                _counted = count;
                return rate;
            default:
                return (float)Volatile.Read(ref _width);
        }
    }

    private void Hear(object sender, PinValueChangedEventArgs edge)
    {
        bool on = edge.ChangeType == PinEventTypes.Rising != _options.ActiveLow;
        if (_options.Edges.HasFlag(on ? PinEventTypes.Rising : PinEventTypes.Falling))
            Interlocked.Increment(ref _count);
        long now = _clock.GetTimestamp();
        if (on)
            _onSince = now;
        else if (_onSince != long.MinValue)
            Volatile.Write(ref _width, _clock.GetElapsedTime(_onSince, now).TotalMilliseconds);
    }
}
