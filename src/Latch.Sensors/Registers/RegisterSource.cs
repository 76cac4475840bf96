namespace Latch.Sensors.Registers;

/// <summary>A device read register by register over I2C or SPI.</summary>
internal sealed class RegisterSource : ISensorSource
{
    private const double LooksASample = 10; // while it is not there

    private readonly IRegisterBus _bus;
    private readonly SourceContext _context;
    private readonly RegisterDescription _description;
    private readonly TimeSpan _look; // from one look at the ready bits to the next
    private readonly SensorChannel[] _channels;
    private readonly RegisterChannel[] _ordered;
    private readonly int[] _position; // of an ordered register in the sample
    private readonly RegisterTransfer[] _transfers;
    private readonly float[] _sample;
    private readonly byte[] _bytes;

    /// <summary>Checks which device it is and sets it up.</summary>
    /// <param name="bus">Disposed with the source, also when the constructor fails.</param>
    /// <param name="description">The device.</param>
    /// <param name="registers">The channels wanted, in their order in the sample.</param>
    /// <param name="context">Rate and clock.</param>
    /// <exception cref="SensorException">The device does not answer, or is another one.</exception>
    internal RegisterSource(IRegisterBus bus, RegisterDescription description, IReadOnlyList<RegisterChannel> registers, SourceContext context)
    {
        (_bus, _context, _description, SampleRate) = (bus, context, description, context.SampleRate);
        _look = TimeSpan.FromMilliseconds(Math.Clamp(1000 / (LooksASample * context.SampleRate), 1, 100));
        _channels = [.. registers.Select(register => new SensorChannel(register.Name, register.Unit))];
        int[] order = [.. Enumerable.Range(0, registers.Count).OrderBy(i => registers[i].Before is not null).ThenBy(i => registers[i].Address)];
        (_position, _ordered) = (order, [.. order.Select(i => registers[i])]);
        _transfers = RegisterTransfer.Plan(_ordered, description.Burst);
        _sample = new float[registers.Count];
        _bytes = new byte[_transfers.Max(transfer => transfer.Length)];
        try
        {
            CheckIdentity();
            foreach (RegisterWrite write in description.Init)
                Write(write);
        }
        catch
        {
            bus.Dispose();
            throw;
        }
    }

    public IReadOnlyList<SensorChannel> Channels => _channels;

    public double SampleRate { get; }

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        time = default;
        if (_description.Ready is { } ready && !Wait(ready))
            return false;
        time = _context.Clock.GetUtcNow();
        foreach (RegisterTransfer transfer in _transfers)
        {
            if (transfer.Before is { } before)
                Write(before);
            Span<byte> bytes = _bytes.AsSpan(0, transfer.Length);
            Read(transfer.Address, bytes);
            for (int i = transfer.First; i < transfer.First + transfer.Count; i++)
            {
                RegisterChannel register = _ordered[i];
                _sample[_position[i]] = register.Decode(bytes.Slice(register.Address - transfer.Address, register.Bytes));
            }
        }

        _sample.CopyTo(sample);
        return true;
    }

    public void Dispose() => _bus.Dispose();

    private void CheckIdentity()
    {
        if (_description.Identity is not { } identity)
            return;
        uint value = Value(identity.Address, identity.Width);
        if ((value & identity.Mask) != identity.Value)
        {
            throw new SensorException(_bus.Name, $"register 0x{identity.Address:x2} holds 0x{value & identity.Mask:x2}, but that of the {_description.Name} holds 0x{identity.Value:x2}. "
                + "It is another device: check address and wiring.");
        }
    }

    /// <summary>Waits until the device has a sample; false after cancellation.</summary>
    private bool Wait(RegisterReady ready)
    {
        long began = _context.Clock.GetTimestamp();
        while ((Value(ready.Address, ready.Width) & ready.Mask) == 0)
        {
            if (_context.Clock.GetElapsedTime(began).TotalMilliseconds > ready.TimeoutMilliseconds)
            {
                throw new SensorException(_bus.Name, $"the {_description.Name} had no new sample within {ready.TimeoutMilliseconds} ms (register 0x{ready.Address:x2}, bits 0x{ready.Mask:x2}): "
                    + "check that \"init\" makes it measure, or give a longer \"timeoutMs\".");
            }

            if (_context.Cancellation.WaitHandle.WaitOne(_look))
                return false;
        }

        return true;
    }

    private uint Value(int register, int width)
    {
        Span<byte> bytes = stackalloc byte[width / 8];
        Read(register, bytes);
        uint value = 0;
        for (int i = 0; i < bytes.Length; i++)
            value = (value << 8) | bytes[_description.BigEndian ? i : bytes.Length - 1 - i];
        return value;
    }

    private void Write(RegisterWrite write)
    {
        Span<byte> bytes = stackalloc byte[write.Width / 8];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(write.Value >> (8 * (_description.BigEndian ? bytes.Length - 1 - i : i)));
        try
        {
            if (bytes.Length > 0)
                _bus.Write(write.Address, bytes);
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw Failed("writing", write.Address, e);
        }

        if (write.DelayMilliseconds > 0)
            Thread.Sleep(write.DelayMilliseconds);
    }

    private void Read(int register, Span<byte> bytes)
    {
        try
        {
            _bus.Read(register, bytes);
        }
        catch (Exception e) when (e is not SensorException)
        {
            throw Failed("reading", register, e);
        }
    }

    private SensorException Failed(string doing, int register, Exception e) =>
        new(_bus.Name, $"{doing} register 0x{register:x2} of the {_description.Name} failed: {e.Message.TrimEnd('.')}. {_bus.Advice(DeviceErrors.Number(e))}", e);
}
