using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latch.Runtime.Kernels.Lanes;

/// <summary>
/// 8 units in 256 bits. 64-bit sums lie in two vectors, those of the even lanes and those of the odd ones, as vpmuldq makes them; both come back into
/// 8 lanes by shifts that leave the even results in the low and the odd in the high halves. AVX2 has no arithmetic shift of 64 bits: where one is needed,
/// 2^62 is added before and its share taken off after. The 32 segments of the sigmoid are four registers per coefficient, looked up by vpermd.
/// </summary>
internal readonly unsafe struct Avx2Lanes : ILanes<Avx2Lanes, Vector256<int>>
{
    private const int Segments = 32;
    private const byte OddLanes = 0xAA;

    /// <summary>16 registers hold no table: it is read where it lies.</summary>
    private readonly int* _table;

    private Avx2Lanes(int* table) => _table = table;

    public static int Count => 8;

    public static int TableLength => Avx512Lanes.TableLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx2Lanes Create(ref readonly int table) => new((int*)Unsafe.AsPointer(ref Unsafe.AsRef(in table)));

    /// <summary>[coefficient][segment].</summary>
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Clamp(Vector256<int> value, int low, int high) =>
        Avx2.Max(Avx2.Min(value, Vector256.Create(high)), Vector256.Create(low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountOutside(Vector256<int> value, int low, int high) => BitOperations.PopCount(
        (Vector256.LessThan(value, Vector256.Create(low)) | Vector256.GreaterThan(value, Vector256.Create(high))).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Complement(Vector256<int> value) => Vector256.Create(Requantize.One) - value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, ref readonly SumShift shift)
    {
        Vector256<int> va = Load(in a), m = Load(in multipliers);
        Vector256<long> even = Avx2.Multiply(va, m) + Vector256.LoadUnsafe(in constants);
        Vector256<long> odd = Avx2.Multiply(Odd(va), Odd(m)) + Vector256.LoadUnsafe(in constants, 4);
        return Narrow(even, odd, in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, ref readonly SumShift shift)
    {
        Vector256<int> va = Load(in a), ma = Load(in multipliersA), vb = Load(in b), mb = Load(in multipliersB);
        Vector256<long> even = Avx2.Multiply(va, ma) + Vector256.LoadUnsafe(in constants) + Avx2.Multiply(vb, mb);
        Vector256<long> odd = Avx2.Multiply(Odd(va), Odd(ma)) + Vector256.LoadUnsafe(in constants, 4) + Avx2.Multiply(Odd(vb), Odd(mb));
        return Narrow(even, odd, in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Encode(Vector256<int> value, ref readonly CodeEncoding encoding)
    {
        Vector256<int> m = Vector256.Create(encoding.Rescale.Multiplier);
        Vector256<long> constant = Vector256.Create(encoding.Constant);
        return Narrow(Avx2.Multiply(value, m) + constant, Avx2.Multiply(Odd(value), m) + constant, in encoding.Shift);
    }

    /// <summary>The one that rounds is added after all places but one, so that nothing leaves the lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> RoundShift(Vector256<int> value, int shift) => ((value >> (shift - 1)) + Vector256<int>.One) >> 1;

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
    public Vector256<int> Sigmoid(Vector256<int> z, int limit)
    {
        Vector256<int> tail = Tail(Limited(z, limit));
        return Avx2.BlendVariable(Vector256.Create(Requantize.One) - tail, tail, z >> 31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Tanh(Vector256<int> z, int limit)
    {
        Vector256<int> tail = Tail(Limited(z, limit) << 1) << 1;
        return Avx2.Sign(Vector256.Create(Requantize.One) - tail, z);
    }

    /// <summary>min(|z|, limit), as unsigned numbers, so that |-2^31| is the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Limited(Vector256<int> z, int limit) => Avx2.Min(Vector256.Abs(z).AsUInt32(), Vector256.Create((uint)limit)).AsInt32();

    /// <summary>P(u) for u in [0, 2^17).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Tail(Vector256<int> u)
    {
        Vector256<int> segment = u >>> 12, t = u & Vector256.Create(0xFFF), bit3 = (segment << 28) >> 31, bit4 = (segment << 27) >> 31;
        Vector256<int> inner = Lookup(2, segment, bit3, bit4) + ((Lookup(3, segment, bit3, bit4) * t) >> 12);
        inner = Lookup(1, segment, bit3, bit4) + ((inner * t) >> 15);
        return Lookup(0, segment, bit3, bit4) + ((inner * t) >> 9);
    }

    /// <summary>vpermd takes the low three bits of the segment; bits 3 and 4 choose among four registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Lookup(int coefficient, Vector256<int> segment, Vector256<int> bit3, Vector256<int> bit4)
    {
        int* table = _table + (coefficient * Segments);
        Vector256<int> low = Avx2.BlendVariable(Permute(table, segment), Permute(table + 8, segment), bit3);
        return Avx2.BlendVariable(low, Avx2.BlendVariable(Permute(table + 16, segment), Permute(table + 24, segment), bit3), bit4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Permute(int* table, Vector256<int> segment) => Avx2.PermuteVar8x32(Vector256.LoadAligned(table), segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Odd(Vector256<int> value) => (value.AsUInt64() >>> 32).AsInt32();

    /// <summary>v >> s for |v| up to 2^62 and s from 0 to 24.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> ShiftRight(Vector256<long> value, int shift) => shift == 0
        ? value
        : ((value + Vector256.Create(1L << 62)).AsUInt64() >>> shift).AsInt64() - Vector256.Create(1L << (62 - shift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Narrow(Vector256<long> even, Vector256<long> odd, ref readonly SumShift shift)
    {
        if (shift.All == 32)
            return Join(Odd(even.AsInt32()), odd.AsInt32());
        Vector256<ulong> right = Avx2.ShiftRightLogical(even.AsUInt64(), shift.Right), left = Avx2.ShiftLeftLogical(odd.AsUInt64(), shift.Left);
        Vector256<int> low = Join(right.AsInt32(), left.AsInt32());
        return shift.Rest == 0 ? low : low >> shift.Rest;
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
