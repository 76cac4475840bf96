using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Latch.Accuracy;

/// <summary>Reads the F32 tensors of a safetensors file.</summary>
public sealed class SafetensorsFile
{
    private readonly byte[] _bytes;
    private readonly int _data;
    private readonly JsonElement _header;

    /// <summary>Opens a file.</summary>
    public SafetensorsFile(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(_bytes));
        _header = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement;
        _data = 8 + length;
    }

    /// <summary>A tensor's numbers, row-major.</summary>
    public float[] Floats(string name)
    {
        JsonElement tensor = _header.GetProperty(name);
        if (tensor.GetProperty("dtype").GetString() != "F32")
            throw new InvalidDataException($"tensor '{name}' is not F32");
        JsonElement offsets = tensor.GetProperty("data_offsets");
        int start = offsets[0].GetInt32(), end = offsets[1].GetInt32();
        return MemoryMarshal.Cast<byte, float>(_bytes.AsSpan(_data + start, end - start)).ToArray();
    }

    /// <summary>A tensor of single-precision numbers cut along its first axis.</summary>
    public float[][] Rows(string name)
    {
        float[] data = Floats(name);
        int rows = _header.GetProperty(name).GetProperty("shape")[0].GetInt32();
        return [.. data.Chunk(data.Length / rows)];
    }
}
