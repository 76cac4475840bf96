namespace Latch.Model.Validation;

/// <summary>Rules of one operation: the sizes of its operands and constants, and its numbers.</summary>
internal static class OperationRules
{
    private const long MaxProduct = int.MaxValue;

    internal static void Check(RuleScope scope, Operation operation, PlanRules plan)
    {
        switch (operation)
        {
            case RecurrentOperation recurrent:
                Check(scope, recurrent, plan);
                break;
            case DenseOperation dense:
                Check(scope, dense, plan);
                break;
            case ConvOperation conv:
                WindowRules.Check(scope, conv, plan);
                break;
            case PoolOperation pool:
                WindowRules.Check(scope, pool, plan);
                break;
            case MatMulOperation matMul:
                Check(scope, matMul, plan);
                break;
            case AffineOperation affine:
                Check(scope, affine, plan);
                break;
            case ActivationOperation activation:
                Check(scope, activation, plan);
                break;
            case FunctionOperation function:
                FunctionRules.Check(scope, function, plan);
                break;
            case LogSoftmaxOperation softmax:
                FunctionRules.Check(scope, softmax, plan);
                break;
            case PickOperation pick:
                ChoiceRules.Check(scope, pick, plan);
                break;
            case EmbeddingOperation embedding:
                ChoiceRules.Check(scope, embedding, plan);
                break;
            case ArgMaxOperation position:
                ChoiceRules.Check(scope, position, plan);
                break;
            case SoftmaxOperation softmax:
                Check(scope, softmax, plan);
                break;
            case ReduceOperation reduce:
                Check(scope, reduce, plan);
                break;
            case LayerNormOperation norm:
                Check(scope, norm, plan);
                break;
            default:
                StridedRules.Check(scope, operation, plan);
                break;
        }
    }

    /// <summary>The product of positive sizes; refused where it leaves 32 bits.</summary>
    internal static long Product(RuleScope scope, params IReadOnlyList<int> sizes)
    {
        long product = 1;
        foreach (int size in sizes)
        {
            if (size < 1)
                throw scope.Error(ModelFormatCode.Shape, $"It has the size {size}; sizes are positive.");
            product *= size;
            if (product > MaxProduct)
                throw scope.Error(ModelFormatCode.TooLarge, $"Its sizes {string.Join(" x ", sizes)} make more than {MaxProduct} elements.");
        }
        return product;
    }

    private static void Check(RuleScope scope, RecurrentOperation operation, PlanRules plan)
    {
        RecurrentLayer layer = plan.UseLayer(scope, operation.Layer, operation.StartsAnew);
        ActivationTensor input = plan.Read(scope, operation.Input, "input", Product(scope, operation.Steps, layer.InputSize));
        if (input.Quantization != layer.Input)
            throw scope.Error(ModelFormatCode.Operand, $"Its input '{input.Name}' has other codes than the layer's input.");
        if (operation.InitialHidden != -1)
            plan.Read(scope, operation.InitialHidden, "initial hidden state", layer.HiddenSize);
        if (operation.InitialCell != -1)
            plan.Read(scope, operation.InitialCell, "initial cell state", layer.HiddenSize);
        if (operation.Output != -1)
            plan.Write(scope, operation.Output, "output", Product(scope, operation.Steps, layer.HiddenSize));
        if (operation.FinalHidden != -1)
            plan.Write(scope, operation.FinalHidden, "final hidden state", layer.HiddenSize);
        if (operation.FinalCell != -1)
            plan.Write(scope, operation.FinalCell, "final cell state", layer.HiddenSize);
        if (operation is { Output: -1, FinalHidden: -1, FinalCell: -1 })
            throw scope.Error(ModelFormatCode.Operand, "It has no output.");
        if (layer.Kind != CellKind.Lstm && (operation.InitialCell != -1 || operation.FinalCell != -1))
            throw scope.Error(ModelFormatCode.Operand, "Only an LSTM has a cell state to set or to give.");
        scope.CheckRescale(operation.InitialHiddenRescale, "initial hidden rescale");
        scope.CheckRescale(operation.InitialCellRescale, "initial cell rescale");
        scope.CheckRescale(operation.OutputRescale, "output rescale");
        scope.CheckRescale(operation.FinalHiddenRescale, "final hidden rescale");
        scope.CheckRescale(operation.FinalCellRescale, "final cell rescale");
    }

    private static void Check(RuleScope scope, DenseOperation operation, PlanRules plan)
    {
        (int rows, int columns) = CheckRows(scope, operation, plan);
        plan.Read(scope, operation.Input, "input", Product(scope, operation.Rows, columns));
        plan.Write(scope, operation.Output, "output", Product(scope, operation.Rows, rows));
    }

