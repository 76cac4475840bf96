using System.Device.I2c;

namespace Latch.Sensors.Simulated;

/// <summary>A chip on I2C that is a register file: the first byte written is the register, what follows are values.</summary>
/// <param name="registers">The chip.</param>
/// <param name="settings">Bus and address; they only appear in messages.</param>
/// <param name="pointerBytes">Bytes of a register's address: 1, or 2 with the high byte first.</param>
public sealed class SimulatedI2cDevice(RegisterFile registers, I2cConnectionSettings? settings = null, int pointerBytes = 1) : I2cDevice
{
    private int _register;

    /// <inheritdoc/>
    public override I2cConnectionSettings ConnectionSettings { get; } = settings ?? new(1, 0x10);

    /// <inheritdoc/>
    public override void Read(Span<byte> buffer) => registers.Read(_register, buffer);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length < pointerBytes)
            return;
        _register = pointerBytes == 1 ? buffer[0] : (buffer[0] << 8) | buffer[1];
        if (buffer.Length > pointerBytes)
            registers.Write(_register, buffer[pointerBytes..]);
    }

    /// <inheritdoc/>
    public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
    {
        Write(writeBuffer);
        Read(readBuffer);
    }
}
