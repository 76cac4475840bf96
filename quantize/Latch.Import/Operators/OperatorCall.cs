using System.Text;
using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using AttributeType = Latch.Import.Onnx.AttributeProto.Types.AttributeType;

namespace Latch.Import.Operators;

/// <summary>One ONNX node on its way into the model: its inputs, attributes and outputs, and errors that name it.</summary>
internal sealed class OperatorCall
{
    private readonly NodeProto _node;
    private readonly GraphBuilder _builder;
    private readonly IReadOnlySet<string> _read;
    private readonly HashSet<string> _usedAttributes = [];
    private readonly HashSet<int> _usedInputs = [];

    /// <param name="node">The node.</param>
    /// <param name="opset">The version of the operator set.</param>
    /// <param name="builder">Holds the values the node reads and takes those it writes.</param>
    /// <param name="read">The names that some node or the graph's outputs read.</param>
    public OperatorCall(NodeProto node, int opset, GraphBuilder builder, IReadOnlySet<string> read)
    {
        _node = node;
        _builder = builder;
        _read = read;
        Opset = opset;
        string firstOutput = node.Output.FirstOrDefault(name => name.Length > 0, "");
        Name = builder.UniqueNodeName(node.Name.Length > 0 ? node.Name : $"{node.OpType}_{firstOutput}");
    }

    /// <summary>Unique among the model's nodes.</summary>
    public string Name { get; }

    public GraphBuilder Builder => _builder;

    public string Operator => _node.OpType;

    /// <summary>The operator with its domain, as the table of operators lists it.</summary>
    public string FullName => OperatorTable.NameOf(_node);

    public int Opset { get; }

    public int InputCount => _node.Input.Count;

    public int OutputCount => _node.Output.Count;

    /// <summary>An input, or null when it is left out.</summary>
    public GraphValue? Optional(int index)
    {
        _usedInputs.Add(index);
        return index < _node.Input.Count && _node.Input[index].Length > 0 ? _builder.Find(_node.Input[index]) : null;
    }

    public GraphValue Required(int index) =>
        Optional(index) ?? throw Fail(ImportErrorCode.UnsupportedForm, $"input {index} is missing");

    /// <summary>An input whose elements are floats, computed or constant.</summary>
    public GraphValue Floats(int index)
    {
        GraphValue value = Required(index);
        return value.Integer is null
            ? value
            : throw Fail(ImportErrorCode.UnsupportedForm, $"input {index} ('{value.Name}') holds integers; only float32 is supported here");
    }

    /// <summary>An input that must be a constant of finite floats, or null when it is left out.</summary>
    public FloatTensor? OptionalWeights(int index, string role)
    {
        if (Optional(index) is not { } value)
            return null;
        if (value.Float is not { } tensor)
            throw Fail(ImportErrorCode.UnsupportedForm, $"'{value.Name}' must be a constant of floats", role);
        CheckFinite(tensor, value.Name, role);
        return tensor;
    }

    public FloatTensor Weights(int index, string role) =>
        OptionalWeights(index, role) ?? throw Fail(ImportErrorCode.UnsupportedForm, "the input is missing", role);

    /// <summary>An input that must be a constant of integers, or null when it is left out.</summary>
    public IntegerTensor? OptionalIntegers(int index, string role)
    {
        if (Optional(index) is not { } value)
            return null;
        return value.Integer ?? throw Fail(
            ImportErrorCode.UnsupportedForm, $"'{value.Name}' must be constant once batch and steps are fixed", role);
    }

    public IntegerTensor Integers(int index, string role) =>
        OptionalIntegers(index, role) ?? throw Fail(ImportErrorCode.UnsupportedForm, "the input is missing", role);

    public bool HasAttribute(string name) => _node.Attribute.Any(a => a.Name == name);

    public long Attribute(string name, long missing) => Find(name, AttributeType.Int)?.I ?? missing;

    public float Attribute(string name, float missing) => NotNaN(name, Find(name, AttributeType.Float)?.F ?? missing);

    public string Attribute(string name, string missing) => Find(name, AttributeType.String)?.S.ToString(Encoding.UTF8) ?? missing;

    public long[]? IntegersAttribute(string name) => Find(name, AttributeType.Ints) is { } found ? [.. found.Ints] : null;

    public float[]? FloatsAttribute(string name) =>
        Find(name, AttributeType.Floats) is { } found ? [.. found.Floats.Select(number => NotNaN(name, number))] : null;

    public string[]? StringsAttribute(string name) =>
        Find(name, AttributeType.Strings) is { } found ? [.. found.Strings.Select(s => s.ToString(Encoding.UTF8))] : null;

