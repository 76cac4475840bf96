using System.Device.I2c;
using System.Device.Spi;
using Latch.Sensors.Registers;

namespace Latch.Sensors.Definitions;

/// <summary>A device on I2C or SPI, shipped, in a file or described here.</summary>
internal sealed class RegisterDefinition : SourceDefinition
{
    private readonly bool _spi;
    private readonly int _bus;
    private readonly int _address; // or the chip select line
    private readonly RegisterDescription? _description;
    private readonly RegisterChannel[] _registers = [];

    internal RegisterDefinition(DefinitionReader reader, bool spi, SourceContext context)
    {
        _spi = spi;
        _bus = (int)reader.Integer("bus", 0, 255, fallback: spi ? 0 : 1);
        bool named = reader.Has("device");
        _description = named ? DeviceLibrary.Read(reader, spi, context, reader.Faults) : RegisterDescription.Read(reader, spi, inFile: false);
        if (_description is null)
        {
            // A file that is not here: what stands beside its name is known all the same.
            _ = (reader.Integer(spi ? "chipSelect" : "address", spi ? 0 : 0x03, spi ? 255 : 0x77, fallback: spi ? 0 : 0x03), reader.Texts("channels"));
            return;
        }
        if (spi)
            _address = (int)reader.Integer("chipSelect", 0, 255, fallback: 0);
        else
            _address = named ? (int)reader.Integer("address", 0x03, 0x77, _description.Address >= 0 ? _description.Address : null) : _description.Address;
        string[] wanted = reader.Texts("channels");
        _registers = wanted.Length == 0 ? _description.Registers : [.. wanted.Select(Find).OfType<RegisterChannel>()];
        string[] unknown = [.. wanted.Where(name => Find(name) is null)];
        if (unknown.Length > 0)
            reader.Fault("channels", $"the {_description.Name} has no {string.Join(", ", unknown)}. It has: {string.Join(", ", _description.Registers.Select(register => register.Name))}.");
    }

    internal override bool Waits => _description?.Ready is not null;

    internal override ISensorSource Open(SourceContext context)
    {
        RegisterDescription description = _description!;
        return new RegisterSource(_spi ? OpenSpi(description, context) : OpenI2c(description, context), description, _registers, context);
    }

    private RegisterChannel? Find(string name) => Array.Find(_description!.Registers, register => register.Name == name);

    private I2cRegisterBus OpenI2c(RegisterDescription description, SourceContext context)
    {
        try
        {
            return new(context.Devices.OpenI2c(new I2cConnectionSettings(_bus, _address)), description.PointerBytes);
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw new SensorException(I2cRegisterBus.NameOf(_bus, _address), $"cannot be opened: {e.Message.TrimEnd('.')}. {I2cRegisterBus.AdviceFor(DeviceErrors.Number(e), _bus)}", e);
        }
    }

    private SpiRegisterBus OpenSpi(RegisterDescription description, SourceContext context)
    {
        SpiConnectionSettings settings = new(_bus, _address) { Mode = (SpiMode)description.Spi.Mode, ClockFrequency = description.Spi.Clock };
        int longest = description.Registers.Sum(register => register.Bytes) + 4;
        try
        {
            return new(context.Devices.OpenSpi(settings), description.Spi.ReadBit, description.Spi.MultiByteBit, longest);
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw new SensorException(SpiRegisterBus.NameOf(_bus, _address), $"cannot be opened: {e.Message.TrimEnd('.')}. {SpiRegisterBus.AdviceFor(DeviceErrors.Number(e))}", e);
        }
    }
}
