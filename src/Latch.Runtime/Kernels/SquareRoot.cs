using System.Numerics;

namespace Latch.Runtime.Kernels;

/// <summary>Square roots of integers.</summary>
internal static class SquareRoot
{
    /// <summary>floor(sqrt(value)), two bits of the value for one of the root.</summary>
    public static T Floor<T>(T value)
        where T : struct, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T root = T.Zero;
        if (value == T.Zero)
            return root;
        int highest = value.GetShortestBitLength() - 1;
        for (T bit = T.One << (highest & ~1); bit != T.Zero; bit >>>= 2)
        {
            T candidate = root + bit;
            root >>>= 1;
            if (value >= candidate)
            {
                value -= candidate;
                root += bit;
            }
        }
        return root;
    }
}
