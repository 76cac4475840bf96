using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Device.I2c;
using System.Device.Spi;

namespace Latch.Sensors;

/// <summary>How devices are opened; each can be replaced, by a simulated device for example.</summary>
/// <remarks>What is opened belongs to the source or output that asked for it, which disposes it.</remarks>
public sealed class DeviceAccess
{
    /// <summary>Opens an I2C device: <c>/dev/i2c-N</c> and an address.</summary>
    public Func<I2cConnectionSettings, I2cDevice> OpenI2c { get; init; } = I2cDevice.Create;

    /// <summary>Opens an SPI device: <c>/dev/spidevN.M</c>.</summary>
    public Func<SpiConnectionSettings, SpiDevice> OpenSpi { get; init; } = SpiDevice.Create;

    /// <summary>Opens the driver of a GPIO chip by its number, <c>/dev/gpiochipN</c>: libgpiod 2, or 1 where 2 is not installed.</summary>
    public Func<int, GpioDriver> OpenGpio { get; init; } = OpenGpioChip;

    /// <summary>The folder in which Linux shows its industrial I/O devices.</summary>
    public string IioDevices { get; init; } = "/sys/bus/iio/devices";

    /// <summary>The folder of the character devices (<c>iio:deviceN</c>).</summary>
    public string Dev { get; init; } = "/dev";

    private static GpioDriver OpenGpioChip(int chip)
    {
        try
        {
            return new LibGpiodV2Driver(chip);
        }
        catch (Exception e) when (e is DllNotFoundException or PlatformNotSupportedException or EntryPointNotFoundException or TypeInitializationException)
        {
            return new LibGpiodDriver(chip);
        }
    }
}
