using System.Device.I2c;

namespace Latch.Sensors.Registers;

/// <summary>Registers over I2C: the register's address is written, the values follow with a repeated start.</summary>
/// <param name="device">Disposed with the bus.</param>
/// <param name="pointerBytes">Bytes of a register's address, 1 or 2 (high byte first).</param>
internal sealed class I2cRegisterBus(I2cDevice device, int pointerBytes) : IRegisterBus
{
    private readonly int _bus = device.ConnectionSettings.BusId;

    public string Name { get; } = NameOf(device.ConnectionSettings.BusId, device.ConnectionSettings.DeviceAddress);

    internal static string NameOf(int bus, int address) => $"/dev/i2c-{bus}, address 0x{address:x2}";

    public void Read(int register, Span<byte> values)
    {
        Span<byte> pointer = stackalloc byte[2];
        device.WriteRead(Point(register, pointer), values);
    }

    public void Write(int register, ReadOnlySpan<byte> values)
    {
        Span<byte> message = stackalloc byte[6];
        int head = Point(register, message).Length;
        values.CopyTo(message[head..]);
        device.Write(message[..(head + values.Length)]);
    }

    public string Advice(int error) => AdviceFor(error, _bus);

    internal static string AdviceFor(int error, int bus) => error switch
    {
        DeviceErrors.NoSuchFile => "Turn I2C on: 'dtparam=i2c_arm=on' in config.txt, or 'raspi-config nonint do_i2c 0'; load i2c-dev; 'i2cdetect -l' lists the buses.",
        DeviceErrors.NoPermission => "The user needs the group i2c: 'sudo usermod -aG i2c USER', then log in again.",
        DeviceErrors.NoAddress or DeviceErrors.RemoteInputOutput or DeviceErrors.InputOutput or DeviceErrors.TimedOut =>
            $"No device answers: check wiring, power and address; 'i2cdetect -y {bus}' shows who does.",
        DeviceErrors.Busy => "A driver of the kernel holds the device: use it through kind iio, or unbind the driver.",
        DeviceErrors.NoDevice => "The bus is gone: plug the adapter in again.",
        _ => "Check wiring and address.",
    };

    public void Dispose() => device.Dispose();

    private ReadOnlySpan<byte> Point(int register, Span<byte> message)
    {
        if (pointerBytes == 1)
        {
            message[0] = (byte)register;
            return message[..1];
        }

        message[0] = (byte)(register >> 8);
        message[1] = (byte)register;
        return message[..2];
    }
}
