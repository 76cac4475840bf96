using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;

namespace Latch.Import.Operators;

/// <summary>Scan (operator set 9 on): its body once per element of the scanned axis, as <see cref="LoopOperator"/> does.</summary>
internal static class ScanOperator
{
    public static void Lower(OperatorCall call)
    {
        GraphProto body = call.GraphAttribute("body");
        if (call.Opset < 9)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "only Scan of operator set 9 and later is supported");
        int scans = (int)call.Attribute("num_scan_inputs", 0L);
        int states = call.InputCount - scans;
        int outputs = body.Output.Count - states;
        if (scans < 1 || states < 0 || outputs < 0)
            throw call.Fail(ImportErrorCode.BrokenGraph, $"{scans} scanned inputs do not fit {call.InputCount} inputs and {body.Output.Count} outputs of the body", "num_scan_inputs");
        GraphValue[] carried = [.. Enumerable.Range(0, states).Select(call.Required)];
        Sequence[] sequences = [.. Enumerable.Range(0, scans).Select(scan => Read(call, scan, states))];
        if (sequences.Any(sequence => sequence.Length != sequences[0].Length))
            throw call.Fail(ImportErrorCode.ShapeMismatch, "the scanned inputs differ in length");
        if (sequences[0].Length > Subgraph.MostIterations)
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"it has more than {Subgraph.MostIterations} iterations; import fewer steps");
        UnrolledLoop loop = new(call.Name, call.Operator);
        Subgraph inner = new(call, body, $"{call.Name}/body");
        List<GraphValue[]> scanned = [];
        bool[] given = [.. sequences.Select(sequence => !sequence.Value.IsConstant)];
        carried = loop.Start(call, carried, computed => inner.Computed([.. computed, .. given])[..states]);
        for (int iteration = 0; iteration < sequences[0].Length; iteration++)
        {
            GraphValue[] elements = [.. sequences.Select((sequence, scan) => Element(call, sequence, scan, iteration))];
            GraphValue[] results = inner.Inline($"{call.Name}/{iteration}", [.. carried, .. elements]);
            carried = results[..states];
            loop.HandOn(carried);
            scanned.Add(results[states..]);
        }
        call.Builder.Loops.Add(loop);
        Subgraph.Write(call, [.. carried, .. Enumerable.Range(0, outputs).Select(output => Joined(call, scanned, output))], always: true);
    }

    private static Sequence Read(OperatorCall call, int scan, int states)
    {
        GraphValue value = call.Required(states + scan);
        int axis = call.Axis(call.IntegersAttribute("scan_input_axes")?[scan] ?? 0, value.Shape.Length, "scan_input_axes");
        return new Sequence(value, axis, call.IntegersAttribute("scan_input_directions")?[scan] == 1);
    }

    private static GraphValue Element(OperatorCall call, Sequence sequence, int scan, int iteration)
    {
        int position = sequence.Backwards ? sequence.Length - 1 - iteration : iteration;
        int[] shape = [.. sequence.Value.Shape.Where((_, axis) => axis != sequence.Axis)];
        GatherNode gather = new($"{call.Name}/element {scan}/{iteration}", sequence.Value.Name, call.Inner($"element {scan}/{iteration}"), sequence.Axis, [position]);
        return call.Emit(gather, shape);
    }

    private static GraphValue Joined(OperatorCall call, List<GraphValue[]> scanned, int output)
    {
        if ((call.IntegersAttribute("scan_output_axes")?[output] ?? 0) != 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "only 0 is supported", "scan_output_axes");
        bool backwards = call.IntegersAttribute("scan_output_directions")?[output] == 1;
        IEnumerable<GraphValue> parts = scanned.Select(values => values[output]);
        return LoopOperator.Stacked(call, [.. backwards ? parts.Reverse() : parts], $"scan {output}");
    }

    private sealed record Sequence(GraphValue Value, int Axis, bool Backwards)
    {
        public int Length => Value.Shape[Axis];
    }
}
