using System.Collections.Concurrent;
using System.Device.Gpio;

namespace Latch.Sensors.Simulated;

/// <summary>A GPIO chip without hardware: inputs are driven with <see cref="Drive"/>, outputs are seen with <see cref="Written"/>.</summary>
/// <param name="lines">Lines of the chip.</param>
public sealed class SimulatedGpioDriver(int lines = 32) : GpioDriver
{
    private readonly ConcurrentDictionary<int, PinMode> _modes = new();
    private readonly ConcurrentDictionary<int, PinValue> _values = new();
    private readonly ConcurrentDictionary<int, PinChangeEventHandler> _listeners = new();

    /// <summary>Called with line and value at each write.</summary>
    public Action<int, PinValue>? Written { get; set; }

    /// <summary>Thrown by each read and write while it is not null: the chip is gone.</summary>
    public Exception? Failure { get; set; }

    /// <inheritdoc/>
    protected override int PinCount => lines;

    /// <summary>Sets the level of a line from outside; who listens hears of a change before this returns.</summary>
    public void Drive(int line, PinValue value)
    {
        if (_values.GetValueOrDefault(line) == value)
            return;
        _values[line] = value;
        if (_listeners.TryGetValue(line, out PinChangeEventHandler? listener))
            listener(this, new(value == PinValue.High ? PinEventTypes.Rising : PinEventTypes.Falling, line));
    }

    /// <summary>The level of a line.</summary>
    public PinValue Level(int line) => _values.GetValueOrDefault(line);

    /// <summary>The mode of a line; null when nobody has it.</summary>
    public PinMode? Mode(int line) => _modes.TryGetValue(line, out PinMode mode) ? mode : null;

    /// <inheritdoc/>
    protected override void OpenPin(int pinNumber)
    {
        if (pinNumber < 0 || pinNumber >= lines)
            throw new IOException($"the chip has {lines} lines");
        _modes[pinNumber] = PinMode.Input;
    }

    /// <inheritdoc/>
    protected override void ClosePin(int pinNumber) => _modes.TryRemove(pinNumber, out _);

    /// <inheritdoc/>
    protected override void SetPinMode(int pinNumber, PinMode mode)
    {
        _modes[pinNumber] = mode;
        if (mode == PinMode.InputPullUp)
            _values.TryAdd(pinNumber, PinValue.High);
    }

    /// <inheritdoc/>
    protected override PinMode GetPinMode(int pinNumber) => _modes[pinNumber];

    /// <inheritdoc/>
    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    /// <inheritdoc/>
    protected override PinValue Read(int pinNumber)
    {
        ThrowIfGone();
        return _values.GetValueOrDefault(pinNumber);
    }

    /// <inheritdoc/>
    protected override void Write(int pinNumber, PinValue value)
    {
        ThrowIfGone();
        _values[pinNumber] = value;
        Written?.Invoke(pinNumber, value);
    }

    /// <inheritdoc/>
    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) =>
        _listeners.AddOrUpdate(pinNumber, callback, (_, before) => before + callback);

    /// <inheritdoc/>
    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) => _listeners.TryRemove(pinNumber, out _);

    /// <inheritdoc/>
    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Register a callback instead.");

    private void ThrowIfGone()
    {
        if (Failure is { } failure)
            throw failure;
    }
}
