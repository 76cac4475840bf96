using System.Buffers.Binary;
using System.Text.Json;
using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>
/// The tensors of a safetensors file: the length of the header in 8 bytes, the header (JSON: per name dtype, shape and data_offsets), the data. The data are
/// little-endian, row-major, one tensor after the other without gaps. Nothing is allocated by a number that the file's bytes do not back.
/// </summary>
internal sealed class SafetensorsFile
{
    public const long MostBytes = 1L << 30;

    private const int MostHeaderBytes = 1 << 24;
    private const int MostAxes = 8;

    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly Dictionary<string, Entry> _entries = [];

    private SafetensorsFile(byte[] bytes, string source)
    {
        (_bytes, Source) = (bytes, source);
        if (bytes.Length < sizeof(ulong))
            throw Broken($"it has {bytes.Length} bytes; the length of the header alone takes 8");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > MostHeaderBytes)
            throw Broken($"it states a header of {length} bytes, more than {MostHeaderBytes}: it is no safetensors file, or damaged");
        _dataStart = sizeof(ulong) + (int)length;
        if (_dataStart > bytes.Length)
            throw Broken($"it states a header of {length} bytes, but ends after {bytes.Length - sizeof(ulong)} of them");
    }

    /// <summary>What messages call the file.</summary>
    public string Source { get; }

    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Reads and checks the header.</summary>
    /// <param name="bytes">The whole file, which is kept.</param>
    /// <param name="source">What messages call the file.</param>
    /// <exception cref="ImportException">The bytes are no safetensors file.</exception>
    public static SafetensorsFile Parse(byte[] bytes, string source)
    {
        SafetensorsFile file = new(bytes, source);
        try
        {
            JsonDocumentOptions strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };
            using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(sizeof(ulong), file._dataStart - sizeof(ulong)), strict);
            file.ReadHeader(header.RootElement);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or FormatException)
        {
            throw file.Broken($"its header is not the JSON that belongs there: {cause.Message}", cause);
        }
        file.CheckPlaces();
        return file;
    }

    public bool Has(string name) => _entries.ContainsKey(name);

    public int[] Shape(string name) => _entries[name].Shape;

    /// <summary>A tensor in single precision; stored may be F64, F32, F16 or BF16.</summary>
    /// <exception cref="ImportException">It is of another type, or holds numbers that are not finite.</exception>
    public FloatTensor Read(string name)
    {
        Entry entry = _entries[name];
        ReadOnlySpan<byte> data = _bytes.AsSpan(_dataStart)[(int)entry.Begin..(int)entry.End];
        int size = Size(entry.Type);
        if (!entry.Type.EndsWith("F16", StringComparison.Ordinal) && entry.Type is not ("F32" or "F64"))
            throw Wrong(ImportErrorCode.UnsupportedForm, name, $"its type is {entry.Type}; supported are F32, F16, BF16 and F64. Save the weights in one of these");
        float[] numbers = new float[data.Length / size];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Number(entry.Type, data.Slice(i * size, size));
            if (!float.IsFinite(numbers[i]))
                throw Wrong(ImportErrorCode.NotFinite, name, $"element {i} is {numbers[i]}; train or save the model again");
        }
        return new FloatTensor(entry.Shape, numbers);
    }

    private static float Number(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(bytes) << 16),
    };

    /// <summary>Bytes of an element; 0 of a type that is not known here, whose tensors can be there but not be used.</summary>
    private static int Size(string type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };

    private void ReadHeader(JsonElement header)
    {
        foreach (JsonProperty property in header.EnumerateObject())
        {
            if (property.Name != "__metadata__")
                _entries.Add(property.Name, ReadEntry(property.Name, property.Value));
        }
    }

    private Entry ReadEntry(string name, JsonElement value)
    {
        string[] members = [.. value.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)];
        if (!members.SequenceEqual(["data_offsets", "dtype", "shape"]))
            throw Broken($"tensor '{name}' has the members {string.Join(", ", members)} instead of dtype, shape and data_offsets");
        string type = value.GetProperty("dtype").GetString() ?? throw Broken($"tensor '{name}' has no type");
        int[] shape = [.. value.GetProperty("shape").EnumerateArray().Take(MostAxes + 1).Select(length => length.GetInt32())];
        long[] places = [.. value.GetProperty("data_offsets").EnumerateArray().Take(3).Select(place => place.GetInt64())];
        if (places.Length != 2 || places[0] < 0 || places[1] < places[0] || places[1] > _bytes.Length - _dataStart)
            throw Broken($"tensor '{name}' lies at {string.Join("..", places)} of {_bytes.Length - _dataStart} bytes of data; the file is cut off or damaged");
        long bytes = Size(type);
        foreach (int length in shape)
            bytes = length < 0 || bytes > MostBytes ? long.MaxValue : bytes * length;
        if (shape.Length > MostAxes || (Size(type) > 0 && bytes != places[1] - places[0]))
            throw Broken($"tensor '{name}' of type {type} and shape {TensorShape.Text(shape)} does not take the {places[1] - places[0]} bytes it has");
        return new Entry(type, shape, places[0], places[1]);
    }

    private void CheckPlaces()
    {
        long at = 0;
        foreach ((string name, Entry entry) in _entries.OrderBy(pair => pair.Value.Begin).ThenBy(pair => pair.Value.End))
        {
            if (entry.Begin != at)
                throw Broken($"tensor '{name}' begins at byte {entry.Begin} of the data, but the one before ends at {at}");
            at = entry.End;
        }
        if (at != _bytes.Length - _dataStart)
            throw Broken($"its tensors take {at} bytes of data, it has {_bytes.Length - _dataStart}");
    }

    private ImportException Broken(string detail, Exception? inner = null) => new(ImportErrorCode.NotSafetensors, Source, detail, inner: inner);

    private ImportException Wrong(ImportErrorCode code, string name, string detail) => new(code, Source, $"tensor '{name}': {detail}");

    private sealed record Entry(string Type, int[] Shape, long Begin, long End);
}
