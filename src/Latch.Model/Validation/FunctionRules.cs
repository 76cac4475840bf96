namespace Latch.Model.Validation;

/// <summary>Rules of the functions that work on codes.</summary>
internal static class FunctionRules
{
    internal static void Check(RuleScope scope, FunctionOperation operation, PlanRules plan)
    {
        scope.CheckKind(operation.Kind, FunctionKind.Sqrt);
        OperationRules.CheckUnary(scope, operation.Input, operation.Output, plan.Tensor(scope, operation.Input, "input").Count, plan);
        scope.CheckRescale(operation.InputRescale, "input rescale");
        scope.CheckRescale(operation.OutputRescale, "output rescale");
    }

    internal static void Check(RuleScope scope, LogSoftmaxOperation operation, PlanRules plan)
    {
        OperationRules.CheckUnary(scope, operation.Input, operation.Output, OperationRules.Product(scope, operation.Outer, operation.Axis, operation.Inner), plan);
        scope.CheckRescale(operation.InputRescale, "input rescale");
        scope.CheckRescale(operation.DifferenceRescale, "difference rescale");
        scope.CheckRescale(operation.LogRescale, "logarithm rescale");
        if (operation.DifferenceRescale.Shift != operation.LogRescale.Shift)
            throw scope.Error(ModelFormatCode.Rescale, $"Its two shifts, {operation.DifferenceRescale.Shift} and {operation.LogRescale.Shift}, must be the same: both terms are summed before the one rounding.");
    }
}
