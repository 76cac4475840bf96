using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Operators;

/// <summary>Where. A constant condition only moves elements; a computed one is a node of its own.</summary>
internal static class WhereOperator
{
    public static void Where(OperatorCall call)
    {
        (GraphValue condition, GraphValue x, GraphValue y) = (call.Required(0), call.Required(1), call.Required(2));
        int[] shape = Shape(call, condition, x, y);
        if (condition.Integer is not { } constant)
            call.Emit(new WhereNode(call.Name, condition.Name, x.Name, y.Name, call.Output), shape);
        else if (x.Integer is { } whenTrue && y.Integer is { } whenFalse)
            call.Constant(call.Output, IntegerArithmetic.Choose(constant, whenTrue, whenFalse)!);
        else
            Move(call, Spread(constant, shape), x, y, shape);
    }

    /// <summary>Picks from one side where the other is not taken or one number, else from both sides joined.</summary>
    private static void Move(OperatorCall call, bool[] truth, GraphValue x, GraphValue y, int[] shape)
    {
        // A side that is never taken may be anything.
        float? whenTrue = truth.Contains(true) ? Fill(call, x, "X") : 0;
        float? whenFalse = truth.Contains(false) ? Fill(call, y, "Y") : 0;
        if (whenFalse is float fill)
            Pick(call, x, truth, fill, shape);
        else if (whenTrue is float filling)
            Pick(call, y, [.. truth.Select(t => !t)], filling, shape);
        else
            Join(call, truth, x, y, shape);
    }

    private static void Pick(OperatorCall call, GraphValue value, bool[] taken, float fill, int[] shape)
    {
        int[] positions = Positions(value, shape);
        call.Emit(new PickNode(call.Name, value.Name, call.Output, [.. taken.Select((t, i) => t ? positions[i] : -1)], fill), shape);
    }

    private static void Join(OperatorCall call, bool[] truth, GraphValue x, GraphValue y, int[] shape)
    {
        int count = TensorShape.Count(x.Shape);
        GraphValue left = call.Reshaped(x, [count], "x");
        GraphValue right = call.Reshaped(y, [TensorShape.Count(y.Shape)], "y");
        GraphValue both = call.Emit(
            new ConcatNode($"{call.Name}/both", [left.Name, right.Name], call.Inner("both"), Axis: 0), count + right.Shape[0]);
        (int[] first, int[] second) = (Positions(x, shape), Positions(y, shape));
        call.Emit(new PickNode(call.Name, both.Name, call.Output, [.. truth.Select((t, i) => t ? first[i] : count + second[i])]), shape);
    }

    /// <summary>The number of a constant of one element; null for anything else.</summary>
    private static float? Fill(OperatorCall call, GraphValue value, string role)
    {
        float? number = value.Integer is { Data: [long n] } ? n : value.Float is { Data: [float x] } ? MaskValue.Finite(x) : null;
        if (value.Float is { Data: [float.NegativeInfinity] })
            call.Builder.Notes.Add(MaskValue.Note(value.Name));
        return number is not float fill || float.IsFinite(fill)
            ? number
            : throw call.Fail(ImportErrorCode.NotFinite, $"'{value.Name}' is {fill}; a large finite number does the same", role);
    }

    private static bool[] Spread(IntegerTensor condition, int[] shape)
    {
        long[] spread = new long[TensorShape.Count(shape)];
        IndexMap.Apply<long>(IndexMap.Broadcast(condition.Shape, shape), condition.Data, spread);
        return [.. spread.Select(t => t != 0)];
    }

    private static int[] Positions(GraphValue value, int[] shape) =>
        IndexMap.Broadcast(value.Shape, shape) ?? [.. Enumerable.Range(0, TensorShape.Count(shape))];

    private static int[] Shape(OperatorCall call, GraphValue condition, GraphValue x, GraphValue y)
    {
        int[]? shape = TensorShape.Broadcast(x.Shape, y.Shape);
        shape = shape is null ? null : TensorShape.Broadcast(condition.Shape, shape);
        if (shape is null || !TensorShape.IsAllowed(shape))
            throw call.Fail(ImportErrorCode.ShapeMismatch, "the shapes of condition, X and Y do not fit together");
        return shape;
    }
}
