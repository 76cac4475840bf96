using System.Device.Spi;

namespace Latch.Sensors.Registers;

/// <summary>Registers over SPI: the first byte holds the register's address and bits that say read, and read on.</summary>
/// <param name="device">Disposed with the bus.</param>
/// <param name="readBit">Set in the first byte of a read.</param>
/// <param name="multiByteBit">Set in the first byte of a transfer of more than one value.</param>
/// <param name="longest">Most values in one read.</param>
internal sealed class SpiRegisterBus(SpiDevice device, byte readBit, byte multiByteBit, int longest) : IRegisterBus
{
    private readonly byte[] _sent = new byte[longest + 1];
    private readonly byte[] _received = new byte[longest + 1];

    public string Name { get; } = NameOf(device.ConnectionSettings.BusId, device.ConnectionSettings.ChipSelectLine);

    internal static string NameOf(int bus, int line) => $"/dev/spidev{bus}.{line}";

    public void Read(int register, Span<byte> values)
    {
        Span<byte> sent = _sent.AsSpan(0, values.Length + 1);
        Span<byte> received = _received.AsSpan(0, values.Length + 1);
        sent.Clear();
        sent[0] = (byte)(register | readBit | (values.Length > 1 ? multiByteBit : 0));
        device.TransferFullDuplex(sent, received);
        received[1..].CopyTo(values);
    }

    public void Write(int register, ReadOnlySpan<byte> values)
    {
        Span<byte> message = stackalloc byte[5];
        message[0] = (byte)(register | (values.Length > 1 ? multiByteBit : 0));
        values.CopyTo(message[1..]);
        device.Write(message[..(1 + values.Length)]);
    }

    public string Advice(int error) => AdviceFor(error);

    internal static string AdviceFor(int error) => error switch
    {
        DeviceErrors.NoSuchFile => "Turn SPI on: 'dtparam=spi=on' in config.txt, or 'raspi-config nonint do_spi 0'; 'ls /dev/spidev*' lists the devices.",
        DeviceErrors.NoPermission => "The user needs the group spi: 'sudo usermod -aG spi USER', then log in again.",
        _ => "Check wiring, chip select, mode and clock.",
    };

    public void Dispose() => device.Dispose();
}
