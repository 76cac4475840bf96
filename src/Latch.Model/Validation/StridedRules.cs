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
            case WhereOperation where:
                Check(scope, where, plan);
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
        scope.CheckKind(operation.Kind, ElementwiseKind.LessOrEqual);
        long count = CheckDimensions(scope, operation.Dimensions);
        CheckOperand(scope, "left operand", operation.Left, operation.Dimensions, operation.LeftStrides, plan);
        CheckOperand(scope, "right operand", operation.Right, operation.Dimensions, operation.RightStrides, plan);
        ActivationTensor output = plan.Write(scope, operation.Output, "output", count);
        scope.CheckRescale(operation.LeftRescale, "left rescale");
        scope.CheckRescale(operation.RightRescale, "right rescale");
        bool compares = operation.Kind >= ElementwiseKind.Equal;
        bool together = compares || operation.Kind is ElementwiseKind.Add or ElementwiseKind.Sub;
        if (together && operation.LeftRescale.Shift != operation.RightRescale.Shift)
            throw scope.Error(ModelFormatCode.Rescale, $"Its two shifts, {operation.LeftRescale.Shift} and {operation.RightRescale.Shift}, must be the same: both sides meet before any rounding.");
        if (compares && output.Quantization is not { Scale: 1, ZeroPoint: 0 })
            throw scope.Error(ModelFormatCode.Operand, $"It writes 0 and 1 to '{output.Name}', whose scale is not 1 or whose zero point is not 0.");
    }

    private static void Check(RuleScope scope, WhereOperation operation, PlanRules plan)
    {
        long count = CheckDimensions(scope, operation.Dimensions);
        CheckOperand(scope, "condition", operation.Condition, operation.Dimensions, operation.ConditionStrides, plan);
        CheckOperand(scope, "first operand", operation.WhenTrue, operation.Dimensions, operation.TrueStrides, plan);
        CheckOperand(scope, "second operand", operation.WhenFalse, operation.Dimensions, operation.FalseStrides, plan);
        plan.Write(scope, operation.Output, "output", count);
        scope.CheckRescale(operation.TrueRescale, "first rescale");
        scope.CheckRescale(operation.FalseRescale, "second rescale");
    }

    private static void CheckOperand(RuleScope scope, string role, int index, IReadOnlyList<int> dimensions, IReadOnlyList<int>? strides, PlanRules plan)
    {
        ActivationTensor tensor = plan.Tensor(scope, index, role);
        CheckWalk(scope, role, tensor, 0, dimensions, strides);
        plan.Read(scope, index, role, tensor.Count);
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
