using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Latch.Mqtt.Formats;

/// <summary>Writes fields in protobuf's wire format.</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Varint(int field, ulong value)
    {
        Raw((ulong)field << 3);
        Raw(value);
    }

    public void Bool(int field, bool value) => Varint(field, value ? 1UL : 0);

    public void Float(int field, float value)
    {
        Raw(((ulong)field << 3) | 5);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void Double(int field, double value)
    {
        Raw(((ulong)field << 3) | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Message(int field, ProtobufWriter message) => Bytes(field, message.Written);

    private void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)value.Length);
        _buffer.Write(value);
    }

    private void Raw(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }
}
