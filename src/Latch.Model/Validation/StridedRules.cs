using Latch.Model.Container;

namespace Latch.Model.Validation;

/// <summary>Rules of the operations that walk by strides: no stride leads outside an operand.</summary>
internal static class StridedRules
{
    internal static void Check(RuleScope scope, Operation operation, PlanRules plan)
    {
        switch (operation)
        {
            case ElementwiseOperation elementwise:
                Check(scope, elementwise, plan);
                break;
            case CopyOperation copy:
                Check(scope, copy, plan);
                break;
            default:
                throw scope.Error(ModelFormatCode.Plan, $"It is of the unknown kind {operation.GetType().Name}.");
        }
    }

    private static void Check(RuleScope scope, ElementwiseOperation operation, PlanRules plan)
    {
        scope.CheckKind(operation.Kind, ElementwiseKind.PRelu);
        long count = CheckDimensions(scope, operation.Dimensions);
        ActivationTensor left = plan.Tensor(scope, operation.Left, "left operand");
        ActivationTensor right = plan.Tensor(scope, operation.Right, "right operand");
        CheckWalk(scope, "left operand", left, 0, operation.Dimensions, operation.LeftStrides);
        CheckWalk(scope, "right operand", right, 0, operation.Dimensions, operation.RightStrides);
        plan.Read(scope, operation.Left, "left operand", left.Count);
        plan.Read(scope, operation.Right, "right operand", right.Count);
        plan.Write(scope, operation.Output, "output", count);
        scope.CheckRescale(operation.LeftRescale, "left rescale");
        scope.CheckRescale(operation.RightRescale, "right rescale");
        if (operation.Kind is ElementwiseKind.Add or ElementwiseKind.Sub && operation.LeftRescale.Shift != operation.RightRescale.Shift)
            throw scope.Error(ModelFormatCode.Rescale, $"Its two shifts, {operation.LeftRescale.Shift} and {operation.RightRescale.Shift}, must be the same: both sides are summed before the one rounding.");
    }

    private static void Check(RuleScope scope, CopyOperation operation, PlanRules plan)
    {
        long count = CheckDimensions(scope, operation.Dimensions);
        ActivationTensor input = plan.Tensor(scope, operation.Input, "input");
        ActivationTensor output = plan.Tensor(scope, operation.Output, "output");
        CheckWalk(scope, "input", input, operation.InputStart, operation.Dimensions, operation.InputStrides);
        CheckWalk(scope, "output", output, operation.OutputStart, operation.Dimensions, operation.OutputStrides);
        plan.Read(scope, operation.Input, "input", input.Count);
        plan.WritePart(scope, operation.Output, "output", output.Count, count);
        if (operation.Rescale is { } rescale)
            scope.CheckRescale(rescale, "rescale");
        else if (input.Quantization != output.Quantization)
            throw scope.Error(ModelFormatCode.Operand, $"It copies codes of '{input.Name}' to '{output.Name}' without a rescale, though they differ in type, scale or zero point.");
    }

    private static long CheckDimensions(RuleScope scope, IReadOnlyList<int>? dimensions)
    {
        if (dimensions is null || dimensions.Count > Format.MaxStridedRank)
            throw scope.Error(ModelFormatCode.Shape, $"It needs at most {Format.MaxStridedRank} dimensions.");
        return OperationRules.Product(scope, dimensions);
    }

    private static void CheckWalk(RuleScope scope, string role, ActivationTensor tensor, int start, IReadOnlyList<int> dimensions, IReadOnlyList<int>? strides)
    {
        if (strides is null || strides.Count != dimensions.Count)
            throw scope.Error(ModelFormatCode.Operand, $"It needs {dimensions.Count} strides for its {role}, one per dimension.");
        long first = start;
        long last = start;
        for (int i = 0; i < dimensions.Count; i++)
        {
            long reach = (dimensions[i] - 1L) * strides[i];
            first += Math.Min(reach, 0);
            last += Math.Max(reach, 0);
        }
        if (first < 0 || last >= tensor.Count)
            throw scope.Error(ModelFormatCode.Operand, $"Its walk over the {role} '{tensor.Name}' reaches elements {first}..{last}; the tensor has {tensor.Count}.");
    }
}
