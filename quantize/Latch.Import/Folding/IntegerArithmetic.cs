using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Folding;

/// <summary>The operators of shape arithmetic on integer constants. Overflow throws.</summary>
internal static class IntegerArithmetic
{
    private static readonly Dictionary<string, Func<long, long, long>> s_numbers = new()
    {
        ["Add"] = (a, b) => checked(a + b),
        ["Sub"] = (a, b) => checked(a - b),
        ["Mul"] = (a, b) => checked(a * b),
        ["Div"] = (a, b) => a / b,
        ["Mod"] = (a, b) => ((a % b) + b) % b,
        ["Remainder"] = (a, b) => a % b,
        ["Min"] = Math.Min,
        ["Max"] = Math.Max,
    };

    private static readonly Dictionary<string, Func<long, long, bool>> s_comparisons = new()
    {
        ["Equal"] = (a, b) => a == b,
        ["Less"] = (a, b) => a < b,
        ["LessOrEqual"] = (a, b) => a <= b,
        ["Greater"] = (a, b) => a > b,
        ["GreaterOrEqual"] = (a, b) => a >= b,
        ["And"] = (a, b) => (a & b) != 0,
        ["Or"] = (a, b) => (a | b) != 0,
        ["Xor"] = (a, b) => a != b,
    };

    /// <summary>The result of a binary operator with broadcasting, or null when shapes or operator do not fit.</summary>
    public static IntegerTensor? Binary(string operatorName, IntegerTensor left, IntegerTensor right)
    {
        if (TensorShape.Broadcast(left.Shape, right.Shape) is not { } shape || !TensorShape.IsAllowed(shape))
            return null;
        long[] a = Spread(left, shape);
        long[] b = Spread(right, shape);
        if (s_numbers.TryGetValue(operatorName, out Func<long, long, long>? number))
            return new IntegerTensor(shape, [.. a.Zip(b, number)]);
        if (s_comparisons.TryGetValue(operatorName, out Func<long, long, bool>? comparison))
            return new IntegerTensor(shape, [.. a.Zip(b, (x, y) => comparison(x, y) ? 1L : 0L)], IsBoolean: true);
        return null;
    }

    /// <summary>Elements of one tensor where the condition holds, of the other where it does not; null when shapes do not fit.</summary>
    public static IntegerTensor? Choose(IntegerTensor condition, IntegerTensor whenTrue, IntegerTensor whenFalse)
    {
        if (TensorShape.Broadcast(whenTrue.Shape, whenFalse.Shape) is not { } both
            || TensorShape.Broadcast(condition.Shape, both) is not { } shape
            || !TensorShape.IsAllowed(shape))
        {
            return null;
        }
        long[] c = Spread(condition, shape);
        long[] a = Spread(whenTrue, shape);
        long[] b = Spread(whenFalse, shape);
        return new IntegerTensor(shape, [.. c.Select((truth, i) => truth != 0 ? a[i] : b[i])], whenTrue.IsBoolean);
    }

    /// <summary>All elements reduced to one number, or null when the operator is not among those supported.</summary>
    public static long? Reduce(string operatorName, IntegerTensor tensor) => operatorName switch
    {
        "ReduceProd" => tensor.Data.Aggregate(1L, (a, b) => checked(a * b)),
        "ReduceSum" => tensor.Data.Aggregate(0L, (a, b) => checked(a + b)),
        "ReduceMax" when tensor.Data.Length > 0 => tensor.Data.Max(),
        "ReduceMin" when tensor.Data.Length > 0 => tensor.Data.Min(),
        _ => null,
    };

    private static long[] Spread(IntegerTensor tensor, int[] shape)
    {
        long[] spread = new long[TensorShape.Count(shape)];
        IndexMap.Apply<long>(IndexMap.Broadcast(tensor.Shape, shape), tensor.Data, spread);
        return spread;
    }
}
