using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;

namespace Latch.Import.Operators;

/// <summary>
/// Loop: its body once per iteration, so that counters, conditions and positions become constants. The pass that recognises cells turns what comes of it
/// back into a recurrent layer.
/// </summary>
internal static class LoopOperator
{
    public static void Lower(OperatorCall call)
    {
        GraphProto body = call.GraphAttribute("body");
        long most = call.OptionalIntegers(0, "M") is { Data.Length: 1 } trips ? trips.Data[0] : long.MaxValue;
        GraphValue condition = call.Optional(1) ?? Truth(call);
        GraphValue[] carried = [.. Enumerable.Range(2, call.InputCount - 2).Select(call.Required)];
        int scans = body.Output.Count - 1 - carried.Length;
        if (scans < 0 || call.OutputCount > carried.Length + scans)
            throw call.Fail(ImportErrorCode.BrokenGraph, $"its body has {body.Output.Count} outputs, which do not fit {carried.Length} carried values and {call.OutputCount} outputs");
        UnrolledLoop loop = new(call.Name, call.Operator);
        Subgraph inner = new(call, body, $"{call.Name}/body");
        List<GraphValue[]> scanned = [];
        for (int iteration = 0; iteration < most && Holds(call, condition, iteration); iteration++)
        {
            if (iteration == Subgraph.MostIterations)
                throw call.Fail(ImportErrorCode.UnsupportedForm, $"it has more than {Subgraph.MostIterations} iterations; import fewer steps");
            if (iteration == 0)
                carried = loop.Start(call, carried, computed => inner.Computed([false, false, .. computed])[1..(1 + computed.Length)]);
            GraphValue counter = Constant(call, $"{iteration}/counter", new IntegerTensor([], [iteration]));
            GraphValue[] results = inner.Inline($"{call.Name}/{iteration}", [counter, condition, .. carried]);
            condition = results[0];
            carried = results[1..(1 + carried.Length)];
            loop.HandOn(carried);
            scanned.Add(results[(1 + carried.Length)..]);
        }
        call.Builder.Loops.Add(loop);
        Subgraph.Write(call, [.. carried, .. Enumerable.Range(0, scans).Select(scan => Joined(call, [.. scanned.Select(values => values[scan])], scan))], always: true);
    }

    private static GraphValue Truth(OperatorCall call) => Constant(call, "true", new IntegerTensor([], [1], IsBoolean: true));

    private static GraphValue Constant(OperatorCall call, string suffix, IntegerTensor tensor)
    {
        string name = call.Inner(suffix);
        return call.Builder.Define(name, new GraphValue(name, tensor.Shape, Integer: tensor));
    }

    private static bool Holds(OperatorCall call, GraphValue condition, int iteration) => condition.Integer is { Data.Length: 1 } constant
        ? constant.Data[0] != 0
        : throw call.Fail(
            ImportErrorCode.UnsupportedForm,
            $"whether it goes on after {iteration} iterations is computed from the model's inputs ('{condition.Name}'); only a number of iterations that batch and steps decide is supported",
            "cond");

    private static GraphValue Joined(OperatorCall call, GraphValue[] parts, int scan)
    {
        if (parts.Length == 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "it has no iterations; import the model with another number of steps");
        return Stacked(call, parts, $"scan {scan}");
    }

    /// <summary>Values of one shape as the rows of a new first axis.</summary>
    public static GraphValue Stacked(OperatorCall call, GraphValue[] parts, string role)
    {
        string[] rows = new string[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!parts[i].Shape.AsSpan().SequenceEqual(parts[0].Shape))
                throw call.Fail(ImportErrorCode.ShapeMismatch, "the shapes of a value that it collects differ between iterations");
            ReshapeNode row = new($"{call.Name}/{role}/{i}", parts[i].Name, call.Inner($"{role}/{i}"));
            rows[i] = call.Emit(row, [1, .. parts[i].Shape]).Name;
        }
        return call.Emit(new ConcatNode($"{call.Name}/{role}", rows, call.Inner(role), 0), [parts.Length, .. parts[0].Shape]);
    }
}
