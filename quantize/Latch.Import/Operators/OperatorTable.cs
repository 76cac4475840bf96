using Latch.Import.Onnx;

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
        ["Pow"] = PowerOperators.Pow,
        ["Max"] = ElementwiseOperators.Max,
        ["Min"] = ElementwiseOperators.Min,
        ["Sum"] = ElementwiseOperators.Add,
        ["Neg"] = ElementwiseOperators.Neg,
        ["Equal"] = ChoiceOperators.Equal,
        ["Less"] = ChoiceOperators.Less,
        ["LessOrEqual"] = ChoiceOperators.LessOrEqual,
        ["Greater"] = ChoiceOperators.Greater,
        ["GreaterOrEqual"] = ChoiceOperators.GreaterOrEqual,
        ["ArgMax"] = ChoiceOperators.ArgMax,
        ["ArgMin"] = ChoiceOperators.ArgMin,
        ["Where"] = WhereOperator.Where,
        ["And"] = LogicOperators.And,
        ["Or"] = LogicOperators.Or,
        ["Xor"] = LogicOperators.Xor,
        ["Not"] = LogicOperators.Not,
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
        ["Exp"] = ActivationOperators.Exp,
        ["Log"] = ActivationOperators.Log,
        ["Sqrt"] = ActivationOperators.Sqrt,
        ["Reciprocal"] = ActivationOperators.Reciprocal,
        ["Abs"] = ActivationOperators.Abs,
        ["Erf"] = ActivationOperators.Erf,
        ["Atan"] = ActivationOperators.Atan,
        ["Gelu"] = ActivationOperators.Gelu,
        ["HardSwish"] = ActivationOperators.HardSwish,
        ["Selu"] = CompositeActivations.Selu,
        ["Celu"] = CompositeActivations.Celu,
        ["Mish"] = CompositeActivations.Mish,
        ["Conv"] = ConvolutionOperators.Conv,
        ["ConvTranspose"] = ConvolutionOperators.ConvTranspose,
        ["MaxPool"] = PoolOperators.MaxPool,
        ["AveragePool"] = PoolOperators.AveragePool,
        ["GlobalMaxPool"] = PoolOperators.GlobalMaxPool,
        ["GlobalAveragePool"] = PoolOperators.GlobalAveragePool,
        ["Softmax"] = NormalizationOperators.Softmax,
        ["LogSoftmax"] = NormalizationOperators.LogSoftmax,
        ["BatchNormalization"] = NormalizationOperators.BatchNormalization,
        ["LayerNormalization"] = NormalizationOperators.LayerNormalization,
        ["InstanceNormalization"] = NormalizationOperators.InstanceNormalization,
        ["LpNormalization"] = NormalizationOperators.LpNormalization,
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
        ["GatherElements"] = GatherOperators.GatherElements,
        ["GatherND"] = GatherOperators.GatherND,
        ["Trilu"] = GatherOperators.Trilu,
        ["Scatter"] = ScatterOperators.ScatterElements,
        ["ScatterElements"] = ScatterOperators.ScatterElements,
        ["ScatterND"] = ScatterOperators.ScatterND,
        ["Pad"] = PadOperator.Pad,
        ["DepthToSpace"] = DepthOperators.DepthToSpace,
        ["SpaceToDepth"] = DepthOperators.SpaceToDepth,
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
        ["Cast"] = CastOperators.Cast,
        ["Constant"] = ConstantOperators.Constant,
        ["ConstantOfShape"] = ConstantOperators.ConstantOfShape,
        ["Shape"] = ConstantOperators.Shape,
        ["Size"] = ConstantOperators.Size,
        ["Range"] = ConstantOperators.Range,
        ["Mod"] = ConstantArithmetic.Mod,
        ["CumSum"] = ConstantArithmetic.CumSum,
        ["Floor"] = ConstantArithmetic.Floor,
        ["Ceil"] = ConstantArithmetic.Ceil,
        ["Round"] = ConstantArithmetic.Round,
        ["Sign"] = ConstantArithmetic.Sign,
        ["Sin"] = ConstantArithmetic.Sin,
        ["Cos"] = ConstantArithmetic.Cos,
        ["CastLike"] = CastOperators.CastLike,
        ["QuantizeLinear"] = QuantizedOperators.QuantizeLinear,
        ["DequantizeLinear"] = QuantizedOperators.DequantizeLinear,
        ["DynamicQuantizeLinear"] = QuantizedOperators.DynamicQuantizeLinear,
        ["MatMulInteger"] = QuantizedOperators.MatMulInteger,
        ["ConvInteger"] = QuantizedOperators.ConvInteger,
        ["QLinearMatMul"] = QuantizedOperators.QLinearMatMul,
        ["QLinearConv"] = QuantizedOperators.QLinearConv,
        ["RMSNormalization"] = FusedOperators.RmsNormalization,
        ["SimplifiedLayerNormalization"] = FusedOperators.RmsNormalization,
        ["Swish"] = FusedOperators.Swish,
        ["com.microsoft.DequantizeLinear"] = QuantizedOperators.DequantizeLinear,
        ["com.microsoft.QuantizeLinear"] = QuantizedOperators.QuantizeLinear,
        ["com.microsoft.DynamicQuantizeLSTM"] = QuantizedOperators.DynamicQuantizeLstm,
        ["com.microsoft.DynamicQuantizeMatMul"] = QuantizedOperators.MatMulToFloat,
        ["com.microsoft.MatMulIntegerToFloat"] = QuantizedOperators.MatMulToFloat,
        ["com.microsoft.FusedMatMul"] = FusedOperators.MatMul,
        ["com.microsoft.FusedGemm"] = FusedOperators.Gemm,
        ["com.microsoft.FusedConv"] = FusedOperators.Conv,
        ["com.microsoft.Gelu"] = FusedOperators.Gelu,
        ["com.microsoft.BiasGelu"] = FusedOperators.Gelu,
        ["com.microsoft.FastGelu"] = FusedOperators.FastGelu,
        ["com.microsoft.QuickGelu"] = FusedOperators.Swish,
        ["com.microsoft.SkipLayerNormalization"] = FusedOperators.SkipLayerNormalization,
    };

    /// <summary>The names of all supported operators, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_operators.Keys.Order(StringComparer.Ordinal)];

    public static bool Supports(NodeProto node) => s_operators.ContainsKey(NameOf(node));

    /// <summary>An operator as the table lists it: with its domain where that is not the default one.</summary>
    public static string NameOf(NodeProto node) => OnnxReader.IsDefaultDomain(node.Domain) ? node.OpType : $"{node.Domain}.{node.OpType}";

    /// <summary>Brings one node into the model, completely or with an exception.</summary>
    public static void Lower(OperatorCall call)
    {
        try
        {
            s_operators[call.FullName](call);
        }
        catch (ArithmeticException impossible)
        {
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"the shape arithmetic fails: {impossible.Message}");
        }
        call.RefuseLeftovers();
        call.SetKinds();
    }
}
