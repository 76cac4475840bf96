namespace Latch.Model.Validation;

/// <summary>Rules of the states that a plan carries.</summary>
internal static class StateRules
{
    /// <summary>Before the operations: each state is read from a tensor of its own.</summary>
    internal static void CheckInputs(RuleScope scope, Plan plan, PlanRules rules)
    {
        scope.CheckPresent(plan.States, ModelFormatCode.State, "list of states");
        HashSet<string> names = [];
        foreach (PlanState state in plan.States)
        {
            scope.CheckPresent(state, ModelFormatCode.State, "state");
            scope.CheckName(state.Name, "state's name");
            RuleScope inside = scope.Inside($"state '{state.Name}'");
            if (!names.Add(state.Name) || plan.Inputs.Any(port => port.Name == state.Name))
                throw inside.Error(ModelFormatCode.Duplicate, "Another state or input of the plan has the same name.");
            rules.Tensor(inside, state.Input, "input");
            if (!rules.Give(state.Input))
                throw inside.Error(ModelFormatCode.State, "It is read from a tensor that is a constant, an input or another state.");
        }
    }

    /// <summary>After the operations: each state comes from a tensor of the same kind that they wrote.</summary>
    internal static void CheckOutputs(RuleScope scope, Plan plan, PlanRules rules)
    {
        foreach (PlanState state in plan.States)
        {
            RuleScope inside = scope.Inside($"state '{state.Name}'");
            ActivationTensor from = rules.Tensor(inside, state.Output, "output"), to = rules.Tensor(inside, state.Input, "input");
            if (!rules.IsComputed(state.Output))
                throw inside.Error(ModelFormatCode.State, $"It comes from the tensor '{from.Name}', which no operation (wholly) writes.");
            if (!from.Shape.SequenceEqual(to.Shape) || from.Quantization != to.Quantization)
                throw inside.Error(ModelFormatCode.State, $"The tensors '{from.Name}' and '{to.Name}' differ in shape or codes.");
        }
    }
}
