using System.Runtime.InteropServices;
using Google.FlatBuffers;

namespace Latch.Import.Tests.Sources.TfLite;

/// <summary>Writes a TensorFlow Lite file, table by table with the numbers of the public schema.</summary>
internal sealed class TfLiteWriter
{
    private const byte Float32 = 0;
    private const byte Float16 = 1;
    private const byte Int32 = 2;

    private readonly List<(int[] Shape, int[]? Signature, byte Type, byte[] Data, string Name, bool Variable, float Scale)> _tensors = [];
    private readonly List<(int Code, byte Options, int[] Inputs, int[] Outputs, (int Field, object Value)[] Values, string Custom)> _operators = [];
    private readonly List<int> _inputs = [];
    private readonly List<int> _outputs = [];

    /// <summary>The version of the schema.</summary>
    public int Version { get; init; } = 3;

    /// <summary>Names that a signature gives to the inputs and outputs, in their order; null for a file without a signature.</summary>
    public string[]? Aliases { get; init; }

    public int Input(int[] shape, int[]? signature = null, byte type = Float32)
    {
        int tensor = Tensor(shape, type, [], $"in{_inputs.Count}", signature: signature);
        _inputs.Add(tensor);
        return tensor;
    }

    public int WholeInput(params int[] shape) => Input(shape, type: Int32);

    public int Floats(int[] shape, params float[] data) => Tensor(shape, Float32, MemoryMarshal.AsBytes(data.AsSpan()).ToArray());

    public int Halves(int[] shape, params float[] data) => Tensor(shape, Float16, MemoryMarshal.AsBytes(data.Select(number => (Half)number).ToArray().AsSpan()).ToArray());

    public int Integers(params int[] data) => Integers([data.Length], data);

    public int Scalar(int number) => Integers([], [number]);

    public int Integers(int[] shape, int[] data) => Tensor(shape, Int32, MemoryMarshal.AsBytes(data.AsSpan()).ToArray());

