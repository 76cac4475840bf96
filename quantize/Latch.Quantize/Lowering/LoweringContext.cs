using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Weights;

namespace Latch.Quantize.Lowering;

/// <summary>What the plans of one model share: formats, constants, recurrent layers.</summary>
internal sealed class LoweringContext
{
    private readonly Ranges _states;
    private readonly Func<string, SecondMoments?> _moments;
    private readonly Dictionary<string, string> _shortNames;
    private readonly Dictionary<string, ConstantTensor> _constants = new(StringComparer.Ordinal);
    private readonly List<RecurrentLayer> _layers = [];
    private readonly Dictionary<string, int> _layerOf = [];
    private readonly Dictionary<string, WeightMatrix> _weights = [];

    public LoweringContext(FloatModel model, FloatModel? step, Func<string, SecondMoments?> moments, Ranges ranges, Ranges states, QuantizeOptions options, RoundingCache rounding)
    {
        Options = options;
        Rounding = rounding;
        _moments = moments;
        _states = states;
        Formats = new TensorFormats(model, ranges, states, options);
        Ranges = ranges;
        if (step is not null)
            Formats.Extend(step);
        _shortNames = ShortNames([.. model.Nodes.Concat(step?.Nodes ?? []).Select(static node => node.Name).Distinct()]);
    }

    public QuantizeOptions Options { get; }

    /// <summary>Improvements of the weights to make.</summary>
    public WeightChoices Choices => Options.Weights;

    /// <summary>What rounding found in earlier builds.</summary>
    public RoundingCache Rounding { get; }

    public TensorFormats Formats { get; }

    public Ranges Ranges { get; }

    public IReadOnlyDictionary<string, ConstantTensor> Constants => _constants;

    public IReadOnlyList<RecurrentLayer> Layers => _layers;

    /// <summary>Element type of a recurrent node's state in its recurrent product.</summary>
    public ElementType StateType(RecurrentNode node) =>
        Options.Activations == ActivationWidth.Int16 || Options.WideValues.Contains(StateName(node.Name)) ? ElementType.Int16 : ElementType.Int8;

    /// <summary>What <see cref="QuantizeOptions.WideValues"/> calls the state of a recurrent node.</summary>
    public static string StateName(string node) => node + ".hidden";

    /// <summary>Range of a recurrent node's inner state.</summary>
    public ValueRange State(RecurrentNode node, RecurrentQuantity quantity) => _states.State(node.Name, quantity);

    /// <summary>What the rows of a node met in calibration; null when unknown.</summary>
    public SecondMoments? Moments(string node) => _moments(node);

    /// <summary>The shortest end of the node's path-like name that names no other node.</summary>
    public string ShortName(GraphNode node) => _shortNames[node.Name];

    /// <summary>Adds a constant once; the plans share it by name.</summary>
    /// <returns>The name.</returns>
    public string AddConstant(string name, Func<string, ConstantTensor> create)
    {
        if (!_constants.ContainsKey(name))
            _constants[name] = create(name);
        return name;
    }

    /// <summary>The index of a node's layer, built when it is first met.</summary>
    public int Layer(RecurrentNode node, Func<RecurrentLayer> create)
    {
        if (!_layerOf.TryGetValue(node.Name, out int index))
        {
            _layers.Add(create());
            _layerOf[node.Name] = index = _layers.Count - 1;
        }
        return index;
    }

    /// <summary>A node's rows of weights, prepared when it is first met.</summary>
    public WeightMatrix Shared(string node, Func<WeightMatrix> create)
    {
        if (!_weights.TryGetValue(node, out WeightMatrix? weights))
            _weights[node] = weights = create();
        return weights;
    }

    /// <summary>Scales and codes of a node's weight rows, with the improvements that were chosen for it.</summary>
    /// <param name="node">Name of the node.</param>
    /// <param name="weights">[rows, columns] row-major.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="input">Type of the codes the rows are multiplied with.</param>
    public (double[] Scales, RoundedRows Rows) RoundRows(string node, float[] weights, int rows, ElementType input)
    {
        int columns = weights.Length / rows;
        var block = new WeightBlock(node, rows, weights, [], Moments(node));
        double[] none = new double[rows];
        RowScales scales = new(WeightRows.Scales(weights, columns, input), none);
        if (Choices.Clipped.Contains(node))
            scales = Rounding.Clip(block, scales, new RowScales(WeightRows.LeastScales(weights, columns, input), none));
        return (scales.First, RoundedRows.Round(block, scales, Rounding, Choices.Shifts.GetValueOrDefault(node)?.Input));
    }

    private static Dictionary<string, string> ShortNames(string[] names)
    {
        var result = new Dictionary<string, string>();
        foreach (string name in names)
        {
            int start = name.Length;
            do
                start = name.LastIndexOf('/', Math.Max(0, start - 1));
            while (start > 0 && names.Any(other => other != name && other.EndsWith(name[start..], StringComparison.Ordinal)));
            string end = name[(start + 1)..];
            result[name] = start > 0 && !names.Contains(end) && !result.ContainsValue(end) ? end : name;
        }
        return result;
    }
}
