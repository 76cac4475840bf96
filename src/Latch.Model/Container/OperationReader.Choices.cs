using static Latch.Model.Container.DefinitionValues;

namespace Latch.Model.Container;

/// <summary>The operations of windows, functions and choices.</summary>
internal static partial class OperationReader
{
    private static ConvOperation ReadConv(ref JsonMembers members) => new()
    {
        Batch = members.Integer("batch"u8),
        Channels = members.Integer("channels"u8),
        Groups = members.Integer("groups"u8),
        Window = Window(ref members.Find("window"u8)),
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Weights = members.Text("weights"u8),
        Bias = members.Text("bias"u8),
        Multipliers = members.Text("multipliers"u8),
        Shift = members.Integer("shift"u8),
        MinCode = members.Integer("minCode"u8),
        Activation = ActivationOrNull(ref members.Find("activation"u8)),
        PreActivationLimit = members.Integer("preActivationLimit"u8),
        OutputRescale = Rescale(ref members.Find("outputRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static PoolOperation ReadPool(ref JsonMembers members) => new()
    {
        Kind = (PoolKind)members.Choice("kind"u8, nameof(PoolKind.Max), nameof(PoolKind.Average), nameof(PoolKind.AverageWithPadding)),
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Channels = members.Integer("channels"u8),
        Window = Window(ref members.Find("window"u8)),
        Rescale = Rescale(ref members.Find("rescale"u8)),
        Name = members.Text("name"u8),
    };

    private static FunctionOperation ReadFunction(ref JsonMembers members) => new()
    {
        Kind = (FunctionKind)members.Choice("kind"u8, nameof(FunctionKind.Exp), nameof(FunctionKind.Log), nameof(FunctionKind.Sqrt)),
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        InputRescale = Rescale(ref members.Find("inputRescale"u8)),
        Offset = members.Integer("offset"u8),
        OutputRescale = Rescale(ref members.Find("outputRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static LogSoftmaxOperation ReadLogSoftmax(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Outer = members.Integer("outer"u8),
        Axis = members.Integer("axis"u8),
        Inner = members.Integer("inner"u8),
        InputRescale = Rescale(ref members.Find("inputRescale"u8)),
        DifferenceRescale = Rescale(ref members.Find("differenceRescale"u8)),
        LogRescale = Rescale(ref members.Find("logRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static PickOperation ReadPick(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Source = members.Text("source"u8),
        Fill = members.Integer("fill"u8),
        Rescale = RescaleOrNull(ref members.Find("rescale"u8)),
        Name = members.Text("name"u8),
    };

    private static EmbeddingOperation ReadEmbedding(ref JsonMembers members) => new()
    {
        Indices = members.Integer("indices"u8),
        Output = members.Integer("output"u8),
        Table = members.Text("table"u8),
        IndexRescale = Rescale(ref members.Find("indexRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static ArgMaxOperation ReadArgMax(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Outer = members.Integer("outer"u8),
        Axis = members.Integer("axis"u8),
        Inner = members.Integer("inner"u8),
        Smallest = members.Flag("smallest"u8),
        Rescale = Rescale(ref members.Find("rescale"u8)),
        Name = members.Text("name"u8),
    };

    private static WhereOperation ReadWhere(ref JsonMembers members) => new()
    {
        Condition = members.Integer("condition"u8),
        Threshold = members.Integer("threshold"u8),
        WhenTrue = members.Integer("whenTrue"u8),
        WhenFalse = members.Integer("whenFalse"u8),
        Output = members.Integer("output"u8),
        Dimensions = Integers(ref members.Find("dimensions"u8)),
        ConditionStrides = Integers(ref members.Find("conditionStrides"u8)),
        TrueStrides = Integers(ref members.Find("trueStrides"u8)),
        FalseStrides = Integers(ref members.Find("falseStrides"u8)),
        TrueRescale = Rescale(ref members.Find("trueRescale"u8)),
        FalseRescale = Rescale(ref members.Find("falseRescale"u8)),
        Name = members.Text("name"u8),
    };
}