    /// <summary>Seeded weights, uniform within the magnitude.</summary>
    public int Weights(Random random, float magnitude, params int[] shape) =>
        Floats(shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => magnitude * ((2 * random.NextSingle()) - 1))]);

    public int Variable(params int[] shape) => Tensor(shape, Float32, [], variable: true);

    public int Tensor(int[] shape, byte type, byte[] data, string? name = null, bool variable = false, float scale = 0, int[]? signature = null)
    {
        _tensors.Add((shape, signature, type, data, name ?? $"t{_tensors.Count}", variable, scale));
        return _tensors.Count - 1;
    }

    /// <summary>Adds an operator with one output of floats.</summary>
    public int Add(string name, int[] inputs, int[] output, params (int Field, object Value)[] options) => AddTo(name, inputs, [Tensor(output, Float32, [])], options)[0];

    /// <summary>Adds an operator whose output holds whole numbers.</summary>
    public int AddWhole(string name, int[] inputs, int[] output, params (int Field, object Value)[] options) => AddTo(name, inputs, [Tensor(output, Int32, [])], options)[0];

    public int[] AddTo(string name, int[] inputs, int[] outputs, params (int Field, object Value)[] options)
    {
        (int code, byte table) = SchemaNumbers.Of(name);
        _operators.Add((code, table, inputs, outputs, options, name.StartsWith("Flex", StringComparison.Ordinal) ? name : ""));
        return outputs;
    }

    public void Output(params int[] tensors) => _outputs.AddRange(tensors);

    public byte[] ToBytes()
    {
        FlatBufferBuilder builder = new(1024) { ForceDefaults = true };
        int[] buffers = [Table(builder), .. _tensors.Where(tensor => tensor.Data.Length > 0).Select(tensor => Table(builder, (0, tensor.Data)))];
        int used = 0;
        int[] tensors = [.. _tensors.Select(tensor => Tensor(builder, tensor, tensor.Data.Length > 0 ? ++used : 0))];
        int[] codes = [.. _operators.Select(one => Table(builder, (0, (byte)Math.Min(one.Code, 127)), (1, one.Custom), (2, one.Code == SchemaNumbers.BroadcastTo ? 2 : 1), (3, one.Code)))];
        int[] operators = [.. _operators.Select((one, at) => Operator(builder, one, at))];
        int graph = Table(builder, (0, new Tables(tensors)), (1, _inputs.ToArray()), (2, _outputs.ToArray()), (3, new Tables(operators)), (4, "main"));
        List<(int, object)> model = [(0, Version), (1, new Tables(codes)), (2, new Tables([graph])), (3, "written by a test"), (4, new Tables(buffers))];
        if (Aliases is not null)
            model.Add((7, new Tables([Signature(builder)])));
        builder.Finish(Table(builder, [.. model]), "TFL3");
        return builder.SizedByteArray();
    }

    private static int Tensor(FlatBufferBuilder builder, (int[] Shape, int[]? Signature, byte Type, byte[] Data, string Name, bool Variable, float Scale) tensor, int buffer)
    {
        List<(int, object)> fields = [(0, tensor.Shape), (1, tensor.Type), (2, buffer), (3, tensor.Name), (5, tensor.Variable), (8, true)];
        if (tensor.Signature is not null)
            fields.Add((7, tensor.Signature));
        if (tensor.Scale != 0)
            fields.Add((4, new Tables(Table(builder, (2, new[] { tensor.Scale }), (3, new[] { 0L })))));
        return Table(builder, [.. fields]);
    }

    private static int Operator(FlatBufferBuilder builder, (int Code, byte Options, int[] Inputs, int[] Outputs, (int Field, object Value)[] Values, string Custom) one, int at) => one.Options == 0
        ? Table(builder, (0, at), (1, one.Inputs), (2, one.Outputs))
        : Table(builder, (0, at), (1, one.Inputs), (2, one.Outputs), (3, one.Options), (4, new Tables(Table(builder, one.Values))));

    private int Signature(FlatBufferBuilder builder)
    {
        int[] ports = [.. _inputs.Concat(_outputs).Select((tensor, at) => Table(builder, (0, Aliases![at]), (1, tensor)))];
        return Table(builder, (0, new Tables(ports[.._inputs.Count])), (1, new Tables(ports[_inputs.Count..])), (2, "serving_default"), (4, 0));
    }

    /// <summary>A list of tables, or one table.</summary>
    private sealed record Tables(int[] List, int One = 0)
    {
        public Tables(int one)
            : this([], one)
        {
        }
    }

    private static int Table(FlatBufferBuilder builder, params (int Field, object Value)[] fields)
    {
        int[] places = [.. fields.Select(field => Place(builder, field.Value))];
        builder.StartTable(fields.Length == 0 ? 0 : fields.Max(field => field.Field) + 1);
        for (int i = 0; i < fields.Length; i++)
        {
            (int field, object value) = fields[i];
            switch (value)
            {
                case int number:
                    builder.AddInt(field, number, 0);
                    break;
                case float number:
                    builder.AddFloat(field, number, 0);
                    break;
                case bool truth:
                    builder.AddBool(field, truth, false);
                    break;
                case byte number:
                    builder.AddByte(field, number, 0);
                    break;
                default:
                    builder.AddOffset(field, places[i], 0);
                    break;
            }
        }
        return builder.EndTable();
    }

    /// <summary>Writes what a field only points to.</summary>
    private static int Place(FlatBufferBuilder builder, object value) => value switch
    {
        string text => builder.CreateString(text).Value,
        byte[] bytes => Vector(builder, 1, bytes.Length, 16, at => builder.AddByte(bytes[at])),
        int[] numbers => Vector(builder, 4, numbers.Length, 4, at => builder.AddInt(numbers[at])),
        float[] numbers => Vector(builder, 4, numbers.Length, 4, at => builder.AddFloat(numbers[at])),
        long[] numbers => Vector(builder, 8, numbers.Length, 8, at => builder.AddLong(numbers[at])),
        Tables { One: > 0 } table => table.One,
        Tables tables => Vector(builder, 4, tables.List.Length, 4, at => builder.AddOffset(tables.List[at])),
        _ => 0,
    };

    private static int Vector(FlatBufferBuilder builder, int size, int count, int alignment, Action<int> add)
    {
        builder.StartVector(size, count, alignment);
        for (int at = count - 1; at >= 0; at--)
            add(at);
        return builder.EndVector().Value;
    }
}
