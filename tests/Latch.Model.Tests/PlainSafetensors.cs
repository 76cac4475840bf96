using System.Text;
using System.Text.Json;

namespace Latch.Model.Tests;

/// <summary>
/// A second reader, written from the public description of safetensors and from nothing of ours: 8 bytes little-endian header length N, N bytes of JSON
/// that begin with '{' and may end with spaces, then the data; offsets count from the data's beginning; the data is covered wholly, without holes.
/// </summary>
internal sealed class PlainSafetensors
{
    internal Dictionary<string, string> Metadata { get; } = [];

    internal Dictionary<string, (string Type, int[] Shape, int Begin, byte[] Data)> Tensors { get; } = [];

    internal int DataStart { get; private init; }

    internal static PlainSafetensors Open(byte[] file)
    {
        int length = checked((int)BitConverter.ToUInt64(file));
        string json = Encoding.UTF8.GetString(file, 8, length);
        Assert.StartsWith("{", json, StringComparison.Ordinal);
        PlainSafetensors result = new() { DataStart = 8 + length };
        using JsonDocument header = JsonDocument.Parse(json.TrimEnd(' '));
        SortedDictionary<int, int> ranges = [];
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (JsonProperty text in entry.Value.EnumerateObject())
                    result.Metadata.Add(text.Name, text.Value.GetString()!);
                continue;
            }
            string type = entry.Value.GetProperty("dtype").GetString()!;
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(static size => size.GetInt32())];
            int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(static offset => offset.GetInt32())];
            int elementSize = type switch { "I8" => 1, "I16" => 2, "I32" => 4, _ => throw new InvalidDataException(type) };
            Assert.Equal(shape.Aggregate(elementSize, static (product, size) => product * size), offsets[1] - offsets[0]);
            ranges.Add(offsets[0], offsets[1]);
            result.Tensors.Add(entry.Name, (type, shape, 8 + length + offsets[0], file[(8 + length + offsets[0])..(8 + length + offsets[1])]));
        }
        int position = 0;
        foreach ((int begin, int end) in ranges)
        {
            Assert.Equal(position, begin);
            position = end;
        }
        Assert.Equal(file.Length - 8 - length, position);
        return result;
    }
}
