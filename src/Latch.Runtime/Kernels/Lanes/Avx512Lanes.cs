using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Latch.Model;

namespace Latch.Runtime.Kernels.Lanes;

/// <summary>
/// 16 units in 512 bits. 64-bit sums lie in two vectors, those of the even lanes and those of the odd ones, as vpmuldq makes them; both come back
/// into 16 lanes by shifts that leave the even results in the low and the odd in the high halves. The 32 segments of the sigmoid are two registers
/// per coefficient, looked up by vpermt2d.
/// </summary>
internal readonly struct Avx512Lanes : ILanes<Vector512<int>>
{
    private const int Segments = 32;

    public static int Count => 16;

    public static int TableLength => 4 * Segments;

    private static Vector512<int> OddLanes => Vector512.Create(0xFFFFFFFF_00000000UL).AsInt32();

    /// <summary>[coefficient][segment]; a2 takes in the rounding of the product that is added to it: a2 2^12 + 2^11 fits 31 bits.</summary>
    public static void PackTable(ReadOnlySpan<int> segments, Span<int> table)
    {
        for (int i = 0; i < segments.Length; i++)
            table[(i % 4 * Segments) + (i / 4)] = i % 4 == 2 ? (segments[i] << 12) + (1 << 11) : segments[i];
    }

    public static void PackConstants(ReadOnlySpan<long> constants, Span<long> packed)
    {
        for (int i = 0; i < constants.Length; i++)
            packed[(i % 2 * 8) + (i / 2)] = constants[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(ref readonly int source) => Vector512.LoadUnsafe(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> value, ref int destination) => value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt8(Vector512<int> value, ref sbyte destination) => Avx512F.ConvertToVector128SByte(value).StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(Vector512<int> value, ref short destination) => Avx512F.ConvertToVector256Int16(value).StoreUnsafe(ref destination);

    public static int CountDifferent(Vector512<int> left, Vector512<int> right) =>
        Count - (int)ulong.PopCount(Vector512.Equals(left, right).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Clamp(Vector512<int> value, int low, int high) =>
        Avx512F.Max(Avx512F.Min(value, Vector512.Create(high)), Vector512.Create(low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Offset(Vector512<int> value, int other) => value + Vector512.Create(other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Complement(Vector512<int> value) => Vector512.Create(Requantize.One) - value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, int shift)
    {
        Vector512<int> va = Load(in a), m = Load(in multipliers);
        Vector512<long> even = Avx512F.Multiply(va, m) + Vector512.LoadUnsafe(in constants);
        Vector512<long> odd = Avx512F.Multiply(Odd(va), Odd(m)) + Vector512.LoadUnsafe(in constants, 8);
        return Narrow(even, odd, shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, int shift)
    {
        Vector512<int> va = Load(in a), ma = Load(in multipliersA), vb = Load(in b), mb = Load(in multipliersB);
        Vector512<long> even = Avx512F.Multiply(va, ma) + Vector512.LoadUnsafe(in constants) + Avx512F.Multiply(vb, mb);
        Vector512<long> odd = Avx512F.Multiply(Odd(va), Odd(ma)) + Vector512.LoadUnsafe(in constants, 8) + Avx512F.Multiply(Odd(vb), Odd(mb));
        return Narrow(even, odd, shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Rescale(Vector512<int> value, Rescale rescale)
    {
        Vector512<int> m = Vector512.Create(rescale.Multiplier);
        Vector512<long> half = Vector512.Create((1L << rescale.Shift) >> 1);
        return Narrow(Avx512F.Multiply(value, m) + half, Avx512F.Multiply(Odd(value), m) + half, rescale.Shift);
    }

    /// <summary>The rounding bit is added after the shift, so that nothing leaves the lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> RoundShift(Vector512<int> value, int shift)
    {
        Vector512<int> less = value >> (shift - 1);
        return (less >> 1) + (less & Vector512<int>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<int> left, Vector512<int> right)
    {
        Vector512<long> half = Vector512.Create(1L << 23);
        return Narrow24(Avx512F.Multiply(left, right) + half, Avx512F.Multiply(Odd(left), Odd(right)) + half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddProduct(Vector512<int> a, Vector512<int> b, Vector512<int> c) => Clamp(a, -(1 << 28), 1 << 28) + Multiply(b, c);

    /// <summary>n 2^24 + z (h - n) = z h + (1 - z) n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Interpolate(Vector512<int> z, Vector512<int> h, Vector512<int> n) => MultiplyAdd(z, h, Complement(z), n, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> f, Vector512<int> c, Vector512<int> i, Vector512<int> g, int k)
    {
        Vector512<long> half = Vector512.Create(1L << 23);
        Vector512<long> even = Avx512F.Multiply(f, c) + half + (Avx512F.Multiply(i, g) >> k);
        Vector512<long> odd = Avx512F.Multiply(Odd(f), Odd(c)) + half + (Avx512F.Multiply(Odd(i), Odd(g)) >> k);
        // Limits of the sum whose quotients are +-(2^31 - 1).
        Vector512<long> high = Vector512.Create(((long)int.MaxValue << 24) + 0xFFFFFF), low = Vector512.Create(-(long)int.MaxValue << 24);
        return Narrow24(Avx512F.Max(Avx512F.Min(even, high), low), Avx512F.Max(Avx512F.Min(odd, high), low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Sigmoid(Vector512<int> z, ref readonly int table)
    {
        Vector512<int> tail = Curve(Vector512.Abs(z), in table);
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(z, Vector512<int>.Zero), Vector512.Create(Requantize.One) - tail, tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Tanh(Vector512<int> z, ref readonly int table)
    {
        Vector512<int> u = Avx512F.Min(Vector512.Abs(z) << 1, Vector512.Create(Activation.CurveEnd));
        Vector512<int> tail = Curve(u, in table) << 1, one = Vector512.Create(Requantize.One);
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(z, Vector512<int>.Zero), one - tail, tail - one);
    }

    /// <summary>P(u) for u in [0, 2^17]: the permutation takes the low five bits of the segment, and at 2^17, where that is segment 0, a0 is made 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Curve(Vector512<int> u, ref readonly int table)
    {
        Vector512<int> segment = u >>> 12, t = u & Vector512.Create(0xFFF);
        Vector512<int> a0 = Vector512.LessThan(u, Vector512.Create(Activation.CurveEnd)) & Lookup(segment, in table, 0);
        Vector512<int> inner = ((Lookup(segment, in table, 3) * t) + Lookup(segment, in table, 2)) >> 12;
        inner = Lookup(segment, in table, 1) + (((inner * t) + Vector512.Create(1 << 14)) >> 15);
        return a0 + (((inner * t) + Vector512.Create(1 << 8)) >> 9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Lookup(Vector512<int> segment, ref readonly int table, nuint coefficient) => Avx512F.PermuteVar16x32x2(
        Vector512.LoadUnsafe(in table, coefficient * Segments), segment, Vector512.LoadUnsafe(in table, (coefficient * Segments) + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Odd(Vector512<int> value) => (value.AsUInt64() >>> 32).AsInt32();

    /// <summary>v >> s for results within 32 bits: up to 32 places in 64 bits, of which only the low 32 count, then the rest in 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Narrow(Vector512<long> even, Vector512<long> odd, int shift)
    {
        int first = Math.Min(shift, 32);
        return Join((even.AsUInt64() >>> first).AsInt32(), (odd << (32 - first)).AsInt32()) >> (shift - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Narrow24(Vector512<long> even, Vector512<long> odd) => Join((even.AsUInt64() >>> 24).AsInt32(), (odd << 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Join(Vector512<int> even, Vector512<int> odd) => Vector512.ConditionalSelect(OddLanes, odd, even);
}
