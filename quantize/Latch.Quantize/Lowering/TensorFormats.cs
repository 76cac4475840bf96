using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;

namespace Latch.Quantize.Lowering;

/// <summary>
/// The codes of every value. A value that weights or another matrix multiply is int8 (int16 on request); an output of the model, and anything that only
/// element-wise operators read, is int16. Values that are the same numbers moved about share their codes.
/// </summary>
internal sealed class TensorFormats
{
    private readonly FloatModel _model;
    private readonly Ranges _ranges;
    private readonly Dictionary<string, string> _parent = [];
    private readonly Dictionary<string, Quantization> _formats = [];

    public TensorFormats(FloatModel model, Ranges ranges, Ranges stateRanges, QuantizeOptions options)
    {
        _model = model;
        _ranges = ranges;
        var states = model.Nodes.OfType<RecurrentNode>().SelectMany(static node => node.Outputs).ToHashSet();
        foreach (GraphNode node in model.Nodes)
            Join(node);
        var multiplied = model.Nodes.SelectMany(Multiplied).Select(Root).ToHashSet();
        var wide = model.Outputs.Select(static output => output.Name).Concat(options.WideValues).Select(Root).ToHashSet();
        foreach (IGrouping<string, string> group in Values().GroupBy(Root))
        {
            bool narrow = options.Activations == ActivationWidth.Int8 && multiplied.Contains(group.Key) && !wide.Contains(group.Key);
            ValueRange range = group.Select(name => (states.Contains(name) ? stateRanges : ranges).Value(name)).Aggregate(static (a, b) => a.Union(b));
            Quantization format = range.ToQuantization(narrow ? ElementType.Int8 : ElementType.Int16);
            foreach (string name in group)
                _formats[name] = format;
        }
    }

    /// <summary>The codes of an input or of a node's output.</summary>
    public Quantization this[string value] => _formats[value];

    private IEnumerable<string> Values() => _model.Inputs.Select(static input => input.Name).Concat(_model.Nodes.SelectMany(static node => node.Outputs)).Distinct();

    private IEnumerable<string> Multiplied(GraphNode node) => node switch
    {
        DenseNode dense => [dense.Input],
        RecurrentNode recurrent => [recurrent.X],
        MatMulNode product => [product.Left, product.Right],
        _ => [],
    };

    private void Join(GraphNode node)
    {
        if (node is MovementNode move)
            Join(move.Input, move.Output);
        else if (node is ConcatNode concat)
            foreach (string part in concat.Parts.Where(part => IsSimilar(part, concat.Output)))
                Join(part, concat.Output);
    }

    // A part that fills at least half of the joined range loses next to nothing by sharing its codes, and is then moved without rounding.
    private bool IsSimilar(string part, string whole) => _ranges.Value(part).Magnitude * 2 >= _ranges.Value(whole).Magnitude;

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