    public GraphValue? TensorAttribute(string name) => Find(name, AttributeType.Tensor) is { T: { } tensor }
        ? TensorReader.Read(tensor, $"{Name}/{name}", _builder.Source, _builder.Files)
        : null;

    /// <summary>A graph inside of the node.</summary>
    public GraphProto GraphAttribute(string name) =>
        Find(name, AttributeType.Graph)?.G ?? throw Fail(ImportErrorCode.UnsupportedForm, "is missing", name);

    /// <summary>Accepts an attribute that does not change the result.</summary>
    public void Ignore(string name) => _usedAttributes.Add(name);

    /// <summary>Accepts an input that does not change the result.</summary>
    public void Ignore(int input) => _usedInputs.Add(input);

    /// <summary>Refuses what the operator's import did not look at or did not write: attributes, inputs, outputs.</summary>
    public void RefuseLeftovers()
    {
        if (_node.Attribute.FirstOrDefault(a => !_usedAttributes.Contains(a.Name)) is { } unknown)
            throw Fail(ImportErrorCode.UnsupportedForm, $"this attribute is not supported in operator set {Opset}", unknown.Name);
        for (int input = 0; input < _node.Input.Count; input++)
        {
            if (_node.Input[input].Length > 0 && !_usedInputs.Contains(input))
                throw Fail(ImportErrorCode.UnsupportedForm, $"this input is not supported in operator set {Opset}", $"input {input}");
        }
        for (int output = 0; output < _node.Output.Count; output++)
        {
            if (OptionalOutput(output) is { } name && _builder.Find(name) is null)
                throw Fail(ImportErrorCode.UnsupportedForm, $"this output ('{name}') is not supported", $"output {output}");
        }
    }

    /// <summary>Says of the outputs what they hold, where the operator's import has not said it.</summary>
    public void SetKinds()
    {
        if (ElementKinds.SetsItsOwn(Operator))
            return;
        ElementKind kind = ElementKinds.Of(Operator, [.. _node.Input.Select(name => _builder.Find(name)?.Kind ?? ElementKind.Real)]);
        foreach (string output in _node.Output)
            _builder.SetKind(output, kind);
    }

    /// <summary>The name of an output, or null when nothing reads it.</summary>
    public string? OptionalOutput(int index) =>
        index < _node.Output.Count && _read.Contains(_node.Output[index]) ? _node.Output[index] : null;

    /// <summary>The name of the first output.</summary>
    public string Output => _node.Output[0];

    /// <summary>A name for an inner value that no value of the file has.</summary>
    public string Inner(string suffix)
    {
        string name = $"{Name}/{suffix}";
        while (_builder.Find(name) is not null || _read.Contains(name))
            name += "'";
        return name;
    }

    /// <summary>A constant under an inner name, which is returned.</summary>
    public string Inner(string suffix, FloatTensor tensor) => _builder.Define(Inner(suffix), new GraphValue(Inner(suffix), tensor.Shape, Float: tensor)).Name;

    /// <inheritdoc cref="Inner(string, FloatTensor)"/>
    public string Inner(string suffix, IntegerTensor tensor) => _builder.Define(Inner(suffix), new GraphValue(Inner(suffix), tensor.Shape, Integer: tensor)).Name;

    /// <summary>The name that an input has in the file.</summary>
    public string InputName(int index) => _node.Input[index];

    /// <summary>The names of all outputs, empty where one is left out.</summary>
    public string[] AllOutputs() => [.. _node.Output];

    /// <summary>The attributes, but those of some names, for an operator that takes this one's place.</summary>
    public AttributeProto[] AllAttributes(params string[] without)
    {
        foreach (AttributeProto attribute in _node.Attribute)
            _usedAttributes.Add(attribute.Name);
        return [.. _node.Attribute.Where(attribute => !without.Contains(attribute.Name))];
    }

    /// <summary>Brings another operator into the model in this one's place.</summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="suffix">What its name ends with.</param>
    /// <param name="inputs">Names of values.</param>
    /// <param name="output">Name of its output.</param>
    /// <param name="attributes">Its attributes: texts, floats, integers, lists of integers.</param>
    /// <returns>The output's name.</returns>
    public string Substitute(string operatorName, string suffix, string[] inputs, string output, params (string Name, object Value)[] attributes) =>
        Substitute(operatorName, suffix, inputs, output, [.. attributes.Select(Attribute)]);

