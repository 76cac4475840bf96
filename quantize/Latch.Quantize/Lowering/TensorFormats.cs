using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;

namespace Latch.Quantize.Lowering;

/// <summary>
/// The codes of every value. A value that weights multiply is int8 (int16 on request); an output of the model, and anything that no weights multiply, is
/// int16; so is a value joined from parts of very different ranges. Values that are the same numbers moved about share
/// their codes.
/// </summary>
internal sealed class TensorFormats
{
    private readonly FloatModel _model;
    private readonly Ranges _ranges;
    private readonly Dictionary<string, string> _parent = [];
    private readonly Dictionary<string, Quantization> _formats = [];

    public TensorFormats(FloatModel model, Ranges ranges, Ranges minMax, QuantizeOptions options)
    {
        _model = model;
        _ranges = ranges;
        var states = model.Nodes.OfType<RecurrentNode>().SelectMany(static node => node.Outputs).ToHashSet();
        foreach (GraphNode node in model.Nodes)
            Join(node);
        var multiplied = model.Nodes.SelectMany(Multiplied).Select(Root).ToHashSet();
        var uneven = model.Nodes.OfType<ConcatNode>().Where(concat => !IsEven(concat)).Select(static concat => concat.Output);
        var wide = model.Outputs.Select(static output => output.Name).Concat(options.WideValues).Concat(uneven).Select(Root).ToHashSet();
        var narrowValues = new List<string>();
        foreach (IGrouping<string, string> group in Values().GroupBy(Root))
        {
            bool narrow = options.Activations == ActivationWidth.Int8 && multiplied.Contains(group.Key) && !wide.Contains(group.Key);
            ValueRange range = group.Select(name => (narrow && !states.Contains(name) ? ranges : minMax).Value(name)).Aggregate(static (a, b) => a.Union(b));
            Quantization format = range.ToQuantization(narrow ? ElementType.Int8 : ElementType.Int16);
            foreach (string name in group)
                _formats[name] = format;
            if (narrow)
                narrowValues.Add(group.First());
        }
        NarrowValues = narrowValues;
    }

    /// <summary>One name for each set of values that share int8 codes.</summary>
    public IReadOnlyList<string> NarrowValues { get; }

    /// <summary>The values that have the codes of this one, itself included.</summary>
    public IReadOnlyList<string> Sharing(string value) => [.. Values().Where(other => Root(other) == Root(value))];

    /// <summary>The codes of an input or of a node's output.</summary>
    public Quantization this[string value] => _formats[value];

    private IEnumerable<string> Values() => _model.Inputs.Select(static input => input.Name).Concat(_model.Nodes.SelectMany(static node => node.Outputs)).Distinct();

    private static IEnumerable<string> Multiplied(GraphNode node) => node switch
    {
        DenseNode dense => [dense.Input],
        RecurrentNode recurrent => [recurrent.X],
        _ => [],
    };

    private void Join(GraphNode node)
    {
        if (node is MovementNode move)
            Join(move.Input, move.Output);
        else if (node is ConcatNode concat && IsEven(concat))
            foreach (string part in concat.Parts)
                Join(part, concat.Output);
    }

    // Parts that each fill at least half of the joined range lose next to nothing by sharing its codes, and are then moved without rounding.
    // Otherwise 8 bits over the whole would leave the small parts too few, so that the whole takes 16.
    private bool IsEven(ConcatNode concat) =>
        concat.Parts.All(part => _model.Constants.ContainsKey(part) || _ranges.Value(part).Magnitude * 2 >= _ranges.Value(concat.Output).Magnitude);

    private void Join(string first, string second)
    {
        if (_model.Constants.ContainsKey(first))
            return;
        if (Root(first) != Root(second))
            _parent[Root(first)] = Root(second);
    }

    private string Root(string name)
    {
        while (_parent.TryGetValue(name, out string? parent))
            name = parent;
        return name;
    }
}
