namespace Latch.Import.Tests.Operators;

/// <summary>For each operator the operator sets it is written in, and how a random case of it is written.</summary>
internal static partial class OperatorCases
{
    private const int First = 7;
    private const int Last = 21;

    public static IReadOnlyDictionary<string, (int First, int Last, Action<OperatorCase> Write)> All { get; } =
        new Dictionary<string, (int First, int Last, Action<OperatorCase> Write)>
        {
            ["Conv"] = (First, Last, Conv),
            ["ConvTranspose"] = (First, Last, ConvTranspose),
            ["MaxPool"] = (First, Last, Pool),
            ["AveragePool"] = (First, Last, Pool),
            ["GlobalMaxPool"] = (First, Last, GlobalPool),
            ["GlobalAveragePool"] = (First, Last, GlobalPool),
            ["Pad"] = (First, Last, Pad),
            ["Gather"] = (First, Last, Embedding),
            ["GatherElements"] = (11, Last, GatherElements),
            ["GatherND"] = (11, Last, GatherND),
            ["Trilu"] = (14, Last, Trilu),
            ["Scatter"] = (9, 10, ScatterElements),
            ["ScatterElements"] = (11, Last, ScatterElements),
            ["ScatterND"] = (11, Last, ScatterND),
            ["DepthToSpace"] = (First, Last, DepthToSpace),
            ["SpaceToDepth"] = (First, Last, SpaceToDepth),
            ["Exp"] = (First, Last, Function),
            ["Log"] = (First, Last, PositiveFunction),
            ["Sqrt"] = (First, Last, PositiveFunction),
            ["Reciprocal"] = (First, Last, PositiveFunction),
            ["Abs"] = (First, Last, Function),
            ["Erf"] = (9, Last, Function),
            ["Atan"] = (First, Last, Function),
            ["Gelu"] = (20, Last, Gelu),
            ["HardSwish"] = (14, Last, Function),
            ["Selu"] = (First, Last, Selu),
            ["Celu"] = (12, Last, Celu),
            ["Mish"] = (18, Last, Function),
            ["Pow"] = (First, Last, Pow),
            ["LogSoftmax"] = (First, Last, LogSoftmax),
            ["InstanceNormalization"] = (First, Last, InstanceNormalization),
            ["LpNormalization"] = (First, Last, LpNormalization),
            ["Equal"] = (11, Last, Compare),
            ["Less"] = (First, Last, Compare),
            ["Greater"] = (First, Last, Compare),
            ["LessOrEqual"] = (12, Last, Compare),
            ["GreaterOrEqual"] = (12, Last, Compare),
            ["And"] = (First, Last, Logic),
            ["Or"] = (First, Last, Logic),
            ["Xor"] = (First, Last, Logic),
            ["Not"] = (First, Last, Not),
            ["Where"] = (9, Last, Where),
            ["ArgMax"] = (First, Last, ArgMax),
            ["ArgMin"] = (First, Last, ArgMax),
            ["Cast"] = (9, Last, Cast),
            ["Add"] = (First, Last, Whole),
            ["Sub"] = (First, Last, Whole),
            ["Mul"] = (First, Last, Whole),
            ["Max"] = (12, Last, Whole),
            ["Min"] = (12, Last, Whole),
            ["ReduceSum"] = (First, Last, WholeReduction),
            ["ReduceMax"] = (First, Last, WholeReduction),
        };
}
