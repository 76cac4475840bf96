using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>Writes a safetensors file of F32 tensors.</summary>
internal sealed class WeightsWriter
{
    private readonly List<(string Name, int[] Shape, float[] Data)> _tensors = [];

    /// <summary>Adds a tensor of seeded numbers within the magnitude and returns them.</summary>
    public float[] Add(string name, Random random, double magnitude, params int[] shape)
    {
        float[] data = new float[shape.Aggregate(1, (product, length) => product * length)];
        for (int i = 0; i < data.Length; i++)
            data[i] = (float)(magnitude * ((2 * random.NextDouble()) - 1));
        Add(name, shape, data);
        return data;
    }

    public void Add(string name, int[] shape, float[] data) => _tensors.Add((name, shape, data));

    public byte[] ToBytes()
    {
        Dictionary<string, object> header = [];
        List<byte> data = [];
        foreach ((string name, int[] shape, float[] numbers) in _tensors)
        {
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { data.Count, data.Count + (4 * numbers.Length) } };
            data.AddRange(MemoryMarshal.AsBytes<float>(numbers));
        }
        return File(JsonSerializer.Serialize(header), [.. data]);
    }

    /// <summary>A file of a header and data as they are given.</summary>
    public static byte[] File(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. data];
    }
}
