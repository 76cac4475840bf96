using Latch.Model;

namespace Latch.Runtime.Kernels;

/// <summary>
/// What a cell does after the products, one unit per 32-bit lane, for one instruction set. <see cref="Lanes.ScalarLanes"/> defines every result;
/// the others give the same integers under the conditions of <see cref="KernelLimits"/>.
/// </summary>
/// <typeparam name="TSelf">The implementing type; an instance holds the table of the sigmoid as far as registers can.</typeparam>
/// <typeparam name="TVector">The vector type.</typeparam>
internal interface ILanes<TSelf, TVector>
    where TSelf : struct, ILanes<TSelf, TVector>
    where TVector : struct
{
    /// <summary>Units per vector; divides 16.</summary>
    static abstract int Count { get; }

    /// <summary>Integers of the packed sigmoid table.</summary>
    static abstract int TableLength { get; }

    /// <summary>Brings the table of <see cref="CurveTables.Sigmoid"/> into the order in which the lanes look it up.</summary>
    static abstract void PackTable(ReadOnlySpan<int> segments, Span<int> table);

    /// <summary>Lanes with the packed table, which must not move.</summary>
    static abstract TSelf Create(ref readonly int table);

    /// <summary>Brings <see cref="Count"/> 64-bit constants into the order in which the lanes hold 64-bit sums.</summary>
    static abstract void PackConstants(ReadOnlySpan<long> constants, Span<long> packed);

    static abstract TVector Load(ref readonly int source);

    static abstract void Store(TVector value, ref int destination);

    /// <summary>Stores values limited to int8.</summary>
    static abstract void StoreInt8(TVector value, ref sbyte destination);

    /// <summary>Stores values limited to int16.</summary>
    static abstract void StoreInt16(TVector value, ref short destination);

    static abstract TVector Clamp(TVector value, int low, int high);

    /// <summary>How many lanes lie below <paramref name="low"/> or above <paramref name="high"/>.</summary>
    static abstract int CountOutside(TVector value, int low, int high);

    /// <summary>1 - v in Q7.24. The result fits 32 bits.</summary>
    static abstract TVector Complement(TVector value);

    /// <summary>(A M + K) >> S: a sum rescaled by its row's multiplier. The result fits 32 bits. Behind the multipliers lies one integer more that may be read.</summary>
    static abstract TVector Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, ref readonly SumShift shift);

    /// <summary>(A MA + B MB + K) >> S: two sums, one rounding. The result fits 32 bits. Behind each kind of multipliers lies one integer more that may be read.</summary>
    static abstract TVector Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, ref readonly SumShift shift);

    /// <summary>rsh(v M, S) + z. The result fits 32 bits.</summary>
    static abstract TVector Encode(TVector value, ref readonly CodeEncoding encoding);

    /// <summary>rsh(v, s) for 1 to 31.</summary>
    static abstract TVector RoundShift(TVector value, int shift);

    /// <summary>mul(a, b) = rsh(a b, 24). The result fits 32 bits.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>a + mul(b, c) where that lies within +-2^27; beyond, some value beyond of the same sign. |mul(b, c)| is at most 2^26.</summary>
    static abstract TVector AddProduct(TVector a, TVector b, TVector c);

    /// <summary>sat(n + mul(z, h - n)) to +-(2^31 - 1).</summary>
    static abstract TVector Interpolate(TVector z, TVector h, TVector n);

    /// <summary>sat((f c + (i g >> k) + 2^23) >> 24) to +-(2^31 - 1).</summary>
    static abstract TVector MultiplyAdd(TVector f, TVector c, TVector i, TVector g, int k);

    /// <summary>1 / (1 + e^-z) of z limited to +-limit: Q.13 to Q7.24.</summary>
    /// <param name="z">Any values.</param>
    /// <param name="limit">At most <see cref="CurveLimits.Sigmoid"/>.</param>
    TVector Sigmoid(TVector z, int limit);

    /// <summary>tanh z of z limited to +-limit: Q.13 to Q7.24.</summary>
    /// <param name="z">Any values.</param>
    /// <param name="limit">At most <see cref="CurveLimits.Tanh"/>.</param>
    TVector Tanh(TVector z, int limit);
}

/// <summary>Limits of a curve's argument that change no value: the last segment of the table is zero.</summary>
internal static class CurveLimits
{
    /// <summary>The last |z| of the table.</summary>
    public const int Sigmoid = Activation.CurveEnd - 1;

    /// <summary>The last |z| whose double is in the table.</summary>
    public const int Tanh = (Activation.CurveEnd / 2) - 1;
}
