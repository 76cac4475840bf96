namespace Latch.Sensors.Registers;

/// <summary>Reads and writes the registers of one device on a bus.</summary>
/// <remarks>Throws what the bus throws; the source says which register it was.</remarks>
internal interface IRegisterBus : IDisposable
{
    /// <summary>Bus and address, for messages.</summary>
    string Name { get; }

    /// <summary>Reads from a register on, in one transfer.</summary>
    void Read(int register, Span<byte> values);

    /// <summary>Writes from a register on, in one transfer; at most four bytes.</summary>
    void Write(int register, ReadOnlySpan<byte> values);

    /// <summary>What to do about an error.</summary>
    string Advice(int error);
}
