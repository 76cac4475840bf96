using System.Device.I2c;
using System.Device.Spi;
using System.Text.Json;
using Latch.Sensors.Definitions;

namespace Latch.Sensors.Bindings;

/// <summary>Opens devices that Iot.Device.Bindings drives as sources.</summary>
public static class BindingSource
{
    /// <summary>The kind of such a source in a definition.</summary>
    public const string Kind = "binding";

    private static readonly (string Word, BoundDevice? Device)[] s_devices =
    [
        ("bme280", new(0x77, (i2c, _) => new Bme280Binding(i2c!))),
        ("mpu6050", new(0x68, (i2c, _) => new Mpu6050Binding(i2c!))),
        ("lm75", new(0x48, (i2c, _) => new Lm75Binding(i2c!))),
        ("ads1115", new(0x48, (i2c, _) => new Ads1115Binding(i2c!))),
        ("adxl345", new(BoundDevice.OnSpi, (_, spi) => new Adxl345Binding(spi!))),
    ];

    /// <summary>Opens a source; put it into <see cref="SourceContext.OtherKinds"/> under <see cref="Kind"/>.</summary>
    /// <param name="definition">Such as <c>{"kind": "binding", "device": "bme280", "bus": 1, "address": "0x76"}</c>; adxl345 takes <c>chipSelect</c> in place of <c>address</c>.</param>
    /// <param name="context">Rate, clock and how devices are opened.</param>
    /// <exception cref="DefinitionException">The definition does not hold.</exception>
    /// <exception cref="SensorException">The device cannot be opened or is another one.</exception>
    public static ISensorSource Open(JsonElement definition, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        List<string> faults = [];
        DefinitionReader reader = new(definition, context.Path, faults);
        reader.Choice("kind", false, (Kind, true));
        BoundDevice? device = reader.Choice("device", null, s_devices);
        if (!reader.Has("device"))
            reader.Fault("device", $"is missing; one of {string.Join(", ", s_devices.Select(entry => entry.Word))} was expected.");
        bool spi = device?.Address == BoundDevice.OnSpi;
        int bus = (int)reader.Integer("bus", 0, 255, fallback: spi ? 0 : 1);
        int address = (int)(spi ? reader.Integer("chipSelect", 0, 255, fallback: 0) : reader.Integer("address", 0x03, 0x77, device?.Address ?? 0));
        _ = reader.Has("names"); // applied by the factory
        reader.Finish();
        if (faults.Count > 0)
            throw new DefinitionException(faults);
        string name = spi ? $"/dev/spidev{bus}.{address}" : $"/dev/i2c-{bus}, address 0x{address:x2}";
        return Open(device!, name, spi, bus, address, context);
    }

    private static BoundSource Open(BoundDevice device, string name, bool spi, int bus, int address, SourceContext context)
    {
        IDisposable? opened = null;
        try
        {
            I2cDevice? i2c = spi ? null : context.Devices.OpenI2c(new I2cConnectionSettings(bus, address));
            SpiDevice? spiDevice = spi
                ? context.Devices.OpenSpi(new SpiConnectionSettings(bus, address) { Mode = Iot.Device.Adxl345.Adxl345.SpiMode, ClockFrequency = Iot.Device.Adxl345.Adxl345.SpiClockFrequency })
                : null;
            opened = (IDisposable?)i2c ?? spiDevice;
            return new BoundSource(name, device.Create(i2c, spiDevice), context);
        }
        catch (Exception e) when (e is not SensorException)
        {
            opened?.Dispose();
            throw new SensorException(name, $"cannot be opened: {e.Message.TrimEnd('.')}. Check wiring, address and permissions (groups i2c, spi).", e);
        }
    }

    /// <param name="Address">The usual one on I2C, or <see cref="OnSpi"/>.</param>
    /// <param name="Create">Makes the binding over one of the two buses.</param>
    private sealed record BoundDevice(int Address, Func<I2cDevice?, SpiDevice?, IBinding> Create)
    {
        internal const int OnSpi = -1;
    }
}