    /// <inheritdoc cref="Substitute(string, string, string[], string, ValueTuple{string, object}[])"/>
    public string Substitute(string operatorName, string suffix, string[] inputs, string output, AttributeProto[] attributes)
    {
        Substitute(operatorName, suffix, inputs, [output], attributes);
        return output;
    }

    /// <summary>Brings another operator with several outputs, empty where one is left out, into the model in this one's place.</summary>
    public void Substitute(string operatorName, string suffix, string[] inputs, string[] outputs, AttributeProto[] attributes)
    {
        NodeProto node = new() { Name = $"{Name}/{suffix}", OpType = operatorName };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        HashSet<string> read = outputs.Length == 1 ? [outputs[0]] : [.. outputs.Where(_read.Contains)];
        OperatorTable.Lower(new OperatorCall(node, Opset, _builder, read));
    }

    private static AttributeProto Attribute((string Name, object Value) given)
    {
        AttributeProto attribute = new() { Name = given.Name };
        switch (given.Value)
        {
            case string text:
                (attribute.S, attribute.Type) = (Google.Protobuf.ByteString.CopyFromUtf8(text), AttributeType.String);
                break;
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeType.Float);
                break;
            case long number:
                (attribute.I, attribute.Type) = (number, AttributeType.Int);
                break;
            default:
                attribute.Ints.AddRange((long[])given.Value);
                attribute.Type = AttributeType.Ints;
                break;
        }
        return attribute;
    }

    public GraphValue Emit(GraphNode node, params int[] shape) => _builder.Emit(this, node, shape);

    public void Emit(GraphNode node, IReadOnlyList<int[]> shapes) => _builder.Emit(this, node, shapes);

    /// <summary>A value of the same elements under another shape; the value itself when the shape is its own.</summary>
    public GraphValue Reshaped(GraphValue value, int[] shape, string suffix) => value.Shape.AsSpan().SequenceEqual(shape)
        ? value
        : Emit(new ReshapeNode($"{Name}/{suffix}", value.Name, Inner(suffix)), shape);

    /// <summary>Says what a value holds.</summary>
    public void SetKind(GraphValue value, ElementKind kind) => _builder.SetKind(value.Name, kind);

    /// <summary>Makes an output another name for a value, whose elements may count as of another kind under it.</summary>
    public void Alias(string output, GraphValue value, ElementKind kind)
    {
        Alias(output, value);
        _builder.SetKind(output, kind);
    }

    /// <summary>Makes an output another name for a value.</summary>
    public void Alias(string output, GraphValue value)
    {
        if (!_builder.IsOutput(output))
            _builder.Define(output, value);
        else if (value.IsConstant)
            _builder.Define(output, value with { Name = output });
        else
            Emit(new ReshapeNode(Name, value.Name, output), value.Shape);
    }

    public void Constant(string output, IntegerTensor tensor) =>
        _builder.Define(output, new GraphValue(output, tensor.Shape, Integer: tensor));

    public void Constant(string output, FloatTensor tensor) =>
        _builder.Define(output, new GraphValue(output, tensor.Shape, Float: tensor));

    /// <summary>An index counted from the front.</summary>
    public int Position(long index, int length) => index >= -length && index < length
        ? (int)(index < 0 ? index + length : index)
        : throw Fail(ImportErrorCode.ShapeMismatch, $"index {index} lies outside an axis of length {length}", "indices");

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int rank, string role = "axis") => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Fail(ImportErrorCode.ShapeMismatch, $"axis {axis} does not exist in a tensor of {rank} axes", role);

    public ImportException Fail(ImportErrorCode code, string detail, string attribute = "") =>
        new(code, _builder.Source, detail, Name, Operator, attribute);

    private void CheckFinite(FloatTensor tensor, string name, string role)
    {
        int bad = Array.FindIndex(tensor.Data, x => !float.IsFinite(x));
        if (bad >= 0)
        {
            throw Fail(
                ImportErrorCode.NotFinite, $"element {bad} of '{name}' is {tensor.Data[bad]}; train or export the model again", role);
        }
    }

    private float NotNaN(string attribute, float number) => float.IsNaN(number)
        ? throw Fail(ImportErrorCode.NotFinite, "is not a number", attribute)
        : number;

    private AttributeProto? Find(string name, AttributeType type)
    {
        _usedAttributes.Add(name);
        AttributeProto? found = _node.Attribute.FirstOrDefault(a => a.Name == name);
        if (found is null || found.Type == type || found.Type == AttributeType.Undefined)
            return found;
        throw Fail(ImportErrorCode.UnsupportedForm, $"is of type {found.Type}, expected {type}", name);
    }
}
