using System.Device.Gpio;

namespace Latch.Sensors.Gpio;

/// <summary>The lines of one GPIO chip; every failure becomes a <see cref="SensorException"/> that names the line.</summary>
internal sealed class GpioChip : IDisposable
{
    private readonly int _chip;
    private readonly GpioController _controller;

    /// <exception cref="SensorException">The chip cannot be opened.</exception>
    internal GpioChip(int chip, DeviceAccess devices)
    {
        _chip = chip;
        try
        {
            _controller = new GpioController(devices.OpenGpio(chip));
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw new SensorException($"/dev/gpiochip{chip}", $"cannot be opened: {e.Message.TrimEnd('.')}. {Advice(e)}", e);
        }
    }

    internal void Open(int line, PinMode mode, PinValue? value = null) => Do(line, "cannot be taken", () =>
    {
        if (!_controller.IsPinModeSupported(line, mode))
            throw new NotSupportedException($"the driver does not offer {mode}");
        if (value is { } initial)
            _controller.OpenPin(line, mode, initial);
        else
            _controller.OpenPin(line, mode);
    });

    internal void Listen(int line, PinChangeEventHandler handler) =>
        Do(line, "gives no edges", () => _controller.RegisterCallbackForPinValueChangedEvent(line, PinEventTypes.Rising | PinEventTypes.Falling, handler));

    internal PinValue Read(int line)
    {
        try
        {
            return _controller.Read(line);
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw Failed(line, "cannot be read", e);
        }
    }

    internal void Write(int line, PinValue value)
    {
        try
        {
            _controller.Write(line, value);
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw Failed(line, "cannot be written", e);
        }
    }

    public void Dispose() => _controller.Dispose();

    private void Do(int line, string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw Failed(line, what, e);
        }
    }

    private SensorException Failed(int line, string what, Exception e) =>
        new($"/dev/gpiochip{_chip}, line {line}", $"{what}: {e.Message.TrimEnd('.')}. {Advice(e)}", e);

    private static string Advice(Exception e) => e is DllNotFoundException
        ? "Install libgpiod (Debian 12: libgpiod2, Debian 13: libgpiod3)."
        : "See 'gpioinfo' for chips, lines and who uses them; the user needs the group gpio.";
}
