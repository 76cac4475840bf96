using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Latch.Import.Graph;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Sources.TfLite;

/// <summary>The tensors of a file on their way into the ONNX graph: their names there, and the numbers of constants.</summary>
internal sealed class TensorTable
{
    private const long MostConstants = 1L << 28;

    private readonly TfLiteModel _model;
    private readonly GraphWriter _writer;
    private readonly string _source;
    private readonly string?[] _names;
    private readonly HashSet<int> _written = [];
    private readonly Dictionary<int, int> _sameAs = [];
    private long _constants;

    public TensorTable(TfLiteModel model, GraphWriter writer, string source)
    {
        (_model, _writer, _source) = (model, writer, source);
        _names = new string?[model.Tensors.Count];
        foreach ((int tensor, string alias) in model.Aliases)
            _names[tensor] = writer.Name(alias);
    }

    public TfLiteTensor this[int tensor] => _model.Tensors[tensor];

    /// <summary>The name of a tensor in the graph.</summary>
    public string Name(int tensor) => _names[tensor] ??= _writer.Name(this[tensor].Name is { Length: > 0 } name ? name : $"tensor_{tensor}");

    /// <summary>The name of a tensor that an operator reads; a constant is written on first use.</summary>
    public string Read(int tensor)
    {
        string name = Name(tensor);
        if (!IsConstant(tensor) || !_written.Add(tensor))
            return name;
        int origin = Origin(tensor);
        switch (Type(origin))
        {
            case DataType.Float:
                _writer.Constant(name, this[tensor].Shape, Floats(tensor));
                break;
            case DataType.Bool:
                _writer.Constant(name, this[tensor].Shape, [.. Integers(tensor).Select(number => number != 0)]);
                break;
            default:
                _writer.Constant(name, this[tensor].Shape, Integers(tensor));
                break;
        }
        return name;
    }

    public bool IsConstant(int tensor) => this[Origin(tensor)].IsConstant;

    /// <summary>Makes a tensor another name for a constant in another precision.</summary>
    public void Alias(int tensor, int constant)
    {
        if (!this[tensor].Shape.AsSpan().SequenceEqual(this[constant].Shape))
            throw Fail(tensor, $"has not the shape {TensorShape.Text(this[constant].Shape)} of '{this[constant].Name}'");
        _sameAs[tensor] = Origin(constant);
    }

    /// <summary>The elements of a constant of floats.</summary>
    public float[] Floats(int tensor)
    {
        int origin = Origin(tensor);
        ReadOnlySpan<byte> data = Data(origin);
        if (this[origin].Type == TfLiteType.Float32)
            return MemoryMarshal.Cast<byte, float>(data).ToArray();
        float[] numbers = new float[data.Length / Size(origin)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = this[origin].Type switch
            {
                TfLiteType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(data[(2 * i)..]),
                TfLiteType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]),
                _ => throw Fail(tensor, $"holds {this[origin].Type} where floats are needed", ImportErrorCode.UnsupportedForm),
            };
        }
        return numbers;
    }

    /// <summary>The elements of a constant of whole numbers or truth values.</summary>
    public long[] Integers(int tensor)
    {
        int origin = Origin(tensor);
        ReadOnlySpan<byte> data = Data(origin);
        return this[origin].Type switch
        {
            TfLiteType.Int64 => MemoryMarshal.Cast<byte, long>(data).ToArray(),
            TfLiteType.Int32 => [.. MemoryMarshal.Cast<byte, int>(data).ToArray().Select(number => (long)number)],
            TfLiteType.Bool => [.. data.ToArray().Select(number => (long)number)],
            _ => throw Fail(tensor, $"holds {this[origin].Type} where whole numbers are needed", ImportErrorCode.UnsupportedForm),
        };
    }

    /// <summary>The type of a tensor in the graph.</summary>
    /// <exception cref="ImportException">The graph has none for it.</exception>
    public DataType Type(int tensor)
    {
        TfLiteTensor one = this[tensor];
        if (one.IsSparse)
            throw Fail(tensor, "is stored sparsely, which is not supported; convert without sparsity", ImportErrorCode.UnsupportedForm);
        if (one.Type is TfLiteType.Int8 or TfLiteType.UInt8 or TfLiteType.Int16 || (one.IsQuantized && one.Type != TfLiteType.Float32))
            throw Fail(tensor, $"is {one.Type}: this file is quantized. {Refusals.Quantized.TrimEnd()}", ImportErrorCode.UnsupportedForm);
        return one.Type switch
        {
            TfLiteType.Float32 => DataType.Float,
            TfLiteType.Float16 or TfLiteType.Float64 when one.IsConstant => DataType.Float,
            TfLiteType.Int32 or TfLiteType.Int64 => DataType.Int64,
            TfLiteType.Bool => DataType.Bool,
            _ => throw Fail(tensor, $"is of type {one.Type}, which is not supported; convert the model in float32", ImportErrorCode.UnsupportedForm),
        };
    }

    /// <summary>Declares the inputs of the graph.</summary>
    public void GiveInputs(IReadOnlyList<int> inputs)
    {
        foreach (int input in inputs.Distinct())
        {
            if (_written.Add(input))
                _writer.Input(Name(input), Type(input), this[input].Signature.Length > 0 ? this[input].Signature : this[input].Shape);
        }
    }

    /// <summary>Declares an output of the graph; one that is an input, a constant or an output already gets another name.</summary>
    public void GiveOutput(int tensor, HashSet<string> given)
    {
        string name = Read(tensor);
        if (IsConstant(tensor) || _model.Inputs.Contains(tensor) || !given.Add(name))
        {
            string copy = _writer.Name($"{name}_output");
            _writer.Node("Identity", copy, [name], [copy]);
            name = copy;
        }
        _writer.Output(name, Type(tensor));
    }

    private int Origin(int tensor) => _sameAs.GetValueOrDefault(tensor, tensor);

    private ReadOnlySpan<byte> Data(int tensor)
    {
        Type(tensor);
        TfLiteTensor one = this[tensor];
        long count = one.Shape.Aggregate(1L, (product, length) => Math.Min(product * length, long.MaxValue >> 32));
        if (count * Size(tensor) != one.Data.Length)
            throw Fail(tensor, $"shape {TensorShape.Text(one.Shape)} of {one.Type} needs {count * Size(tensor)} bytes, {one.Data.Length} are stored");
        _constants += count;
        return _constants <= MostConstants
            ? one.Data.Span
            : throw Fail(tensor, $"the constants have more than {MostConstants} elements together");
    }

    private int Size(int tensor) => this[tensor].Type switch
    {
        TfLiteType.Bool => 1,
        TfLiteType.Float16 => 2,
        TfLiteType.Int64 or TfLiteType.Float64 => 8,
        _ => 4,
    };

    private ImportException Fail(int tensor, string detail, ImportErrorCode code = ImportErrorCode.BrokenTensor) =>
        new(code, _source, $"tensor '{this[tensor].Name}': {detail}");
}
