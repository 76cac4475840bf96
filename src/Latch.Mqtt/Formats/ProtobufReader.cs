namespace Latch.Mqtt.Formats;

/// <summary>Reads fields of protobuf's wire format; what is damaged reads as the end.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Moves to the next field. A varint is in <paramref name="number"/>, bytes are in <paramref name="content"/>; numbers of fixed width are passed over.</summary>
    public bool TryRead(out int field, out ulong number, out ReadOnlySpan<byte> content)
    {
        field = 0;
        number = 0;
        content = default;
        if (_rest.IsEmpty || !TryVarint(out ulong key) || key >> 3 is 0 or > int.MaxValue)
            return false;
        field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                return TryVarint(out number);
            case 1:
                return TryTake(8, out content);
            case 2:
                return TryVarint(out ulong length) && TryTake(length, out content);
            case 5:
                return TryTake(4, out content);
            default:
                return false;
        }
    }

    private bool TryTake(ulong length, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (length > (ulong)_rest.Length)
            return false;
        content = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (int index = 0; index < 10 && index < _rest.Length; index++)
        {
            value |= (ulong)(_rest[index] & 0x7F) << (7 * index);
            if (_rest[index] < 0x80)
            {
                _rest = _rest[(index + 1)..];
                return true;
            }
        }
        return false;
    }
}
