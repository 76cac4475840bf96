namespace Latch.Import.Operators;

/// <summary>Every ONNX operator that can be imported.</summary>
internal static class OperatorTable
{
    private static readonly Dictionary<string, Action<OperatorCall>> s_operators = new()
    {
        ["LSTM"] = RecurrentOperators.Lstm,
        ["GRU"] = RecurrentOperators.Gru,
        ["RNN"] = RecurrentOperators.Rnn,
        ["Gemm"] = DenseOperators.Gemm,
        ["MatMul"] = DenseOperators.MatMul,
        ["Add"] = ElementwiseOperators.Add,
        ["Sub"] = ElementwiseOperators.Sub,
        ["Mul"] = ElementwiseOperators.Mul,
        ["Div"] = ElementwiseOperators.Div,
        ["Pow"] = ElementwiseOperators.Pow,
        ["Max"] = ElementwiseOperators.Max,
        ["Min"] = ElementwiseOperators.Min,
        ["Sum"] = ElementwiseOperators.Add,
        ["Neg"] = ElementwiseOperators.Neg,
        ["Equal"] = ElementwiseOperators.Compare,
        ["Less"] = ElementwiseOperators.Compare,
        ["LessOrEqual"] = ElementwiseOperators.Compare,
        ["Greater"] = ElementwiseOperators.Compare,
        ["GreaterOrEqual"] = ElementwiseOperators.Compare,
        ["And"] = ElementwiseOperators.Compare,
        ["Or"] = ElementwiseOperators.Compare,
        ["Not"] = ElementwiseOperators.Not,
        ["Where"] = ElementwiseOperators.Where,
        ["Sigmoid"] = ActivationOperators.Sigmoid,
        ["Tanh"] = ActivationOperators.Tanh,
        ["Relu"] = ActivationOperators.Relu,
        ["LeakyRelu"] = ActivationOperators.LeakyRelu,
        ["PRelu"] = ActivationOperators.PRelu,
        ["ThresholdedRelu"] = ActivationOperators.ThresholdedRelu,
        ["HardSigmoid"] = ActivationOperators.HardSigmoid,
        ["Elu"] = ActivationOperators.Elu,
        ["Softplus"] = ActivationOperators.Softplus,
        ["Softsign"] = ActivationOperators.Softsign,
        ["Clip"] = ActivationOperators.Clip,
        ["Softmax"] = NormalizationOperators.Softmax,
        ["BatchNormalization"] = NormalizationOperators.BatchNormalization,
        ["LayerNormalization"] = NormalizationOperators.LayerNormalization,
        ["ReduceSum"] = ReductionOperators.Sum,
        ["ReduceMean"] = ReductionOperators.Mean,
        ["ReduceMax"] = ReductionOperators.Max,
        ["ReduceMin"] = ReductionOperators.Min,
        ["ReduceProd"] = ReductionOperators.Prod,
        ["ReduceL1"] = ReductionOperators.L1,
        ["ReduceL2"] = ReductionOperators.L2,
        ["ReduceSumSquare"] = ReductionOperators.SumSquare,
        ["ReduceLogSum"] = ReductionOperators.LogSum,
        ["ReduceLogSumExp"] = ReductionOperators.LogSumExp,
        ["Reshape"] = ShapeOperators.Reshape,
        ["Flatten"] = ShapeOperators.Flatten,
        ["Squeeze"] = ShapeOperators.Squeeze,
        ["Unsqueeze"] = ShapeOperators.Unsqueeze,
        ["Transpose"] = SelectionOperators.Transpose,
        ["Gather"] = SelectionOperators.Gather,
        ["Concat"] = SelectionOperators.Concat,
        ["Expand"] = SelectionOperators.Expand,
        ["Tile"] = SelectionOperators.Tile,
        ["Slice"] = SliceOperators.Slice,
        ["Split"] = SliceOperators.Split,
        ["If"] = IfOperator.Lower,
        ["Loop"] = LoopOperator.Lower,
        ["Scan"] = ScanOperator.Lower,
        ["Identity"] = ConstantOperators.Identity,
        ["Dropout"] = ConstantOperators.Dropout,
        ["Cast"] = ConstantOperators.Cast,
        ["Constant"] = ConstantOperators.Constant,
        ["ConstantOfShape"] = ConstantOperators.ConstantOfShape,
        ["Shape"] = ConstantOperators.Shape,
        ["Size"] = ConstantOperators.Size,
        ["Range"] = ConstantOperators.Range,
    };

    /// <summary>The names of all supported operators, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_operators.Keys.Order(StringComparer.Ordinal)];

    public static bool Supports(string name) => s_operators.ContainsKey(name);

    /// <summary>Brings one node into the model, completely or with an exception.</summary>
    public static void Lower(OperatorCall call)
    {
        try
        {
            s_operators[call.Operator](call);
        }
        catch (ArithmeticException impossible)
        {
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"the shape arithmetic fails: {impossible.Message}");
        }
        call.RefuseLeftovers();
    }
}
