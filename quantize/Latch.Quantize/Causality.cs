using Latch.Import.Graph;

namespace Latch.Quantize;

/// <summary>
/// Whether a graph can run one step at a time with the same result: no value at one step may depend on a later one, as far as the time axes
/// (<see cref="TimeAxis"/>) show. What they do not show, <see cref="StepTrial"/> tries.
/// </summary>
internal sealed class Causality
{
    private const int Current = TimeAxis.None;
    private const int Unclear = TimeAxis.Unclear;

    private readonly FloatModel _model;
    private readonly FloatModel _single;
    private readonly HashSet<string> _fixed = [];

    private Causality(FloatModel model, FloatModel single)
    {
        (_model, _single) = (model, single);
    }

    /// <summary>Why the model cannot be streamed (names the node), or null when it can.</summary>
    /// <param name="model">The model for a window of several steps.</param>
    /// <param name="single">The same model for one step.</param>
    public static string? FindObstacle(FloatModel model, FloatModel single) =>
        Unmatched(model, single) ?? new Causality(model, single).Walk();

    // Import and simplification can join a constant with a dense layer at one step (one row) and not at several (one row per step).
    private static string? Unmatched(FloatModel model, FloatModel single)
    {
        static string Outputs(GraphNode node) => string.Join(' ', node.Outputs);
        HashSet<string> common = [.. model.Nodes.Select(Outputs)];
        common.IntersectWith(single.Nodes.Select(Outputs));
        return model.Nodes.Concat(single.Nodes).FirstOrDefault(node => !common.Contains(Outputs(node))) is { } node
            ? $"node '{node.Name}' is not the same for one step as for several"
            : null;
    }

    private string? Walk()
    {
        foreach (string constant in _model.Constants.Keys)
            _fixed.Add(constant);
        foreach (ValueInfo input in _model.Inputs)
            if (Time(input.Name) == Unclear)
                return $"input '{input.Name}' has no single time axis";
        foreach (GraphNode node in _model.Nodes)
        {
            if ((Obstacle(node) ?? Spread(node)) is { } obstacle)
                return $"node '{node.Name}' {obstacle}";
            foreach (string output in node.Outputs)
            {
                if (node.Inputs.All(_fixed.Contains))
                    _fixed.Add(output);
                if (Time(output) == Unclear)
                    return $"node '{node.Name}' mixes the steps of '{output}' with other axes";
            }
        }
        return null;
    }

    private int Time(string value) => TimeAxis.Of(_model, _single, value);

    private string? Obstacle(GraphNode node) => node switch
    {
        RecurrentNode recurrent => OfRecurrent(recurrent),
        DenseNode dense => Time(dense.Input) == Last(dense.Input) ? "multiplies over time" : null,
        MatMulNode product => OfProduct(product),
        BinaryNode binary => Mixed(binary, binary.Inputs),
        ConcatNode concat => Time(concat.Output) == concat.Axis || concat.Parts.Any(part => Time(part) == concat.Axis) ? "joins steps" : Mixed(concat, concat.Parts),
        SoftmaxNode softmax => Time(softmax.Input) == softmax.Axis ? "normalises over time" : null,
        ReduceNode reduce => reduce.Axes.Contains(Time(reduce.Input)) ? "reduces over time" : null,
        LayerNormNode norm => Time(norm.Input) >= norm.Axis ? "normalises over time" : null,
        AffineNode affine => Time(affine.Input) == affine.Axis ? "has one factor per step" : null,
        ActivationNode activation => activation.Slope is { } slope && Time(activation.Input) >= 0 && slope.Count > 1 && HasTime(slope.Shape, activation.Input) ? "has one slope per step" : null,
        SliceNode slice => OfSlice(slice),
        GatherNode gather => Time(gather.Input) == gather.Axis && gather.Indices.Any(index => index != _model.Steps - 1) ? "picks steps other than the last" : null,
        ConvNode conv => CarriedWindows.IsCausal(conv, Time(conv.Input)) && Time(conv.Output) == Time(conv.Input) ? null : OfWindow(conv.Input, conv.Output, conv.Weights.Shape[2..], conv.Window, mixesChannels: true),
        ConvTransposeNode conv => OfWindow(conv.Input, conv.Output, conv.Weights.Shape[2..], conv.Window, mixesChannels: true),
        PoolNode pool => OfWindow(pool.Input, pool.Output, pool.Kernel, pool.Window, mixesChannels: false),
        CompareNode compare => Mixed(compare, compare.Inputs),
        WhereNode where => Mixed(where, where.Inputs),
        ArgMaxNode position => Time(position.Input) == position.Axis ? "looks for a step" : null,
        PickNode pick => Time(pick.Input) >= 0 && pick.Source.Where((source, i) => source >= 0 && Step(pick.Input, source) != Step(pick.Output, i)).Any() ? "moves elements to another step" : null,
        ScatterNode scatter => OfScatter(scatter),
        ReshapeNode reshape => Before(reshape.Input) == Before(reshape.Output) ? null : "mixes steps with other axes",
        _ => null,
    };

