using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Latch.Import.Tests.Support;

/// <summary>A safetensors file with data for evaluation.</summary>
internal sealed class TensorFile
{
    private readonly byte[] _bytes;
    private readonly int _data;
    private readonly JsonElement _header;

    public TensorFile(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
        _data = 8 + length;
        _header = JsonSerializer.Deserialize<JsonElement>(_bytes.AsSpan(8, length));
    }

    public float[] Floats(string name)
    {
        Assert.Equal("F32", Type(name));
        return MemoryMarshal.Cast<byte, float>(Data(name)).ToArray();
    }

    /// <summary>Class numbers, stored as integers or as floats.</summary>
    public long[] Classes(string name) => Type(name) == "I64"
        ? MemoryMarshal.Cast<byte, long>(Data(name)).ToArray()
        : [.. Floats(name).Select(number => (long)number)];

    private string Type(string name) => _header.GetProperty(name).GetProperty("dtype").GetString()!;

    private ReadOnlySpan<byte> Data(string name)
    {
        JsonElement offsets = _header.GetProperty(name).GetProperty("data_offsets");
        return _bytes.AsSpan(_data)[offsets[0].GetInt32()..offsets[1].GetInt32()];
    }
}
