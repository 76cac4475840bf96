using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Slice and Split: parts of a value along its axes.</summary>
internal static class SliceOperators
{
    /// <summary>Starts, ends and axes are attributes up to operator set 9 and inputs from 10 on.</summary>
    public static void Slice(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        int rank = input.Shape.Length;
        bool attributes = call.Opset < 10;
        long[] starts = attributes ? RequiredAttribute(call, "starts") : call.Integers(1, "starts").Data;
        long[] ends = attributes ? RequiredAttribute(call, "ends") : call.Integers(2, "ends").Data;
        long[] axes = (attributes ? call.IntegersAttribute("axes") : call.OptionalIntegers(3, "axes")?.Data)
            ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[] steps = (attributes ? null : call.OptionalIntegers(4, "steps")?.Data) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw call.Fail(ImportErrorCode.ShapeMismatch, "starts, ends, axes and steps differ in number");

        int[] first = new int[rank];
        int[] strides = [.. Enumerable.Repeat(1, rank)];
        int[] shape = [.. input.Shape];
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = call.Axis(axes[i], rank, "axes");
            if (steps[i] is 0 or < -int.MaxValue or > int.MaxValue)
                throw call.Fail(ImportErrorCode.ShapeMismatch, $"a step of {steps[i]} is not possible", "steps");
            strides[axis] = (int)steps[i];
            (first[axis], shape[axis]) = Range(starts[i], ends[i], steps[i], input.Shape[axis]);
        }
        call.Emit(new SliceNode(call.Name, input.Name, call.Output, first, strides), shape);
    }

    /// <summary>The lengths are an attribute up to operator set 12 and an input from 13 on; none means equal parts.</summary>
    public static void Split(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        int axis = call.Axis(call.Attribute("axis", 0L), input.Shape.Length);
        int length = input.Shape[axis];
        long[] lengths = (call.Opset < 13 ? call.IntegersAttribute("split") : call.OptionalIntegers(1, "split")?.Data)
            ?? EqualParts(call, length);
        if (lengths.Length != call.OutputCount || lengths.Any(part => part < 0 || part > length) || lengths.Sum() != length)
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"an axis of length {length} cannot be split into [{string.Join(',', lengths)}] for {call.OutputCount} outputs",
                "split");
        }
        int[] strides = [.. Enumerable.Repeat(1, input.Shape.Length)];
        int start = 0;
        for (int output = 0; output < lengths.Length; output++)
        {
            int[] starts = new int[input.Shape.Length];
            starts[axis] = start;
            int[] shape = [.. input.Shape];
            shape[axis] = (int)lengths[output];
            start += shape[axis];
            if (call.OptionalOutput(output) is { } name)
                call.Emit(new SliceNode($"{call.Name}/{output}", input.Name, name, starts, strides), shape);
        }
    }

    /// <summary>First element and number of elements, with bounds limited as numpy does.</summary>
    private static (int First, int Count) Range(long start, long end, long step, int length)
    {
        long lowest = step > 0 ? 0 : -1;
        long highest = step > 0 ? length : length - 1;
        long first = Math.Clamp(start < 0 ? start + length : start, Math.Max(lowest, 0), Math.Max(highest, 0));
        long last = Math.Clamp(end < 0 ? Math.Max(end, -length - 1) + length : end, lowest, highest);
        long span = step > 0 ? last - first : first - last;
        long stride = Math.Abs(step);
        return ((int)first, span <= 0 ? 0 : (int)((span + stride - 1) / stride));
    }

    /// <summary>From operator set 18 on the last part may be smaller.</summary>
    private static long[] EqualParts(OperatorCall call, int length)
    {
        long parts = call.Opset >= 18 ? call.Attribute("num_outputs", (long)call.OutputCount) : call.OutputCount;
        if (parts != call.OutputCount || (call.Opset < 18 && length % parts != 0))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"an axis of length {length} has no {parts} equal parts", "split");
        long size = (length + parts - 1) / parts;
        return [.. Enumerable.Range(0, (int)parts).Select(part => Math.Max(0, Math.Min(size, length - (part * size))))];
    }

    private static long[] RequiredAttribute(OperatorCall call, string name) =>
        call.IntegersAttribute(name) ?? throw call.Fail(ImportErrorCode.UnsupportedForm, "is missing", name);
}
