using Latch.Model;
using Latch.Targets.Profiles;

namespace Latch.Targets.Estimates;

/// <summary>Estimated cycles and time of one step on a board; nothing in it was measured there.</summary>
/// <param name="Cycles">Arithmetic alone, everything in the first cache.</param>
/// <param name="WeightCycles">More for the weights when they come from where they fit, nothing overlapped.</param>
/// <param name="Macs">Multiply-accumulates of a step.</param>
/// <param name="WeightsFrom">"first cache", "second cache", "third cache" or "memory".</param>
/// <param name="ClockMHz">Clock that makes times of cycles.</param>
internal sealed record StepEstimate(double Cycles, double WeightCycles, long Macs, string WeightsFrom, int ClockMHz)
{
    /// <summary>The formula, for people.</summary>
    public const string Formula =
        "cycles = sum over layers of (multiply-accumulates x cycles each, twice where the codes have 16 bits, + units x cycles each), targets/model/cores.json; the longer time adds weight bytes / bytes a cycle";

    /// <summary>What <see cref="Place"/> says of what no cache holds.</summary>
    public const string Memory = "memory";

    private const int GatesOfLstm = 4;
    private static readonly string[] s_places = ["first cache", "second cache", "third cache", Memory];

    /// <summary>Microseconds when reading weights costs nothing.</summary>
    public double ShortestMicroseconds => Cycles / ClockMHz;

    /// <summary>Microseconds when nothing of it overlaps.</summary>
    public double LongestMicroseconds => (Cycles + WeightCycles) / ClockMHz;

    /// <summary>Assumptions that go with the number.</summary>
    public static IReadOnlyList<string> Assumptions { get; } =
    [
        "Cycles are those of llvm-mca for one LSTM and one GRU of 64 inputs and 128 units, scaled by multiply-accumulates and units; nothing was measured on a board.",
        "A multiply-accumulate with a code of 16 bits costs two: it is taken byte by byte. That is 5 to 8 % too little for 64 inputs and 128 units, and more for few inputs.",
        "RNN and dense layers: a multiply-accumulate as in the LSTM, a unit a quarter of the LSTM's; other operations likewise a quarter a value. Assumed.",
        "Bytes a cycle from second cache and memory are assumed, not measured; the third cache counts as the second.",
        "One core at its full clock, alone; reading sensors, quantization, telemetry and the operating system are not in it.",
    ];

    /// <summary>Estimates a step.</summary>
    /// <param name="model">The model; its streaming plan, or a step of its window plan.</param>
    /// <param name="weightBytes">Bytes that a step reads of weights.</param>
    /// <param name="profile">The board.</param>
    /// <returns>Null when nothing is known about the board's core.</returns>
    public static StepEstimate? Of(ModelDefinition model, long weightBytes, TargetProfile profile)
    {
        if (CoreCosts.Find(profile.Core) is not { } core)
            return null;
        Plan plan = model.Step ?? model.Sequence!;
        double cycles = 0;
        long macs = 0;
        foreach (Operation operation in plan.Operations)
        {
            (long products, long wide, double more) = Cost(operation, model, plan, core);
            bool gru = operation is RecurrentOperation recurrent && model.Layers[recurrent.Layer].Kind == CellKind.Gru;
            cycles += ((products + wide) * (gru ? core.GruMac : core.LstmMac)) + more;
            macs += products;
        }
        string place = Place(profile, weightBytes);
        double width = place switch { "first cache" => double.PositiveInfinity, Memory => core.MemoryBytes, _ => core.SecondCacheBytes };
        return new StepEstimate(cycles / plan.Steps, weightBytes / width, macs / plan.Steps, place, profile.ClockMHz);
    }

    /// <summary>The nearest place that holds this many bytes.</summary>
    public static string Place(TargetProfile profile, long bytes)
    {
        foreach (CacheLevel cache in profile.Caches.OrderBy(cache => cache.Level))
            if (bytes <= cache.KiB * 1024L)
                return s_places[cache.Level - 1];
        return s_places[^1];
    }

    /// <summary>Multiply-accumulates, how many of them take codes of 16 bits, and cycles of everything else.</summary>
    private static (long Macs, long Wide, double More) Cost(Operation operation, ModelDefinition model, Plan plan, CoreCosts core)
    {
        double value = core.LstmUnit / GatesOfLstm;
        switch (operation)
        {
            case RecurrentOperation recurrent:
                RecurrentLayer layer = model.Layers[recurrent.Layer];
                (int gates, double unit) = layer.Kind switch { CellKind.Lstm => (GatesOfLstm, core.LstmUnit), CellKind.Gru => (3, core.GruUnit), _ => (1, value) };
                long rows = (long)gates * layer.HiddenSize * recurrent.Steps, input = rows * layer.InputSize, hidden = rows * layer.HiddenSize;
                // Of a GRU that multiplies r h, the candidate's rows.
                long reset = layer.ResetHidden is null ? 0 : hidden / gates;
                long wide = Wide(layer.Input, input) + Wide(layer.Hidden, hidden - reset) + Wide(layer.ResetHidden ?? layer.Hidden, reset);
                return (input + hidden, wide, unit * layer.HiddenSize * recurrent.Steps);
            case DenseOperation dense:
                long products = (long)plan.Tensors[dense.Input].Count * (plan.Tensors[dense.Output].Count / dense.Rows);
                return (products, Wide(plan.Tensors[dense.Input].Quantization, products), value * plan.Tensors[dense.Output].Count);
            case ConvOperation conv:
                long windows = (long)plan.Tensors[conv.Output].Count * model.Constants[conv.Weights].Shape[1];
                return (windows, Wide(plan.Tensors[conv.Input].Quantization, windows), value * plan.Tensors[conv.Output].Count);
            case MatMulOperation product:
                return ((long)plan.Tensors[product.Output].Count * product.K, 0, value * plan.Tensors[product.Output].Count);
            case CopyOperation or PickOperation or EmbeddingOperation:
                return (0, 0, 0);
            default:
                return (0, 0, value * plan.Tensors[Written(operation)].Count);
        }
    }

    /// <summary>Codes of 16 bits are multiplied byte by byte.</summary>
    private static long Wide(Quantization codes, long macs) => codes.Type == ElementType.Int16 ? macs : 0;

    private static int Written(Operation operation) => operation switch
    {
        ElementwiseOperation each => each.Output,
        AffineOperation affine => affine.Output,
        ActivationOperation activation => activation.Output,
        SoftmaxOperation softmax => softmax.Output,
        LogSoftmaxOperation softmax => softmax.Output,
        FunctionOperation function => function.Output,
        PoolOperation pool => pool.Output,
        ArgMaxOperation position => position.Input,
        WhereOperation where => where.Output,
        ReduceOperation reduce => reduce.Input,
        LayerNormOperation norm => norm.Output,
        _ => throw new InvalidOperationException($"The cycles of {operation.GetType().Name} are not estimated."),
    };
}
