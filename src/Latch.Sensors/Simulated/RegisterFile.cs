namespace Latch.Sensors.Simulated;

/// <summary>The registers of a simulated chip, behind <see cref="SimulatedI2cDevice"/> or <see cref="SimulatedSpiDevice"/>.</summary>
/// <remarks>A transfer is one instant: values set together are read together. Safe for several threads.</remarks>
public sealed class RegisterFile
{
    private readonly Lock _gate = new();
    private readonly byte[] _bytes;
    private readonly int _registerBytes;

    /// <summary>Registers that hold zero.</summary>
    /// <param name="registers">How many.</param>
    /// <param name="registerBytes">1: bytes, a transfer goes on to the next register. 2: words of 16 bits, a transfer stays with its register.</param>
    public RegisterFile(int registers = 256, int registerBytes = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(registers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(registerBytes);
        (_bytes, _registerBytes) = (new byte[registers * registerBytes], registerBytes);
    }

    /// <summary>Thrown by each transfer while it is not null: the device is gone.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Called after a write over the bus, with the first register written, so that a chip can react.</summary>
    public Action<int>? Written { get; set; }

    /// <summary>Called after a read over the bus, with the first register read, so that a chip can react.</summary>
    public Action<int>? WasRead { get; set; }

    /// <summary>Transfers so far, reads and writes.</summary>
    public int Transfers { get; private set; }

    /// <summary>Sets values from a register on, in one instant.</summary>
    public void Set(int register, params ReadOnlySpan<byte> values)
    {
        lock (_gate)
            values.CopyTo(_bytes.AsSpan(register * _registerBytes, values.Length));
    }

    /// <summary>Copies values from a register on, in one instant.</summary>
    public void Get(int register, Span<byte> values)
    {
        lock (_gate)
            _bytes.AsSpan(register * _registerBytes, values.Length).CopyTo(values);
    }

    internal void Read(int register, Span<byte> values)
    {
        lock (_gate)
        {
            Begin();
            int limit = _registerBytes == 1 ? _bytes.Length : _registerBytes;
            for (int i = 0; i < values.Length; i++)
                values[i] = _bytes[Place(register, i, limit)];
        }

        WasRead?.Invoke(register);
    }

    internal void Write(int register, ReadOnlySpan<byte> values)
    {
        lock (_gate)
        {
            Begin();
            int limit = _registerBytes == 1 ? _bytes.Length : _registerBytes;
            for (int i = 0; i < values.Length; i++)
                _bytes[Place(register, i, limit)] = values[i];
        }

        Written?.Invoke(register);
    }

    private int Place(int register, int at, int limit) => _registerBytes == 1 ? (register + at) % limit : ((register * _registerBytes) + (at % limit)) % _bytes.Length;

    private void Begin()
    {
        Transfers++;
        if (Failure is { } failure)
            throw failure;
    }
}