    /// <summary>Rules of an operation's rows of weights.</summary>
    /// <returns>Their number and their length.</returns>
    internal static (int Rows, int Columns) CheckRows(RuleScope scope, WeightedOperation operation, PlanRules plan)
    {
        if (plan.Constants.Find(scope, operation.Weights, "weights").Shape is not [int rows, int columns])
            throw scope.Error(ModelFormatCode.Constant, $"Its weights '{operation.Weights}' must have two dimensions.");
        plan.Constants.CheckWeights(scope, operation.Weights, "weights", rows, columns);
        plan.Constants.CheckNumbers(scope, operation.Bias, "biases", rows);
        plan.Constants.CheckNumbers(scope, operation.Multipliers, "multipliers", rows);
        scope.CheckRange(operation.Shift, 7, 62, "shift");
        scope.CheckRange(operation.MinCode, short.MinValue, short.MaxValue, "smallest code");
        scope.CheckRescale(operation.OutputRescale, "output rescale");
        if (operation.Activation is { } activation)
            scope.CheckActivation(activation, operation.PreActivationLimit, "activation");
        return (rows, columns);
    }

    private static void Check(RuleScope scope, MatMulOperation operation, PlanRules plan)
    {
        int leftBatch = operation.LeftBroadcast ? 1 : operation.Batch;
        int rightBatch = operation.RightBroadcast ? 1 : operation.Batch;
        plan.Read(scope, operation.Left, "left side", Product(scope, leftBatch, operation.M, operation.K));
        plan.Read(scope, operation.Right, "right side", Product(scope, rightBatch, operation.K, operation.N));
        plan.Write(scope, operation.Output, "output", Product(scope, operation.Batch, operation.M, operation.N));
        scope.CheckRescale(operation.Rescale, "rescale");
    }

    private static void Check(RuleScope scope, AffineOperation operation, PlanRules plan)
    {
        int channels = plan.Constants.Find(scope, operation.Multipliers, "multipliers").Count;
        plan.Constants.CheckNumbers(scope, operation.Multipliers, "multipliers", channels);
        plan.Constants.CheckNumbers(scope, operation.Bias, "biases", channels);
        CheckUnary(scope, operation.Input, operation.Output, Product(scope, operation.Outer, channels, operation.Inner), plan);
        scope.CheckRange(operation.Shift, 7, 62, "shift");
    }

    private static void Check(RuleScope scope, ActivationOperation operation, PlanRules plan)
    {
        CheckUnary(scope, operation.Input, operation.Output, plan.Tensor(scope, operation.Input, "input").Count, plan);
        scope.CheckActivation(operation.Function, operation.Limit, "activation");
        scope.CheckRescale(operation.InputRescale, "input rescale");
        scope.CheckRescale(operation.OutputRescale, "output rescale");
    }

    private static void Check(RuleScope scope, SoftmaxOperation operation, PlanRules plan)
    {
        CheckUnary(scope, operation.Input, operation.Output, Product(scope, operation.Outer, operation.Axis, operation.Inner), plan);
        scope.CheckRescale(operation.InputRescale, "input rescale");
        scope.CheckRescale(operation.OutputRescale, "output rescale");
    }

    private static void Check(RuleScope scope, ReduceOperation operation, PlanRules plan)
    {
        scope.CheckKind(operation.Kind, ReduceKind.L2);
        plan.Read(scope, operation.Input, "input", Product(scope, operation.Outer, operation.Axis, operation.Inner));
        plan.Write(scope, operation.Output, "output", Product(scope, operation.Outer, operation.Inner));
        scope.CheckRescale(operation.Rescale, "rescale");
    }

    private static void Check(RuleScope scope, LayerNormOperation operation, PlanRules plan)
    {
        CheckUnary(scope, operation.Input, operation.Output, Product(scope, operation.Outer, operation.Axis), plan);
        plan.Constants.CheckNumbers(scope, operation.Multipliers, "multipliers", operation.Axis);
        plan.Constants.CheckNumbers(scope, operation.Bias, "biases", operation.Axis);
        scope.CheckRange(operation.Epsilon, 1, long.MaxValue, "epsilon");
        scope.CheckRange(operation.Shift, 7, 62, "shift");
    }

    internal static void CheckUnary(RuleScope scope, int input, int output, long count, PlanRules plan)
    {
        plan.Read(scope, input, "input", count);
        plan.Write(scope, output, "output", count);
    }
}
