using Latch.Import.Graph;

namespace Latch.Import.Sources.TfLite;

/// <summary>One operator of the file on its way into the ONNX graph: its inputs, options and outputs, and errors that name it.</summary>
internal sealed class TfLiteCall(TfLiteOperator one, TensorTable tensors, GraphWriter writer, string source, List<string> notes)
{
    private string? _name;

    /// <summary>The operator's name in the file's format.</summary>
    public string Operator => one.Name;

    /// <summary>What messages and layers are called: the name of the first output.</summary>
    public string Name => _name ??= OutputCount > 0 ? tensors.Name(one.Outputs[0]) : Operator;

    public int InputCount => one.Inputs.Length;

    public int OutputCount => one.Outputs.Length;

    /// <summary>Which table of options the file has.</summary>
    public byte OptionsKind => one.OptionsKind;

    public bool HasOptions => one.Options is not null;

    public TensorTable Tensors => tensors;

    public bool Has(int input) => input < InputCount && one.Inputs[input] >= 0;

    /// <summary>The number of an input's tensor.</summary>
    public int Tensor(int input) => Has(input) ? one.Inputs[input] : throw Fail(ImportErrorCode.UnsupportedForm, "is missing", $"input {input}");

    public int OutputTensor(int output = 0) => output < OutputCount ? one.Outputs[output] : throw Fail(ImportErrorCode.BrokenGraph, "is missing", $"output {output}");

    /// <summary>The name of an input's value.</summary>
    public string Input(int input)
    {
        tensors.Type(Tensor(input));
        return tensors.Read(Tensor(input));
    }

    /// <summary>The name of an output's value.</summary>
    public string Output(int output = 0)
    {
        tensors.Type(OutputTensor(output));
        return tensors.Name(OutputTensor(output));
    }

    /// <summary>The shape of an input as the file has it.</summary>
    public int[] Shape(int input) => tensors[Tensor(input)].Shape;

    public int Rank(int input) => Shape(input).Length;

    public bool IsConstant(int input) => tensors.IsConstant(Tensor(input));

    public int Int(int field, int missing = 0) => one.Options?.Int(field, missing) ?? missing;

    public bool Bool(int field, bool missing = false) => one.Options?.Bool(field, missing) ?? missing;

    public float Float(int field, string name, float missing = 0)
    {
        float number = one.Options?.Float(field, missing) ?? missing;
        return float.IsFinite(number) ? number : throw Fail(ImportErrorCode.NotFinite, $"is {number}", name);
    }

    public byte Byte(int field) => one.Options?.Byte(field) ?? 0;

    public int[] Ints(int field) => one.Options?.Ints(field) ?? [];

    /// <summary>An input that must be a constant of whole numbers.</summary>
    public int[] Integers(int input, string role) => IsConstant(input)
        ? [.. tensors.Integers(Tensor(input)).Select(number => (int)Math.Clamp(number, int.MinValue, int.MaxValue))]
        : throw Fail(ImportErrorCode.UnsupportedForm, $"'{tensors[Tensor(input)].Name}' must be a constant", role);

    /// <summary>An input that must be one constant whole number.</summary>
    public int Integer(int input, string role) => Integers(input, role) is [int number]
        ? number
        : throw Fail(ImportErrorCode.ShapeMismatch, "must be one number", role);

    /// <summary>An input that must be a constant of floats, with its shape.</summary>
    public FloatTensor Weights(int input, string role) => IsConstant(input)
        ? new FloatTensor(Shape(input), tensors.Floats(Tensor(input)))
        : throw Fail(ImportErrorCode.UnsupportedForm, $"'{tensors[Tensor(input)].Name}' must be a constant", role);

    /// <summary>A constant of floats of a given shape.</summary>
    public FloatTensor Weights(int input, string role, params int[] shape) => Weights(input, role) is { } tensor && tensor.Shape.AsSpan().SequenceEqual(shape)
        ? tensor
        : throw Fail(ImportErrorCode.ShapeMismatch, $"needs shape {TensorShape.Text(shape)}, has {TensorShape.Text(Shape(input))}", role);

    /// <summary>The same, or null when the input is left out.</summary>
    public FloatTensor? OptionalWeights(int input, string role, params int[] shape) => Has(input) ? Weights(input, role, shape) : null;

    /// <summary>Writes a constant for this operator.</summary>
    public string Constant(string role, int[] shape, float[] data)
    {
        string name = writer.Name($"{Name}/{role}");
        writer.Constant(name, shape, data);
        return name;
    }

    /// <summary>Writes a list of whole numbers for this operator.</summary>
    public string Constant(string role, params int[] numbers) => Constant(role, [numbers.Length], [.. numbers.Select(number => (long)number)]);

    /// <summary>Writes one whole number for this operator.</summary>
    public string Scalar(string role, int number) => Constant(role, [], [(long)number]);

    private string Constant(string role, int[] shape, long[] data)
    {
        string name = writer.Name($"{Name}/{role}");
        writer.Constant(name, shape, data);
        return name;
    }

    /// <summary>Writes a node whose value is read within this operator alone.</summary>
    /// <returns>The value's name.</returns>
    public string Inner(string operatorName, string[] inputs, params (string Name, object Value)[] attributes) =>
        Inner(operatorName, writer.Name($"{Name}/{operatorName}"), inputs, attributes);

    /// <summary>Writes a node with a name of its own.</summary>
    public string Inner(string operatorName, string name, string[] inputs, (string Name, object Value)[] attributes)
    {
        writer.Node(operatorName, name, inputs, [name], attributes);
        return name;
    }

    /// <summary>Writes a node with several outputs.</summary>
    public void Node(string operatorName, string name, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) =>
        writer.Node(operatorName, name, inputs, outputs, attributes);

    /// <summary>A name for a value or a node of this operator.</summary>
    public string NewName(string role) => writer.Name($"{Name}/{role}");

    /// <summary>Writes the node that yields an output.</summary>
    public void Write(string operatorName, string[] inputs, params (string Name, object Value)[] attributes) => WriteTo(0, operatorName, inputs, attributes);

    /// <summary>Writes the node that yields one of several outputs.</summary>
    public void WriteTo(int output, string operatorName, string[] inputs, params (string Name, object Value)[] attributes) =>
        writer.Node(operatorName, OutputCount > 1 ? $"{Name}/{output}" : Name, inputs, [Output(output)], attributes);

    /// <summary>Tells the user something about this operator.</summary>
    public void Note(string text) => notes.Add($"'{Name}' ({Operator}): {text}");

    public ImportException Fail(ImportErrorCode code, string detail, string attribute = "") => new(code, source, detail, Name, Operator, attribute);
}
