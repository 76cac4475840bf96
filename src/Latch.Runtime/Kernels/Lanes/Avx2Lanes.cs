using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Latch.Model;

namespace Latch.Runtime.Kernels.Lanes;

/// <summary>
/// 8 units in 256 bits. 64-bit sums lie in two vectors, those of the even lanes and those of the odd ones, as vpmuldq makes them; both come back into
/// 8 lanes by shifts that leave the even results in the low and the odd in the high halves. AVX2 has no arithmetic shift of 64 bits: where one is needed,
/// 2^62 is added before and its share taken off after. The 32 segments of the sigmoid are four registers per coefficient, looked up by vpermd.
/// </summary>
internal readonly struct Avx2Lanes : ILanes<Vector256<int>>
{
    private const int Segments = 32;
    private const byte OddLanes = 0xAA;

    public static int Count => 8;

    public static int TableLength => 4 * Segments;

    /// <summary>[coefficient][segment]; a2 takes in the rounding of the product that is added to it: a2 2^12 + 2^11 fits 31 bits.</summary>
    public static void PackTable(ReadOnlySpan<int> segments, Span<int> table) => Avx512Lanes.PackTable(segments, table);

    public static void PackConstants(ReadOnlySpan<long> constants, Span<long> packed)
    {
        for (int i = 0; i < constants.Length; i++)
            packed[(i % 2 * 4) + (i / 2)] = constants[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(ref readonly int source) => Vector256.LoadUnsafe(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, ref int destination) => value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt8(Vector256<int> value, ref sbyte destination)
    {
        Vector128<short> words = Sse2.PackSignedSaturate(value.GetLower(), value.GetUpper());
        Sse2.PackSignedSaturate(words, words).GetLower().StoreUnsafe(ref destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(Vector256<int> value, ref short destination) =>
        Sse2.PackSignedSaturate(value.GetLower(), value.GetUpper()).StoreUnsafe(ref destination);

    public static int CountDifferent(Vector256<int> left, Vector256<int> right) =>
        Count - BitOperations.PopCount(Vector256.Equals(left, right).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Clamp(Vector256<int> value, int low, int high) =>
        Avx2.Max(Avx2.Min(value, Vector256.Create(high)), Vector256.Create(low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Offset(Vector256<int> value, int other) => value + Vector256.Create(other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Complement(Vector256<int> value) => Vector256.Create(Requantize.One) - value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, int shift)
    {
        Vector256<int> va = Load(in a), m = Load(in multipliers);
        Vector256<long> even = Avx2.Multiply(va, m) + Vector256.LoadUnsafe(in constants);
        Vector256<long> odd = Avx2.Multiply(Odd(va), Odd(m)) + Vector256.LoadUnsafe(in constants, 4);
        return Narrow(even, odd, shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, int shift)
    {
        Vector256<int> va = Load(in a), ma = Load(in multipliersA), vb = Load(in b), mb = Load(in multipliersB);
        Vector256<long> even = Avx2.Multiply(va, ma) + Vector256.LoadUnsafe(in constants) + Avx2.Multiply(vb, mb);
        Vector256<long> odd = Avx2.Multiply(Odd(va), Odd(ma)) + Vector256.LoadUnsafe(in constants, 4) + Avx2.Multiply(Odd(vb), Odd(mb));
        return Narrow(even, odd, shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Rescale(Vector256<int> value, Rescale rescale)
    {
        Vector256<int> m = Vector256.Create(rescale.Multiplier);
        Vector256<long> half = Vector256.Create((1L << rescale.Shift) >> 1);
        return Narrow(Avx2.Multiply(value, m) + half, Avx2.Multiply(Odd(value), m) + half, rescale.Shift);
    }

    /// <summary>The rounding bit is added after the shift, so that nothing leaves the lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> RoundShift(Vector256<int> value, int shift)
    {
        Vector256<int> less = value >> (shift - 1);
        return (less >> 1) + (less & Vector256<int>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<int> left, Vector256<int> right)
    {
        Vector256<long> half = Vector256.Create(1L << 23);
        return Narrow24(Avx2.Multiply(left, right) + half, Avx2.Multiply(Odd(left), Odd(right)) + half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddProduct(Vector256<int> a, Vector256<int> b, Vector256<int> c) => Clamp(a, -(1 << 28), 1 << 28) + Multiply(b, c);

    /// <summary>n 2^24 + z (h - n) = z h + (1 - z) n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Interpolate(Vector256<int> z, Vector256<int> h, Vector256<int> n) => MultiplyAdd(z, h, Complement(z), n, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> f, Vector256<int> c, Vector256<int> i, Vector256<int> g, int k)
    {
        Vector256<long> half = Vector256.Create(1L << 23);
        Vector256<long> even = Avx2.Multiply(f, c) + half + ShiftRight(Avx2.Multiply(i, g), k);
        Vector256<long> odd = Avx2.Multiply(Odd(f), Odd(c)) + half + ShiftRight(Avx2.Multiply(Odd(i), Odd(g)), k);
        return Saturate(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Sigmoid(Vector256<int> z, ref readonly int table)
    {
        Vector256<int> tail = Curve(Vector256.Abs(z), in table);
        return Vector256.ConditionalSelect(z >> 31, tail, Vector256.Create(Requantize.One) - tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Tanh(Vector256<int> z, ref readonly int table)
    {
        Vector256<int> u = Avx2.Min(Vector256.Abs(z) << 1, Vector256.Create(Activation.CurveEnd));
        Vector256<int> value = Vector256.Create(Requantize.One) - (Curve(u, in table) << 1), negative = z >> 31;
        return (value ^ negative) - negative;
    }

    /// <summary>P(u) for u in [0, 2^17]; at 2^17 the segment is that of 0 with other choices, and a0 is made 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Curve(Vector256<int> u, ref readonly int table)
    {
        Vector256<int> segment = u >>> 12, t = u & Vector256.Create(0xFFF);
        Vector256<int> a0 = Vector256.LessThan(u, Vector256.Create(Activation.CurveEnd)) & Lookup(segment, in table, 0);
        Vector256<int> inner = ((Lookup(segment, in table, 3) * t) + Lookup(segment, in table, 2)) >> 12;
        inner = Lookup(segment, in table, 1) + (((inner * t) + Vector256.Create(1 << 14)) >> 15);
        return a0 + (((inner * t) + Vector256.Create(1 << 8)) >> 9);
    }

    /// <summary>vpermd takes the low three bits of the segment; bits 3 and 4 choose among four registers by the sign of a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Lookup(Vector256<int> segment, ref readonly int table, nuint coefficient)
    {
        nuint first = coefficient * Segments;
        Vector256<int> bit3 = segment << 28, bit4 = segment << 27;
        Vector256<int> low = Choose(Permute(segment, in table, first), Permute(segment, in table, first + 8), bit3);
        Vector256<int> high = Choose(Permute(segment, in table, first + 16), Permute(segment, in table, first + 24), bit3);
        return Choose(low, high, bit4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Permute(Vector256<int> segment, ref readonly int table, nuint first) =>
        Avx2.PermuteVar8x32(Vector256.LoadUnsafe(in table, first), segment);

    /// <summary>The second where the sign bit of the choice is set. vblendvps would take the sign by itself, but is an instruction of floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Choose(Vector256<int> first, Vector256<int> second, Vector256<int> choice) =>
        Avx2.BlendVariable(first, second, choice >> 31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Odd(Vector256<int> value) => (value.AsUInt64() >>> 32).AsInt32();

    /// <summary>v >> s for |v| up to 2^62 and s from 0 to 24.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> ShiftRight(Vector256<long> value, int shift) => shift == 0
        ? value
        : ((value + Vector256.Create(1L << 62)).AsUInt64() >>> shift).AsInt64() - Vector256.Create(1L << (62 - shift));

    /// <summary>v >> s for results within 32 bits: up to 32 places in 64 bits, of which only the low 32 count, then the rest in 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Narrow(Vector256<long> even, Vector256<long> odd, int shift)
    {
        int first = Math.Min(shift, 32);
        return Join((even.AsUInt64() >>> first).AsInt32(), (odd << (32 - first)).AsInt32()) >> (shift - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Narrow24(Vector256<long> even, Vector256<long> odd) => Join((even.AsUInt64() >>> 24).AsInt32(), (odd << 8).AsInt32());

    /// <summary>sat(v >> 24): the high halves tell which sums are beyond +-2^55.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Saturate(Vector256<long> even, Vector256<long> odd)
    {
        Vector256<int> high = Join((even.AsUInt64() >>> 32).AsInt32(), odd.AsInt32()), most = Vector256.Create(int.MaxValue), least = Vector256.Create(-int.MaxValue);
        Vector256<int> value = Avx2.BlendVariable(Narrow24(even, odd), most, Avx2.CompareGreaterThan(high, Vector256.Create((1 << 23) - 1)));
        return Avx2.Max(Avx2.BlendVariable(value, least, Avx2.CompareGreaterThan(Vector256.Create(-(1 << 23)), high)), least);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Join(Vector256<int> even, Vector256<int> odd) => Avx2.Blend(even, odd, OddLanes);
}
