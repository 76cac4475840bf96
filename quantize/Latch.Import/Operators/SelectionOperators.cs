using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Operators that pick, reorder, repeat and join elements.</summary>
internal static class SelectionOperators
{
    public static void Transpose(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        int rank = input.Shape.Length;
        long[] wanted = call.IntegersAttribute("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
        if (!wanted.Order().SequenceEqual(Enumerable.Range(0, rank).Select(axis => (long)axis)))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch, $"[{string.Join(',', wanted)}] does not permute {rank} axes", "perm");
        }
        int[] permutation = [.. wanted.Select(axis => (int)axis)];
        call.Emit(
            new TransposeNode(call.Name, input.Name, call.Output, permutation), [.. permutation.Select(axis => input.Shape[axis])]);
    }

    public static void Gather(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        if (call.Required(1) is { IsConstant: false } computed)
        {
            EmbeddingOperator.Lower(call, input, computed);
            return;
        }
        IntegerTensor indices = call.Integers(1, "indices");
        int axis = call.Axis(call.Attribute("axis", 0L), input.Shape.Length);
        int length = input.Shape[axis];
        int[] positions = [.. indices.Data.Select(index => call.Position(index, length))];
        int[] shape = [.. input.Shape[..axis], .. indices.Shape, .. input.Shape[(axis + 1)..]];
        call.Emit(new GatherNode(call.Name, input.Name, call.Output, axis, positions), shape);
    }

    public static void Concat(OperatorCall call)
    {
        GraphValue[] parts = [call.Required(0), .. Enumerable.Range(1, call.InputCount - 1).Select(call.Required)];
        int axis = call.Axis(call.Attribute("axis", 1L), parts[0].Shape.Length);
        int[] shape = [.. parts[0].Shape];
        shape[axis] = 0;
        foreach (GraphValue part in parts)
        {
            int[] rest = [.. part.Shape];
            if (rest.Length == shape.Length)
                (rest[axis], shape[axis]) = (shape[axis] + rest[axis], shape[axis] + rest[axis]);
            if (!rest.AsSpan().SequenceEqual(shape))
            {
                throw call.Fail(
                    ImportErrorCode.ShapeMismatch,
                    $"shapes {string.Join(", ", parts.Select(p => TensorShape.Text(p.Shape)))} cannot be joined along axis {axis}");
            }
        }
        call.Emit(new ConcatNode(call.Name, [.. parts.Select(p => p.Name)], call.Output, axis), shape);
    }

    public static void Expand(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        int[] wanted = Lengths(call, call.Integers(1, "shape").Data, "shape");
        int[] shape = TensorShape.Broadcast(input.Shape, wanted) ?? throw call.Fail(
            ImportErrorCode.ShapeMismatch, $"{TensorShape.Text(input.Shape)} does not broadcast with {TensorShape.Text(wanted)}");
        call.Emit(new ExpandNode(call.Name, input.Name, call.Output), shape);
    }

    public static void Tile(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        int[] repeats = Lengths(call, call.Integers(1, "repeats").Data, "repeats");
        if (repeats.Length != input.Shape.Length)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"{input.Shape.Length} numbers are needed", "repeats");
        int[] shape = [.. input.Shape.Zip(repeats, (length, times) => (int)Math.Min(int.MaxValue, (long)length * times))];
        call.Emit(new TileNode(call.Name, input.Name, call.Output), shape);
    }

    private static int[] Lengths(OperatorCall call, long[] numbers, string role) =>
        numbers.All(number => number is >= 0 and <= int.MaxValue)
            ? [.. numbers.Select(number => (int)number)]
            : throw call.Fail(ImportErrorCode.ShapeMismatch, $"[{string.Join(',', numbers)}] is not possible", role);
}
