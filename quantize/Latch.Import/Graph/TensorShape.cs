namespace Latch.Import.Graph;

/// <summary>Arithmetic on shapes: the lengths of a tensor's axes, outermost first.</summary>
public static class TensorShape
{
    /// <summary>No value computed or folded at import may hold more elements: 64 MiB of floats.</summary>
    internal const int LargestCount = 1 << 24;

    /// <summary>The number of elements of a shape; 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The number does not fit 31 bits.</exception>
    public static int Count(ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int length in shape)
            count = checked(count * length);
        return count;
    }

    /// <summary>Whether a shape holds at most <see cref="LargestCount"/> elements.</summary>
    internal static bool IsAllowed(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int length in shape)
        {
            count *= length;
            if (count > LargestCount)
                return false;
        }
        return true;
    }

    /// <summary>A shape as text, such as <c>[30,1,17]</c>.</summary>
    public static string Text(IEnumerable<int> shape) => $"[{string.Join(',', shape)}]";

    /// <summary>The distance in elements between neighbours along each axis of a row-major tensor.</summary>
    public static int[] Strides(ReadOnlySpan<int> shape)
    {
        int[] strides = new int[shape.Length];
        int stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    /// <summary>The shape two operands take together under numpy broadcasting, or null when they do not fit.</summary>
    public static int[]? Broadcast(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        int[] result = new int[Math.Max(left.Length, right.Length)];
        for (int back = 1; back <= result.Length; back++)
        {
            int a = back <= left.Length ? left[^back] : 1;
            int b = back <= right.Length ? right[^back] : 1;
            if (a != b && a != 1 && b != 1)
                return null;
            result[^back] = a == 1 ? b : a;
        }
        return result;
    }
}
