using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Operators that give the same elements another shape.</summary>
internal static class ShapeOperators
{
    public static void Reshape(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        long[] wanted = call.Integers(1, "shape").Data;
        bool zeroIsZero = call.Opset >= 14 && call.Attribute("allowzero", 0L) != 0;
        long[] lengths = [.. wanted.Select((length, axis) => length == 0 && !zeroIsZero ? Copied(call, input, axis) : length)];
        long known = 1;
        foreach (long length in lengths.Where(length => length != -1))
            known = Math.Min(known * Math.Clamp(length, 0, int.MaxValue), int.MaxValue);
        int count = TensorShape.Count(input.Shape);
        TakeBatchAsOne(call.Builder.Batch.Fixed, lengths, ref known, count);
        int open = lengths.Count(length => length == -1);
        bool fits = open == 0 ? known == count : open == 1 && known > 0 && count % known == 0;
        if (!fits || lengths.Any(length => length is < -1 or > int.MaxValue))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"{TensorShape.Text(input.Shape)} cannot take the shape [{string.Join(',', wanted)}] with a batch of 1");
        }
        Emit(call, input, [.. lengths.Select(length => length == -1 ? count / (int)known : (int)length)]);
    }

    /// <summary>A shape that repeats the batch that the file fixes has 1 there instead.</summary>
    private static void TakeBatchAsOne(int batch, long[] lengths, ref long known, int count)
    {
        int axis = batch > 1 ? Array.IndexOf(lengths, batch) : -1;
        bool open = lengths.Contains(-1);
        if (axis < 0 || (open ? known > 0 && count % known == 0 : known == count))
            return;
        (lengths[axis], known) = (1, known / batch);
    }

    public static void Flatten(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        long axis = call.Attribute("axis", 1L);
        int split = axis == input.Shape.Length ? input.Shape.Length : call.Axis(axis, input.Shape.Length);
        Emit(call, input, [TensorShape.Count(input.Shape.AsSpan(0, split)), TensorShape.Count(input.Shape.AsSpan(split))]);
    }

    public static void Squeeze(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        int rank = input.Shape.Length;
        int[] axes = Axes(call) is { } given
            ? [.. given.Select(axis => call.Axis(axis, rank, "axes"))]
            : [.. Enumerable.Range(0, rank).Where(axis => input.Shape[axis] == 1)];
        if (axes.Any(axis => input.Shape[axis] != 1))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch, $"only axes of length 1 can go, the shape is {TensorShape.Text(input.Shape)}", "axes");
        }
        Emit(call, input, [.. input.Shape.Where((_, axis) => !axes.Contains(axis))]);
    }

    public static void Unsqueeze(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        long[] given = Axes(call) ?? throw call.Fail(ImportErrorCode.UnsupportedForm, "are missing", "axes");
        int rank = input.Shape.Length + given.Length;
        HashSet<int> axes = [.. given.Select(axis => call.Axis(axis, rank, "axes"))];
        if (axes.Count != given.Length)
            throw call.Fail(ImportErrorCode.ShapeMismatch, "an axis occurs twice", "axes");
        Queue<int> lengths = new(input.Shape);
        Emit(call, input, [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : lengths.Dequeue())]);
    }

    /// <summary>Axes are an attribute up to operator set 12 and an input from 13 on.</summary>
    private static long[]? Axes(OperatorCall call) =>
        call.Opset < 13 ? call.IntegersAttribute("axes") : call.OptionalIntegers(1, "axes")?.Data;

    private static long Copied(OperatorCall call, GraphValue input, int axis) => axis < input.Shape.Length
        ? input.Shape[axis]
        : throw call.Fail(ImportErrorCode.ShapeMismatch, $"0 at axis {axis} copies an axis that the input does not have", "shape");

    private static void Emit(OperatorCall call, GraphValue input, int[] shape) =>
        call.Emit(new ReshapeNode(call.Name, input.Name, call.Output), shape);
}
