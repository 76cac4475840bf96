using Google.FlatBuffers;

namespace Latch.Import.Sources.TfLite;

/// <summary>
/// Reads the bytes of a <c>.tflite</c> file (FlatBuffers, identifier TFL3, schema version 3). The numbers are those of the fields of the public schema.
/// Only the first graph is read: the others are bodies of operators that are not supported.
/// </summary>
internal sealed class TfLiteReader
{
    private const int SchemaVersion = 3;
    private const int MostThings = 8_000_000;
    private const int MostAxes = 8;

    // Operators up to this number have it in a field of one byte, too.
    private const int LastByteCode = 127;

    private readonly string _source;
    private readonly ReadOnlyMemory<byte> _file;
    private readonly FlatTable _model;

    private TfLiteReader(byte[] bytes, string source)
    {
        (_source, _file) = (source, bytes);
        _model = FlatTable.Root(new ByteBuffer(bytes), new ReadingLimit(MostThings));
    }

    /// <summary>Whether bytes say of themselves that they are a TensorFlow Lite model.</summary>
    public static bool IsTfLite(ReadOnlySpan<byte> start) => start.Length >= 8 && start[4..8].SequenceEqual("TFL3"u8);

    /// <exception cref="ImportException">The bytes are not a whole model.</exception>
    public static TfLiteModel Read(byte[] bytes, string source)
    {
        if (!IsTfLite(bytes))
            throw new ImportException(ImportErrorCode.NotTfLite, source, "this is not a TensorFlow Lite model: the identifier TFL3 is missing");
        return Guarded(source, () => new TfLiteReader(bytes, source).Read());
    }

    /// <summary>Does what reads a file; what lies outside of it ends in a refusal.</summary>
    public static T Guarded<T>(string source, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is ArgumentException or ArithmeticException or IndexOutOfRangeException)
        {
            throw new ImportException(ImportErrorCode.NotTfLite, source, "the file is cut off or changed: it points outside of itself; convert the model again", inner: broken);
        }
    }

    private TfLiteModel Read()
    {
        if (_model.Int(0) != SchemaVersion)
            throw Broken($"the schema version is {_model.Int(0)}; supported is {SchemaVersion}");
        FlatTable[] graphs = _model.Children(2);
        if (graphs.Length == 0)
            throw Broken("the file has no graph");
        FlatTable graph = graphs[0];
        FlatTable[] buffers = _model.Children(4);
        TfLiteTensor[] tensors = [.. graph.Children(0).Select((tensor, index) => Tensor(tensor, index, buffers))];
        int[] inputs = Indices(graph.Ints(1), tensors.Length, "an input of the graph");
        int[] outputs = Indices(graph.Ints(2), tensors.Length, "an output of the graph");
        if (outputs.Length == 0)
            throw Broken("the graph has no outputs");
        (int Code, string Custom)[] codes = [.. _model.Children(1).Select(Code)];
        TfLiteOperator[] operators = [.. graph.Children(3).Select(op => Operator(op, codes, tensors.Length))];
        return new TfLiteModel(_model.Text(3), tensors, operators, inputs, outputs, Aliases(tensors.Length));
    }

    private TfLiteTensor Tensor(FlatTable table, int index, FlatTable[] buffers)
    {
        string name = table.Text(3);
        int[] shape = table.Ints(0);
        int[] signature = table.Ints(7);
        if (shape.Length > MostAxes || shape.Any(length => length < 0))
            throw Broken($"tensor {index} ('{name}') has the shape [{string.Join(',', shape.Take(2 * MostAxes))}]", ImportErrorCode.BrokenTensor);
        if (signature.Length != shape.Length || signature.Any(length => length < -1))
            signature = [];
        if (table.Int(10) != 0)
            throw Broken($"the data of tensor {index} ('{name}') lie in another file; convert the model into one file", ImportErrorCode.UnsupportedForm);
        uint buffer = (uint)table.Int(2);
        if (buffer >= buffers.Length && buffer != 0)
            throw Broken($"tensor {index} ('{name}') lies in buffer {buffer}, the file has {buffers.Length}", ImportErrorCode.BrokenTensor);
        ReadOnlyMemory<byte> data = buffer == 0 ? default : Data(buffers[buffer], name);
        return new TfLiteTensor(name, shape, signature, (TfLiteType)table.Byte(1), data, table.Bool(5), IsQuantized(table), table.Has(6));
    }

    /// <summary>The bytes of a buffer, which lie in the table or, in large files, behind all tables.</summary>
    private ReadOnlyMemory<byte> Data(FlatTable buffer, string name)
    {
        ulong offset = buffer.ULong(1);
        if (offset <= 1)
            return buffer.Data(0);
        ulong size = buffer.ULong(2);
        ulong whole = (ulong)_file.Length;
        if (offset > whole || size > whole - offset)
            throw Broken($"the data of tensor '{name}' lie at {offset} with {size} bytes, the file has {whole}", ImportErrorCode.BrokenTensor);
        return _file.Slice((int)offset, (int)size);
    }

    private static bool IsQuantized(FlatTable tensor) =>
        tensor.Child(4) is { } quantization && (quantization.Count(2, sizeof(float)) > 0 || quantization.Byte(4) != 0);

    private static (int Code, string Custom) Code(FlatTable table)
    {
        int code = table.Int(3);
        return (code <= LastByteCode ? Math.Max(code, table.Byte(0)) : code, table.Text(1));
    }

    private TfLiteOperator Operator(FlatTable table, (int Code, string Custom)[] codes, int tensors)
    {
        uint code = (uint)table.Int(0);
        if (code >= codes.Length)
            throw Broken($"an operator has the code {code}, the file has {codes.Length}", ImportErrorCode.BrokenGraph);
        (int number, string custom) = codes[code];
        int[] inputs = Indices(table.Ints(1), tensors, "an input of an operator", optional: true);
        int[] outputs = Indices(table.Ints(2), tensors, "an output of an operator");
        return new TfLiteOperator(number, custom, inputs, outputs, table.Byte(3), table.Child(4));
    }

    private Dictionary<int, string> Aliases(int tensors)
    {
        Dictionary<int, string> aliases = [];
        FlatTable[] signatures = _model.Children(7);
        if (signatures.Length != 1 || signatures[0].Int(4) != 0)
            return aliases;
        foreach (FlatTable port in signatures[0].Children(0).Concat(signatures[0].Children(1)))
        {
            if ((uint)port.Int(1) < tensors && port.Text(0) is { Length: > 0 } name)
                aliases.TryAdd(port.Int(1), name);
        }
        return aliases;
    }

    private int[] Indices(int[] numbers, int count, string what, bool optional = false)
    {
        foreach (int number in numbers)
        {
            if (number >= count || number < (optional ? -1 : 0))
                throw Broken($"{what} is tensor {number}, the file has {count}", ImportErrorCode.BrokenGraph);
        }
        return numbers;
    }

    private ImportException Broken(string detail, ImportErrorCode code = ImportErrorCode.NotTfLite) => new(code, _source, detail);
}
