using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latch.Runtime.Kernels.Lanes;

/// <summary>
/// 16 units in 512 bits. 64-bit sums lie in two vectors, those of the even lanes and those of the odd ones, as vpmuldq makes them; both come back
/// into 16 lanes by what leaves the even results in the low and the odd in the high halves: a shift, or from 32 places on a shuffle. The 32 segments of
/// the sigmoid are two registers per coefficient, looked up by vpermt2d.
/// </summary>
internal readonly struct Avx512Lanes : ILanes<Avx512Lanes, Vector512<int>>
{
    private const int Segments = 32;

    private readonly Vector512<int> _one, _a0Low, _a0High, _a1Low, _a1High, _a2Low, _a2High, _a3Low, _a3High;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Avx512Lanes(ref readonly int table)
    {
        // Not a constant for the compiler, which would make two operations of one - x.
        _one = Vector512.LoadUnsafe(in table, 4 * Segments);
        (_a0Low, _a0High) = (Vector512.LoadUnsafe(in table, 0 * Segments), Vector512.LoadUnsafe(in table, (0 * Segments) + 16));
        (_a1Low, _a1High) = (Vector512.LoadUnsafe(in table, 1 * Segments), Vector512.LoadUnsafe(in table, (1 * Segments) + 16));
        (_a2Low, _a2High) = (Vector512.LoadUnsafe(in table, 2 * Segments), Vector512.LoadUnsafe(in table, (2 * Segments) + 16));
        (_a3Low, _a3High) = (Vector512.LoadUnsafe(in table, 3 * Segments), Vector512.LoadUnsafe(in table, (3 * Segments) + 16));
    }

    public static int Count => 16;

    public static int TableLength => (4 * Segments) + 16;

    private static Vector512<int> OddLanes => Vector512.Create(0xFFFFFFFF_00000000UL).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512Lanes Create(ref readonly int table) => new(in table);

    /// <summary>[coefficient][segment], then 1 in every lane.</summary>
    public static void PackTable(ReadOnlySpan<int> segments, Span<int> table)
    {
        for (int i = 0; i < segments.Length; i++)
            table[(i % 4 * Segments) + (i / 4)] = segments[i];
        table[(4 * Segments)..].Fill(Requantize.One);
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
    public static void StoreInt8(Vector512<int> value, ref sbyte destination) => Avx512F.ConvertToVector128SByteWithSaturation(value).StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(Vector512<int> value, ref short destination) => Avx512F.ConvertToVector256Int16WithSaturation(value).StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Clamp(Vector512<int> value, int low, int high) =>
        Avx512F.Max(Avx512F.Min(value, Vector512.Create(high)), Vector512.Create(low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountOutside(Vector512<int> value, int low, int high) => BitOperations.PopCount(
        (Vector512.LessThan(value, Vector512.Create(low)) | Vector512.GreaterThan(value, Vector512.Create(high))).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Complement(Vector512<int> value) => Vector512.Create(Requantize.One) - value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, ref readonly SumShift shift)
    {
        Vector512<int> va = Load(in a);
        Vector512<long> even = Avx512F.Multiply(va, Load(in multipliers)) + Vector512.LoadUnsafe(in constants);
        Vector512<long> odd = Avx512F.Multiply(Odd(va), OddOf(in multipliers)) + Vector512.LoadUnsafe(in constants, 8);
        return Narrow(even, odd, in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, ref readonly SumShift shift)
    {
        Vector512<int> va = Load(in a), vb = Load(in b);
        Vector512<long> even = Avx512F.Multiply(va, Load(in multipliersA)) + Vector512.LoadUnsafe(in constants) + Avx512F.Multiply(vb, Load(in multipliersB));
        Vector512<long> odd = Avx512F.Multiply(Odd(va), OddOf(in multipliersA)) + Vector512.LoadUnsafe(in constants, 8) + Avx512F.Multiply(Odd(vb), OddOf(in multipliersB));
        return Narrow(even, odd, in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Encode(Vector512<int> value, ref readonly CodeEncoding encoding)
    {
        Vector512<int> m = Vector512.Create(encoding.Rescale.Multiplier);
        Vector512<long> constant = Vector512.Create(encoding.Constant);
        return Narrow(Avx512F.Multiply(value, m) + constant, Avx512F.Multiply(Odd(value), m) + constant, in encoding.Shift);
    }

    /// <summary>The one that rounds is added after all places but one, so that nothing leaves the lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> RoundShift(Vector512<int> value, int shift) => ((value >> (shift - 1)) + Vector512<int>.One) >> 1;

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
        Vector512<long> even = Avx512F.Multiply(f, c) + half, evenAdded = Avx512F.Multiply(i, g);
        Vector512<long> odd = Avx512F.Multiply(Odd(f), Odd(c)) + half, oddAdded = Avx512F.Multiply(Odd(i), Odd(g));
        if (k != 0)
            (evenAdded, oddAdded) = (evenAdded >> k, oddAdded >> k);
        (even, odd) = (even + evenAdded, odd + oddAdded);
        // Limits of the sum whose quotients are +-(2^31 - 1).
        Vector512<long> high = Vector512.Create(((long)int.MaxValue << 24) + 0xFFFFFF), low = Vector512.Create(-(long)int.MaxValue << 24);
        return Narrow24(Avx512F.Max(Avx512F.Min(even, high), low), Avx512F.Max(Avx512F.Min(odd, high), low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Sigmoid(Vector512<int> z, int limit)
    {
        Vector512<int> tail = Tail(Limited(z, limit));
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(z, Vector512<int>.Zero), _one - tail, tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Tanh(Vector512<int> z, int limit)
    {
        Vector512<int> tail = Tail(Limited(z, limit) << 1) << 1;
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(z, Vector512<int>.Zero), _one - tail, tail - _one);
    }

    /// <summary>min(|z|, limit), as unsigned numbers, so that |-2^31| is the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Limited(Vector512<int> z, int limit) => Avx512F.Min(Vector512.Abs(z).AsUInt32(), Vector512.Create((uint)limit)).AsInt32();

    /// <summary>P(u) for u in [0, 2^17).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<int> Tail(Vector512<int> u)
    {
        Vector512<int> segment = u >>> 12, t = u & Vector512.Create(0xFFF);
        Vector512<int> a0 = Avx512F.PermuteVar16x32x2(_a0Low, segment, _a0High), a1 = Avx512F.PermuteVar16x32x2(_a1Low, segment, _a1High);
        Vector512<int> a2 = Avx512F.PermuteVar16x32x2(_a2Low, segment, _a2High), a3 = Avx512F.PermuteVar16x32x2(_a3Low, segment, _a3High);
        return a0 + (((a1 + (((a2 + ((a3 * t) >> 12)) * t) >> 15)) * t) >> 9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Odd(Vector512<int> value) => Avx512F.Shuffle(value, 0b11_11_01_01);

    /// <summary>The odd of 16 integers in the even lanes, by loading from one integer on; constants follow one another, so there is one more to read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> OddOf(ref readonly int multipliers) => Vector512.LoadUnsafe(in multipliers, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Narrow(Vector512<long> even, Vector512<long> odd, ref readonly SumShift shift)
    {
        if (shift.All >= 32)
        {
            // Join(Odd(even), odd), written so that one masked shuffle does both.
            Vector512<int> high = Avx512F.BlendVariable(odd.AsInt32(), Odd(even.AsInt32()), ~OddLanes);
            return shift.Rest == 0 ? high : high >> shift.Rest;
        }
        Vector512<ulong> right = Avx512F.ShiftRightLogical(even.AsUInt64(), shift.Right), left = Avx512F.ShiftLeftLogical(odd.AsUInt64(), shift.Left);
        return Join(right.AsInt32(), left.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Narrow24(Vector512<long> even, Vector512<long> odd) => Join((even.AsUInt64() >>> 24).AsInt32(), (odd << 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Join(Vector512<int> even, Vector512<int> odd) => Avx512F.BlendVariable(even, odd, OddLanes);
}
