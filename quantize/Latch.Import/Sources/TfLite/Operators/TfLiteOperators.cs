namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Every operator of TensorFlow Lite that can be translated, by the name in the public schema.</summary>
internal static class TfLiteOperators
{
    private static readonly Dictionary<string, (byte Options, Action<TfLiteCall> Translate)> s_operators = new()
    {
        ["UNIDIRECTIONAL_SEQUENCE_LSTM"] = (71, LstmTranslation.Sequence),
        ["BIDIRECTIONAL_SEQUENCE_LSTM"] = (69, LstmTranslation.Bidirectional),
        ["LSTM"] = (14, LstmTranslation.Step),
        ["UNIDIRECTIONAL_SEQUENCE_RNN"] = (31, RnnTranslation.Sequence),
        ["BIDIRECTIONAL_SEQUENCE_RNN"] = (70, RnnTranslation.Bidirectional),
        ["RNN"] = (7, RnnTranslation.Step),
        ["FULLY_CONNECTED"] = (8, DenseTranslation.FullyConnected),
        ["BATCH_MATMUL"] = (101, DenseTranslation.BatchMatMul),
        ["CONV_2D"] = (1, ConvolutionTranslation.Conv),
        ["DEPTHWISE_CONV_2D"] = (2, ConvolutionTranslation.Depthwise),
        ["TRANSPOSE_CONV"] = (49, ConvolutionTranslation.Transposed),
        ["AVERAGE_POOL_2D"] = (5, ConvolutionTranslation.AveragePool),
        ["MAX_POOL_2D"] = (5, ConvolutionTranslation.MaxPool),
        ["DEPTH_TO_SPACE"] = (94, ConvolutionTranslation.DepthToSpace),
        ["SPACE_TO_DEPTH"] = (19, ConvolutionTranslation.SpaceToDepth),
        ["RESHAPE"] = (17, ShapeTranslation.Reshape),
        ["TRANSPOSE"] = (26, ShapeTranslation.Transpose),
        ["SQUEEZE"] = (30, ShapeTranslation.Squeeze),
        ["EXPAND_DIMS"] = (52, ShapeTranslation.ExpandDims),
        ["SHAPE"] = (55, ShapeTranslation.Shape),
        ["TILE"] = (51, ShapeTranslation.Tile),
        ["BROADCAST_TO"] = (104, ShapeTranslation.BroadcastTo),
        ["FILL"] = (68, ShapeTranslation.Fill),
        ["ZEROS_LIKE"] = (67, ShapeTranslation.ZerosLike),
        ["CAST"] = (37, ShapeTranslation.Cast),
        ["DEQUANTIZE"] = (38, ShapeTranslation.Dequantize),
        ["CONCATENATION"] = (10, JoinTranslation.Concatenation),
        ["PACK"] = (59, JoinTranslation.Pack),
        ["UNPACK"] = (64, JoinTranslation.Unpack),
        ["SPLIT"] = (35, JoinTranslation.Split),
        ["SPLIT_V"] = (79, JoinTranslation.SplitV),
        ["SLICE"] = (48, SliceTranslation.Slice),
        ["STRIDED_SLICE"] = (32, SliceTranslation.StridedSlice),
        ["REVERSE_V2"] = (81, SliceTranslation.Reverse),
        ["GATHER"] = (23, SliceTranslation.Gather),
        ["GATHER_ND"] = (83, SliceTranslation.GatherNd),
        ["EMBEDDING_LOOKUP"] = (0, SliceTranslation.EmbeddingLookup),
        ["PAD"] = (22, PadTranslation.Pad),
        ["PADV2"] = (43, PadTranslation.PadWith),
        ["MIRROR_PAD"] = (77, PadTranslation.Mirror),
        ["MEAN"] = (27, ReductionTranslation.Mean),
        ["SUM"] = (27, ReductionTranslation.Sum),
        ["REDUCE_MAX"] = (27, ReductionTranslation.Max),
        ["REDUCE_MIN"] = (27, ReductionTranslation.Min),
        ["REDUCE_PROD"] = (27, ReductionTranslation.Prod),
        ["ARG_MAX"] = (40, ReductionTranslation.ArgMax),
        ["ARG_MIN"] = (57, ReductionTranslation.ArgMin),
        ["SOFTMAX"] = (9, NormalizationTranslation.Softmax),
        ["LOG_SOFTMAX"] = (36, NormalizationTranslation.LogSoftmax),
        ["L2_NORMALIZATION"] = (12, NormalizationTranslation.L2),
        ["ADD"] = (11, ElementwiseTranslation.Add),
        ["SUB"] = (28, ElementwiseTranslation.Sub),
        ["MUL"] = (21, ElementwiseTranslation.Mul),
        ["DIV"] = (29, ElementwiseTranslation.Div),
        ["ADD_N"] = (82, ElementwiseTranslation.AddN),
        ["MAXIMUM"] = (39, ElementwiseTranslation.Maximum),
        ["MINIMUM"] = (39, ElementwiseTranslation.Minimum),
        ["POW"] = (56, ElementwiseTranslation.Pow),
        ["SQUARED_DIFFERENCE"] = (76, ElementwiseTranslation.SquaredDifference),
        ["SQUARE"] = (66, ElementwiseTranslation.Square),
        ["SQRT"] = (0, ElementwiseTranslation.Sqrt),
        ["RSQRT"] = (0, ElementwiseTranslation.Rsqrt),
        ["EXP"] = (33, ElementwiseTranslation.Exp),
        ["LOG"] = (0, ElementwiseTranslation.Log),
        ["ABS"] = (78, ElementwiseTranslation.Abs),
        ["NEG"] = (42, ElementwiseTranslation.Neg),
        ["LOGISTIC"] = (0, ActivationTranslation.Logistic),
        ["TANH"] = (0, ActivationTranslation.Tanh),
        ["RELU"] = (0, ActivationTranslation.Relu),
        ["RELU6"] = (0, ActivationTranslation.Relu6),
        ["RELU_N1_TO_1"] = (0, ActivationTranslation.ReluN1To1),
        ["RELU_0_TO_1"] = (0, ActivationTranslation.Relu0To1),
        ["LEAKY_RELU"] = (75, ActivationTranslation.LeakyRelu),
        ["PRELU"] = (0, ActivationTranslation.PRelu),
        ["ELU"] = (0, ActivationTranslation.Elu),
        ["GELU"] = (116, ActivationTranslation.Gelu),
        ["HARD_SWISH"] = (91, ActivationTranslation.HardSwish),
        ["LESS"] = (41, ChoiceTranslation.Less),
        ["LESS_EQUAL"] = (46, ChoiceTranslation.LessEqual),
        ["GREATER"] = (44, ChoiceTranslation.Greater),
        ["GREATER_EQUAL"] = (45, ChoiceTranslation.GreaterEqual),
        ["EQUAL"] = (53, ChoiceTranslation.Equal),
        ["NOT_EQUAL"] = (54, ChoiceTranslation.NotEqual),
        ["LOGICAL_AND"] = (62, ChoiceTranslation.And),
        ["LOGICAL_OR"] = (60, ChoiceTranslation.Or),
        ["LOGICAL_NOT"] = (63, ChoiceTranslation.Not),
        ["SELECT"] = (47, ChoiceTranslation.Select),
        ["SELECT_V2"] = (98, ChoiceTranslation.SelectV2),
    };

    /// <summary>The names of all supported operators, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_operators.Keys.Order(StringComparer.Ordinal)];

    public static bool Supports(TfLiteOperator one) => one.CustomName.Length == 0 && s_operators.ContainsKey(one.Name);

    /// <summary>Writes the nodes that say the same as an operator. Options of another table than the operator's are refused; none mean the defaults.</summary>
    public static void Translate(TfLiteCall call)
    {
        (byte options, Action<TfLiteCall> translate) = s_operators[call.Operator];
        if (call.HasOptions && options != 0 && call.OptionsKind != options)
            throw call.Fail(ImportErrorCode.BrokenGraph, $"the options are those of another operator (table {call.OptionsKind} instead of {options}); convert the model again");
        translate(call);
    }
}
