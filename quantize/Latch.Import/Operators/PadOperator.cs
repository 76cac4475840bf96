using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Pad, of every mode: each element of the output is one of the input, or the constant.</summary>
internal static class PadOperator
{
    /// <summary>The pads are attributes up to operator set 10 and inputs from 11 on; from 18 on they may be for some axes only.</summary>
    public static void Pad(OperatorCall call)
    {
        string mode = call.Attribute("mode", "constant");
        if (mode is not ("constant" or "reflect" or "edge" or "wrap"))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{mode}' is not supported", "mode");
        GraphValue input = call.Required(0);
        (int[] before, int[] after) = Pads(call, input.Shape.Length);
        float fill = Fill(call);
        if (before.Concat(after).All(pad => pad == 0))
        {
            call.Alias(call.Output, input);
            return;
        }
        int[] shape = [.. input.Shape.Select((length, axis) => checked(length + before[axis] + after[axis]))];
        if (shape.Any(length => length < 1) || !TensorShape.IsAllowed(shape))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"a value of shape {TensorShape.Text(shape)} is not possible", "pads");
        int[][] sources = [.. input.Shape.Select((length, axis) => Sources(call, mode, length, before[axis], after[axis]))];
        call.Emit(new PickNode(call.Name, input.Name, call.Output, PickMap.OfAxes(input.Shape, sources), mode == "constant" ? fill : 0), shape);
    }

    /// <summary>Where the elements along one axis come from: what is cropped goes first, then the rest is padded; -1 for the constant.</summary>
    private static int[] Sources(OperatorCall call, string mode, int length, int before, int after)
    {
        int first = Math.Max(0, -before);
        int rest = length - first - Math.Max(0, -after);
        int lead = Math.Max(0, before);
        if (rest < 1 || mode == "reflect" && Math.Max(before, after) >= rest)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"{before} before and {after} after do not fit an axis of length {length} in mode {mode}", "pads");
        int[] sources = new int[length + before + after];
        for (int i = 0; i < sources.Length; i++)
        {
            int source = Inside(mode, i - lead, rest);
            sources[i] = source < 0 ? -1 : first + source;
        }
        return sources;
    }

    private static int Inside(string mode, int position, int length)
    {
        if (position >= 0 && position < length)
            return position;
        return mode switch
        {
            "edge" => Math.Clamp(position, 0, length - 1),
            "reflect" => position < 0 ? -position : (2 * (length - 1)) - position,
            "wrap" => ((position % length) + length) % length,
            _ => -1,
        };
    }

    private static (int[] Before, int[] After) Pads(OperatorCall call, int rank)
    {
        long[] pads = call.Opset < 11
            ? call.IntegersAttribute("pads") ?? throw call.Fail(ImportErrorCode.UnsupportedForm, "are missing", "pads")
            : call.Integers(1, "pads").Data;
        int[] axes = call.Opset >= 18 && call.OptionalIntegers(3, "axes") is { } given
            ? [.. given.Data.Select(axis => call.Axis(axis, rank, "axes"))]
            : [.. Enumerable.Range(0, rank)];
        if (pads.Length != 2 * axes.Length || pads.Any(pad => pad is < -TensorShape.LargestCount or > TensorShape.LargestCount) || axes.Distinct().Count() != axes.Length)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"[{string.Join(',', pads)}] does not pad {axes.Length} axes", "pads");
        (int[] before, int[] after) = (new int[rank], new int[rank]);
        for (int i = 0; i < axes.Length; i++)
            (before[axes[i]], after[axes[i]]) = ((int)pads[i], (int)pads[i + axes.Length]);
        return (before, after);
    }

    private static float Fill(OperatorCall call)
    {
        if (call.Opset < 11)
            return Finite(call, call.Attribute("value", 0f));
        if (call.Optional(2) is not { } value)
            return 0;
        return (value.Float ?? value.Integer?.ToFloats()) is { Data: [float fill] }
            ? Finite(call, fill)
            : throw call.Fail(ImportErrorCode.UnsupportedForm, "must be a constant number", "constant_value");
    }

    private static float Finite(OperatorCall call, float fill) => float.IsFinite(fill)
        ? fill
        : throw call.Fail(ImportErrorCode.NotFinite, $"is {fill}; a large finite number does the same", "constant_value");
}
