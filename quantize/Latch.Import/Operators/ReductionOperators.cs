using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Reductions. Their axes are an attribute in older operator sets and an input in newer ones.</summary>
internal static class ReductionOperators
{
    public static void Sum(OperatorCall call) => Lower(call, ReduceOperation.Sum, axesAsInput: 13);

    public static void Mean(OperatorCall call) => Lower(call, ReduceOperation.Mean);

    public static void Max(OperatorCall call) => Lower(call, ReduceOperation.Max);

    public static void Min(OperatorCall call) => Lower(call, ReduceOperation.Min);

    public static void Prod(OperatorCall call) => Lower(call, ReduceOperation.Prod);

    public static void L1(OperatorCall call) => Lower(call, ReduceOperation.L1);

    public static void L2(OperatorCall call) => Lower(call, ReduceOperation.L2);

    public static void SumSquare(OperatorCall call) => Lower(call, ReduceOperation.SumSquare);

    public static void LogSum(OperatorCall call) => Lower(call, ReduceOperation.LogSum);

    public static void LogSumExp(OperatorCall call) => Lower(call, ReduceOperation.LogSumExp);

    private static void Lower(OperatorCall call, ReduceOperation operation, int axesAsInput = 18)
    {
        bool keep = call.Attribute("keepdims", 1L) != 0;
        long[]? given = call.Opset < axesAsInput ? call.IntegersAttribute("axes") : call.OptionalIntegers(1, "axes")?.Data;
        bool nothing = call.Opset >= axesAsInput && call.Attribute("noop_with_empty_axes", 0L) != 0;
        GraphValue input = call.Required(0);
        if (operation == ReduceOperation.Mean && ElementKinds.IsInteger(input.Kind))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "a mean of integers is not supported; cast them to float32 before");
        int rank = input.Shape.Length;
        bool all = given is null or [];
        if (all && nothing)
        {
            if (operation is not (ReduceOperation.Sum or ReduceOperation.Mean or ReduceOperation.Max or ReduceOperation.Min or ReduceOperation.Prod))
                throw call.Fail(ImportErrorCode.UnsupportedForm, "is not supported for this operator; write what it does to each element", "noop_with_empty_axes");
            call.Alias(call.Output, input);
            return;
        }
        int[] axes = all
            ? [.. Enumerable.Range(0, rank)]
            : [.. given!.Select(axis => call.Axis(axis, rank, "axes")).Distinct().Order()];
        IEnumerable<int> shape = keep
            ? input.Shape.Select((length, axis) => axes.Contains(axis) ? 1 : length)
            : input.Shape.Where((_, axis) => !axes.Contains(axis));
        if (input.Integer is { } integers)
            LowerIntegers(call, integers, axes.Length == rank, [.. shape]);
        else
            call.Emit(new ReduceNode(call.Name, operation, input.Name, call.Output, axes, keep), [.. shape]);
    }

    private static void LowerIntegers(OperatorCall call, IntegerTensor integers, bool all, int[] shape)
    {
        long? folded = all ? IntegerArithmetic.Reduce(call.Operator, integers) : null;
        if (folded is not long number)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "this reduction of integers is not supported");
        call.Constant(call.Output, new IntegerTensor(shape, [number]));
    }
}
