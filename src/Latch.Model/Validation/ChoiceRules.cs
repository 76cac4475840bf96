namespace Latch.Model.Validation;

/// <summary>Rules of the operations that pick elements: every position lies inside.</summary>
internal static class ChoiceRules
{
    internal static void Check(RuleScope scope, PickOperation operation, PlanRules plan)
    {
        ActivationTensor input = plan.Tensor(scope, operation.Input, "input");
        ActivationTensor output = plan.Tensor(scope, operation.Output, "output");
        plan.Constants.CheckNumbers(scope, operation.Source, "positions", output.Count);
        foreach (int position in plan.Constants.Find(scope, operation.Source, "positions").Int32)
        {
            if (position < -1 || position >= input.Count)
                throw scope.Error(ModelFormatCode.Operand, $"It picks element {position} of '{input.Name}', which has {input.Count}.");
        }
        scope.CheckRange(operation.Fill, output.Quantization.MinCode, output.Quantization.MaxCode, "fill code");
        plan.Read(scope, operation.Input, "input", input.Count);
        plan.Write(scope, operation.Output, "output", output.Count);
        if (operation.Rescale is { } rescale)
            scope.CheckRescale(rescale, "rescale");
        else if (input.Quantization != output.Quantization)
            throw scope.Error(ModelFormatCode.Operand, $"It moves codes of '{input.Name}' to '{output.Name}' without a rescale, though they differ in type, scale or zero point.");
    }

    internal static void Check(RuleScope scope, EmbeddingOperation operation, PlanRules plan)
    {
        ConstantTensor table = plan.Constants.Find(scope, operation.Table, "rows");
        ActivationTensor output = plan.Tensor(scope, operation.Output, "output");
        if (table.Type != output.Quantization.Type || table.Shape is not [_, int length])
            throw scope.Error(ModelFormatCode.Constant, $"Its table '{table.Name}' must be {output.Quantization.Type} with two dimensions, as its output '{output.Name}' is.");
        ActivationTensor indices = plan.Tensor(scope, operation.Indices, "indices");
        plan.Read(scope, operation.Indices, "indices", indices.Count);
        plan.Write(scope, operation.Output, "output", OperationRules.Product(scope, indices.Count, length));
        scope.CheckRescale(operation.IndexRescale, "index rescale");
    }

    internal static void Check(RuleScope scope, ArgMaxOperation operation, PlanRules plan)
    {
        plan.Read(scope, operation.Input, "input", OperationRules.Product(scope, operation.Outer, operation.Axis, operation.Inner));
        plan.Write(scope, operation.Output, "output", OperationRules.Product(scope, operation.Outer, operation.Inner));
        scope.CheckRescale(operation.Rescale, "rescale");
    }
}
