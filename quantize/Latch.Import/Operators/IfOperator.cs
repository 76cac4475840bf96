using Latch.Import.Folding;
using Latch.Import.Onnx;

namespace Latch.Import.Operators;

/// <summary>If: the branch that a constant condition chooses takes the node's place.</summary>
internal static class IfOperator
{
    public static void Lower(OperatorCall call)
    {
        GraphProto whenTrue = call.GraphAttribute("then_branch");
        GraphProto whenFalse = call.GraphAttribute("else_branch");
        GraphValue condition = call.Required(0);
        if (condition.Integer is not { Data.Length: 1 } constant)
        {
            throw call.Fail(
                ImportErrorCode.UnsupportedForm,
                $"the condition '{condition.Name}' is computed from the model's inputs; only conditions that are constant once batch and steps are fixed are supported",
                "cond");
        }
        bool truth = constant.Data[0] != 0;
        string scope = $"{call.Name}/{(truth ? "then" : "else")}";
        GraphValue[] values = new Subgraph(call, truth ? whenTrue : whenFalse, scope).Inline(scope, []);
        if (values.Length < call.OutputCount)
            throw call.Fail(ImportErrorCode.BrokenGraph, $"a branch has {values.Length} outputs, the node has {call.OutputCount}");
        Subgraph.Write(call, values);
    }
}