    private string? OfRecurrent(RecurrentNode node)
    {
        if (node.Reverse)
            return "walks the sequence from its end";
        if (Time(node.X) != 0)
            return "does not take in one step after the other";
        string[] starts = [.. new[] { node.InitialH, node.InitialC }.OfType<string>().Where(state => !_fixed.Contains(state) && _model.States.All(pair => pair.Input != state))];
        if (starts.FirstOrDefault(state => _model.Inputs.Any(input => input.Name == state)) is { } given)
            return $"starts from the input '{given}', which no output carries on: name the output that does (--state)";
        return starts.Length > 0 ? "starts from a state that other nodes compute" : null;
    }

    private string? OfProduct(MatMulNode node)
    {
        bool contracted = Time(node.Left) == Last(node.Left) || (Time(node.Right) >= 0 && Time(node.Right) == Math.Max(0, Last(node.Right) - 1));
        return contracted ? "multiplies over time" : Mixed(node, node.Inputs);
    }

    // Per-step values may meet per-step values and constants; the current value of a whole sequence holds the future of all but its last step.
    private string? Mixed(GraphNode node, IReadOnlyList<string> inputs)
    {
        // A product with a vector drops an axis: the operands count too.
        int rank = inputs.Append(node.Outputs[0]).Max(value => _model.Shape(value).Length);
        int[] axes = [.. inputs.Where(input => !_fixed.Contains(input)).Select(input => Time(input) == Current ? Current : rank - _model.Shape(input).Length + Time(input)).Distinct()];
        if (axes.Length > 1)
            return "joins single steps with what the whole sequence decides";
        bool perStep = inputs.Any(input => _fixed.Contains(input) && axes is [>= 0] && HasTime(_model.Shape(input), node.Outputs[0]));
        return perStep ? "has one constant per step" : null;
    }

    private string? OfSlice(SliceNode node)
    {
        int time = Time(node.Input);
        if (time < 0)
            return null;
        int length = _model.Shape(node.Output)[time];
        bool whole = length == _model.Steps && node.Strides[time] == 1;
        bool last = length == 1 && node.Starts[time] == _model.Steps - 1;
        return whole || last ? null : "picks steps other than the last";
    }

    // Along the time axis a window must see its own step only; the channels of a pool do not meet.
    private string? OfWindow(string input, string output, int[] kernel, WindowGeometry window, bool mixesChannels)
    {
        int time = Time(input);
        if (time is Current or Unclear or 0)
            return null;
        if (time == 1)
            return mixesChannels ? "multiplies over time" : null;
        bool own = kernel[time - 2] == 1 && window.Strides[time - 2] == 1 && window.Before[time - 2] == 0 && Time(output) == time;
        return own ? null : "sees several steps at once";
    }

    private string? OfScatter(ScatterNode node)
    {
        bool moves = Time(node.Updates) >= 0 && node.Positions.Where((position, i) => Step(node.Output, position) != Step(node.Updates, i)).Any();
        return moves ? "moves elements to another step" : Mixed(node, node.Inputs);
    }

    // The step that an element of a value belongs to; the current value of a whole sequence belongs to the last.
    private int Step(string value, int element)
    {
        int time = Time(value);
        int[] shape = _model.Shape(value);
        return time < 0 ? _model.Steps - 1 : element / TensorShape.Count(shape.AsSpan(time + 1)) % shape[time];
    }

    // A value of the whole sequence that gets one row per step: expanded, tiled, gathered, or joined with a constant that has a time axis.
    private string? Spread(GraphNode node) =>
        node.Outputs.Any(output => Time(output) >= 0) && node.Inputs.Any(input => !_fixed.Contains(input)) && node.Inputs.All(input => _fixed.Contains(input) || Time(input) == Current)
            ? "spreads what the whole sequence decides over its steps"
            : null;

    // Whether a shape, broadcast to a value's, has more than one entry along that value's time axis.
    private bool HasTime(int[] shape, string value)
    {
        int time = Time(value);
        int own = time - (_model.Shape(value).Length - shape.Length);
        return time >= 0 && own >= 0 && shape[own] > 1;
    }

    // Elements before the time axis: a reshape that keeps their number keeps the steps apart.
    private int Before(string value) => Time(value) > 0 ? TensorShape.Count(_model.Shape(value).AsSpan(0, Time(value))) : 1;

    private int Last(string value) => _model.Shape(value).Length - 1;
}
