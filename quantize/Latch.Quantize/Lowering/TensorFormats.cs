using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;

namespace Latch.Quantize.Lowering;

/// <summary>
/// The codes of every value. A value that weights multiply is int8 (int16 on request); an output of the model, and anything that no weights multiply, is
/// int16; so is a value joined from parts of very different ranges. Values that are the same numbers moved about share
/// their codes. Whole numbers have the scale 1 (<see cref="WholeNumbers"/>).
/// </summary>
internal sealed class TensorFormats
{
    // e^-16 is 0 in softmax; a mask this far below everything else stays one.
    private const double MaskDepth = 32;

    private readonly FloatModel _model;
    private readonly Ranges _ranges;
    private readonly WholeNumbers _whole;
    private readonly Dictionary<string, string> _parent = [];
    private readonly Dictionary<string, Quantization> _formats = [];

    public TensorFormats(FloatModel model, Ranges ranges, Ranges minMax, QuantizeOptions options)
    {
        _model = model;
        _ranges = ranges;
        _whole = new WholeNumbers(model);
        var states = model.Nodes.OfType<RecurrentNode>().SelectMany(static node => node.Outputs).ToHashSet();
        foreach (GraphNode node in model.Nodes)
            Join(node);
        foreach (StatePair pair in model.States)
        {
            Join(pair.Input, pair.Output);
            states.UnionWith([pair.Input, pair.Output]);
        }
        var multiplied = model.Nodes.SelectMany(Multiplied).Select(Root).ToHashSet();
        var uneven = model.Nodes.Where(node => NodeParts.Of(node).Count > 0 && !IsEven(node)).Select(static node => node.Outputs[0]);
        var known = model.Nodes.OfType<EmbeddingNode>().ToDictionary(static node => node.Output, static node => Range(node.Table));
        foreach (WhereNode mask in model.Nodes.OfType<WhereNode>().Where(IsMask))
            known[mask.Output] = Masked(minMax.Value(Computed(mask)));
        var wide = model.Outputs.Select(static output => output.Name).Concat(options.WideValues).Concat(uneven).Select(Root).ToHashSet();
        var narrowValues = new List<string>();
        foreach (IGrouping<string, string> group in Values().GroupBy(Root))
        {
            bool narrow = options.Activations == ActivationWidth.Int8 && multiplied.Contains(group.Key) && !wide.Contains(group.Key);
            ValueRange range = group.Select(name => known.TryGetValue(name, out ValueRange given) ? given : (narrow && !states.Contains(name) ? ranges : minMax).Value(name)).Aggregate(static (a, b) => a.Union(b));
            Quantization? counted = group.All(_whole.Contains) ? WholeNumbers.Codes(range) : null;
            narrow &= counted is null;
            Quantization format = counted ?? range.ToQuantization(narrow ? ElementType.Int8 : ElementType.Int16);
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

    /// <summary>Takes in the values that only the model for one step has: pieces of others that are kept and joined, with the codes of those.</summary>
    public void Extend(FloatModel step)
    {
        foreach (GraphNode node in step.Nodes.Where(node => !_formats.ContainsKey(node.Outputs[0])))
        {
            Quantization codes = _formats[node.Inputs.First(_formats.ContainsKey)];
            foreach (string name in node.Inputs.Concat(node.Outputs))
                _formats.TryAdd(name, codes);
        }
    }

    private IEnumerable<string> Values() => _model.Inputs.Select(static input => input.Name).Concat(_model.States.Select(static pair => pair.Input)).Concat(_model.Nodes.SelectMany(static node => node.Outputs)).Distinct();

    private static IEnumerable<string> Multiplied(GraphNode node) => node switch
    {
        DenseNode dense => [dense.Input],
        ConvNode conv => [conv.Input],
        ConvTransposeNode conv => [conv.Input],
        RecurrentNode recurrent => [recurrent.X],
        // The table holds codes of the output: 8 bits as other weights have.
        EmbeddingNode embedding => [embedding.Output],
        _ => [],
    };

    private void Join(GraphNode node)
    {
        if (node is MovementNode move)
            Join([move.Input], move.Output);
        else if (node is PoolNode { Operation: Import.Graph.PoolOperation.Max } pool)
            Join([pool.Input], pool.Output);
        else if (IsEven(node))
            Join([.. NodeParts.Of(node)], node.Outputs[0]);
    }

    // Whole numbers and others do not share codes.
    private void Join(string[] parts, string output)
    {
        string[] computed = [.. parts.Where(part => !_model.Constants.ContainsKey(part))];
        if (computed.All(part => _whole.Contains(part) == _whole.Contains(output)))
            foreach (string part in computed)
                Join(part, output);
    }

    // A constant far below everything computed, that softmax makes 0.
    private bool IsMask(WhereNode node)
    {
        bool first = _model.Constants.ContainsKey(node.WhenTrue), second = _model.Constants.ContainsKey(node.WhenFalse);
        if (first == second || _model.Nodes.Any(reader => reader.Inputs.Contains(node.Output) && reader is not SoftmaxNode { IsLog: false }) || _model.Outputs.Any(output => output.Name == node.Output))
            return false;
        return _model.Constants[first ? node.WhenTrue : node.WhenFalse].Data.All(value => value < _ranges.Value(Computed(node)).Min - MaskDepth);
    }

    private string Computed(WhereNode node) => _model.Constants.ContainsKey(node.WhenTrue) ? node.WhenFalse : node.WhenTrue;

    private static ValueRange Masked(ValueRange computed) => new(computed.Min - MaskDepth, computed.Max);

    private static ValueRange Range(FloatTensor tensor) => new(tensor.Data.Min(), tensor.Data.Max());

    // Parts that each fill at least half of the joined range lose next to nothing by sharing its codes, and are then moved without rounding.
    // Otherwise 8 bits over the whole would leave the small parts too few, so that the whole takes 16.
    private bool IsEven(GraphNode node) =>
        NodeParts.Of(node).All(part => _model.Constants.ContainsKey(part) || _ranges.Value(part).Magnitude * 2 >= _ranges.Value(node.Outputs[0]).Magnitude);

    private void Join(string first, string second)
    {
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
