using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Collects the tensors and operations of one plan.</summary>
internal sealed class PlanBuilder(FloatModel model, LoweringContext context)
{
    private readonly List<ActivationTensor> _tensors = [];
    private readonly Dictionary<int, string> _constantTensors = [];
    private readonly Dictionary<string, int> _tensorOf = [];
    private readonly List<Operation> _operations = [];
    private readonly HashSet<string> _fused = [];
    private readonly ILookup<string, GraphNode> _readers = model.Nodes.SelectMany(static node => node.Inputs.Select(input => (input, node))).ToLookup(static pair => pair.input, static pair => pair.node);

    public FloatModel Model => model;

    public LoweringContext Context => context;

    /// <summary>The tensor that holds a value: an input, a value already computed, or a constant (int16, added when first asked for).</summary>
    public int Tensor(string value)
    {
        if (_tensorOf.TryGetValue(value, out int index))
            return index;
        return _tensorOf[value] = AddConstant(value, model.Constants[value]);
    }

    /// <summary>A new tensor for a value, with the value's codes.</summary>
    public int Define(string value) => _tensorOf[value] = Add(value, model.Shape(value), context.Formats[value]);

    /// <summary>A new tensor that is no value of the model.</summary>
    public int DefineTemporary(GraphNode node, string suffix, int[] shape, Quantization format) => Add($"{node.Name}.{suffix}", shape, format);

    /// <summary>A new tensor of that name that is no value of the model.</summary>
    public int DefineNamed(string name, int[] shape, Quantization format) => Add(name, shape, format);

    /// <summary>Lets a value stand for an existing tensor: the same elements in the same order, under another shape.</summary>
    public void Alias(string value, int tensor) => _tensorOf[value] = tensor;

    /// <summary>Codes of a tensor.</summary>
    public Quantization Format(int tensor) => _tensors[tensor].Quantization;

    /// <summary>Dimensions of a tensor.</summary>
    public IReadOnlyList<int> Shape(int tensor) => _tensors[tensor].Shape;

    /// <summary>Whether a tensor is a constant, an input or a state: no operation writes it.</summary>
    public bool IsGiven(int tensor) => _constantTensors.ContainsKey(tensor)
        || model.Inputs.Any(input => _tensorOf[input.Name] == tensor)
        || model.States.Any(pair => _tensorOf[pair.Input] == tensor);

    public void Add(Operation operation) => _operations.Add(operation);

    /// <summary>A constant tensor: int16, symmetric over its largest magnitude.</summary>
    public int AddConstant(string name, FloatTensor data)
    {
        double largest = data.Data.Length == 0 ? 0 : data.Data.Max(static value => Math.Abs((double)value));
        return AddConstant(name, data, new Calibration.ValueRange(-largest / 2, largest / 2).ToQuantization(ElementType.Int16));
    }

    /// <summary>A constant tensor with the given codes.</summary>
    public int AddConstant(string name, FloatTensor data, Quantization format)
    {
        int tensor = Add(name, data.Shape, format);
        _constantTensors[tensor] = context.AddConstant(name, constant => Encode(constant, data.Shape, data.Data, format));
        return tensor;
    }

    /// <summary>The codes nearest to real numbers; int16 ones within +-32767.</summary>
    public static ConstantTensor Encode(string name, int[] shape, float[] data, Quantization format)
    {
        int smallest = format.Type == ElementType.Int16 ? -short.MaxValue : format.MinCode;
        double[] codes = [.. data.Select(value => Math.Clamp(Math.Round(value / format.Scale) + format.ZeroPoint, smallest, format.MaxCode))];
        return format.Type == ElementType.Int16
            ? ConstantTensor.Of(name, shape, Array.ConvertAll(codes, static code => (short)code))
            : ConstantTensor.Of(name, shape, Array.ConvertAll(codes, static code => (sbyte)code));
    }

    /// <summary>The only reader of a value, or null when there are several, none, or the value is an output of the model.</summary>
    public GraphNode? OnlyReader(string value) =>
        _readers[value].Count() == 1 && !model.Leaves(value) ? _readers[value].First() : null;

    /// <summary>Marks a node whose work was taken over by the operation before it.</summary>
    public void MarkFused(GraphNode node) => _fused.Add(node.Name);

    /// <summary>Lowers every node in order.</summary>
    public Plan Build()
    {
        MagnitudeLowering.Mark(this);
        foreach (ValueInfo input in model.Inputs)
            Define(input.Name);
        foreach (StatePair pair in model.States)
            Define(pair.Input);
        foreach (GraphNode node in model.Nodes)
            if (!_fused.Contains(node.Name))
                NodeLowering.Lower(node, this);
        IReadOnlyList<PlanState> states = StateLowering.Lower(this);
        return new Plan
        {
            Steps = model.Steps,
            States = states,
            Inputs = [.. model.Inputs.Select(input => new PlanPort(input.Name, Tensor(input.Name)))],
            Outputs = [.. model.Outputs.Select(output => new PlanPort(output.Name, Tensor(output.Name)))],
            Tensors = _tensors,
            ConstantTensors = _constantTensors,
            Operations = _operations,
        };
    }

    private int Add(string name, int[] shape, Quantization format)
    {
        _tensors.Add(new ActivationTensor(name, shape, format));
        return _tensors.Count - 1;
    }
}
