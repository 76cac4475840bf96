using System.Text.Json;
using static Latch.Model.Container.DefinitionValues;

namespace Latch.Model.Container;

/// <summary>Reads one operation of a plan; its member "op" says which one.</summary>
internal static partial class OperationReader
{
    /// <returns>The operation; null when that is what the JSON says, which a rule refuses.</returns>
    internal static Operation Read(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null!;
        JsonMembers members = new(json);
        Operation operation = members.Text("op"u8) switch
        {
            "recurrent" => ReadRecurrent(ref members),
            "dense" => ReadDense(ref members),
            "conv" => ReadConv(ref members),
            "pool" => ReadPool(ref members),
            "matmul" => ReadMatMul(ref members),
            "elementwise" => ReadElementwise(ref members),
            "affine" => ReadAffine(ref members),
            "activation" => ReadActivation(ref members),
            "function" => ReadFunction(ref members),
            "softmax" => ReadSoftmax(ref members),
            "logsoftmax" => ReadLogSoftmax(ref members),
            "reduce" => ReadReduce(ref members),
            "layernorm" => ReadLayerNorm(ref members),
            "copy" => ReadCopy(ref members),
            "pick" => ReadPick(ref members),
            "embedding" => ReadEmbedding(ref members),
            "argmax" => ReadArgMax(ref members),
            "where" => ReadWhere(ref members),
            string other => throw new JsonException($"There is no operation '{other}'."),
        };
        json = members.Close();
        return operation;
    }

    private static RecurrentOperation ReadRecurrent(ref JsonMembers members) => new()
    {
        Layer = members.Integer("layer"u8),
        Steps = members.Integer("steps"u8),
        StartsAnew = members.Has("startsAnew"u8) && members.Flag("startsAnew"u8),
        Input = members.Integer("input"u8),
        InitialHidden = members.Integer("initialHidden"u8),
        InitialHiddenRescale = Rescale(ref members.Find("initialHiddenRescale"u8)),
        InitialCell = members.Integer("initialCell"u8),
        InitialCellRescale = Rescale(ref members.Find("initialCellRescale"u8)),
        Output = members.Integer("output"u8),
        OutputRescale = Rescale(ref members.Find("outputRescale"u8)),
        FinalHidden = members.Integer("finalHidden"u8),
        FinalHiddenRescale = Rescale(ref members.Find("finalHiddenRescale"u8)),
        FinalCell = members.Integer("finalCell"u8),
        FinalCellRescale = Rescale(ref members.Find("finalCellRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static DenseOperation ReadDense(ref JsonMembers members) => new()
    {
        Rows = members.Integer("rows"u8),
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

    private static MatMulOperation ReadMatMul(ref JsonMembers members) => new()
    {
        Left = members.Integer("left"u8),
        Right = members.Integer("right"u8),
        Output = members.Integer("output"u8),
        Batch = members.Integer("batch"u8),
        M = members.Integer("m"u8),
        K = members.Integer("k"u8),
        N = members.Integer("n"u8),
        LeftBroadcast = members.Flag("leftBroadcast"u8),
        RightBroadcast = members.Flag("rightBroadcast"u8),
        Rescale = Rescale(ref members.Find("rescale"u8)),
        Name = members.Text("name"u8),
    };

    private static ElementwiseOperation ReadElementwise(ref JsonMembers members) => new()
    {
        Kind = (ElementwiseKind)members.Choice(
            "kind"u8,
            nameof(ElementwiseKind.Add),
            nameof(ElementwiseKind.Sub),
            nameof(ElementwiseKind.Mul),
            nameof(ElementwiseKind.Div),
            nameof(ElementwiseKind.Max),
            nameof(ElementwiseKind.Min),
            nameof(ElementwiseKind.PRelu),
            nameof(ElementwiseKind.Equal),
            nameof(ElementwiseKind.Less),
            nameof(ElementwiseKind.LessOrEqual)),
        Left = members.Integer("left"u8),
        Right = members.Integer("right"u8),
        Output = members.Integer("output"u8),
        Dimensions = Integers(ref members.Find("dimensions"u8)),
        LeftStrides = Integers(ref members.Find("leftStrides"u8)),
        RightStrides = Integers(ref members.Find("rightStrides"u8)),
        LeftRescale = Rescale(ref members.Find("leftRescale"u8)),
        RightRescale = Rescale(ref members.Find("rightRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static AffineOperation ReadAffine(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Outer = members.Integer("outer"u8),
        Inner = members.Integer("inner"u8),
        Multipliers = members.Text("multipliers"u8),
        Bias = members.Text("bias"u8),
        Shift = members.Integer("shift"u8),
        Name = members.Text("name"u8),
    };

    private static ActivationOperation ReadActivation(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Function = Activation(ref members.Find("function"u8)),
        InputRescale = Rescale(ref members.Find("inputRescale"u8)),
        Limit = members.Integer("limit"u8),
        OutputRescale = Rescale(ref members.Find("outputRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static SoftmaxOperation ReadSoftmax(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Outer = members.Integer("outer"u8),
        Axis = members.Integer("axis"u8),
        Inner = members.Integer("inner"u8),
        InputRescale = Rescale(ref members.Find("inputRescale"u8)),
        OutputRescale = Rescale(ref members.Find("outputRescale"u8)),
        Name = members.Text("name"u8),
    };

    private static ReduceOperation ReadReduce(ref JsonMembers members) => new()
    {
        Kind = (ReduceKind)members.Choice(
            "kind"u8,
            nameof(ReduceKind.Sum),
            nameof(ReduceKind.Max),
            nameof(ReduceKind.Min),
            nameof(ReduceKind.SumSquare),
            nameof(ReduceKind.L1),
            nameof(ReduceKind.L2)),
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Outer = members.Integer("outer"u8),
        Axis = members.Integer("axis"u8),
        Inner = members.Integer("inner"u8),
        Rescale = Rescale(ref members.Find("rescale"u8)),
        Name = members.Text("name"u8),
    };

    private static LayerNormOperation ReadLayerNorm(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Outer = members.Integer("outer"u8),
        Axis = members.Integer("axis"u8),
        Epsilon = members.LongInteger("epsilon"u8),
        Multipliers = members.Text("multipliers"u8),
        Bias = members.Text("bias"u8),
        Shift = members.Integer("shift"u8),
        Name = members.Text("name"u8),
    };

    private static CopyOperation ReadCopy(ref JsonMembers members) => new()
    {
        Input = members.Integer("input"u8),
        Output = members.Integer("output"u8),
        Dimensions = Integers(ref members.Find("dimensions"u8)),
        InputStart = members.Integer("inputStart"u8),
        InputStrides = Integers(ref members.Find("inputStrides"u8)),
        OutputStart = members.Integer("outputStart"u8),
        OutputStrides = Integers(ref members.Find("outputStrides"u8)),
        Rescale = RescaleOrNull(ref members.Find("rescale"u8)),
        Name = members.Text("name"u8),
    };
}
