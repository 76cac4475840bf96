using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latch.Runtime.Kernels.Lanes;

/// <summary>
/// 8 units in 256 bits. 64-bit sums lie in two vectors, those of the even lanes and those of the odd ones, as vpmuldq makes them; both come back into
/// 8 lanes as in <see cref="Avx512Lanes"/>. AVX2 has no arithmetic shift of 64 bits: where one is needed,
/// 2^62 is added before and its share taken off after. The table of the sigmoid is one row of four coefficients per segment: eight rows are loaded and
/// transposed, which takes half the instructions of a lookup by vpermd, whose eight entries are a quarter of the segments.
/// </summary>
internal readonly unsafe struct Avx2Lanes : ILanes<Avx2Lanes, Vector256<int>>
{
    private const byte OddLanes = 0xAA;

    private const int Coefficients = 4 * 32;

    private readonly byte* _table;

    // Not a constant for the compiler, which would make two operations of one - x.
    private readonly Vector256<int> _one;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Avx2Lanes(int* table)
    {
        _table = (byte*)table;
        _one = Vector256.LoadAligned(table + Coefficients);
    }

    public static int Count => 8;

    public static int TableLength => Coefficients + 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx2Lanes Create(ref readonly int table) => new((int*)Unsafe.AsPointer(ref Unsafe.AsRef(in table)));

    /// <summary>[segment][coefficient], then 1 in every lane.</summary>
    public static void PackTable(ReadOnlySpan<int> segments, Span<int> table)
    {
        segments.CopyTo(table);
        table[Coefficients..].Fill(Requantize.One);
    }

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
        Vector256<int> va = Load(in a);
        Vector256<long> even = Avx2.Multiply(va, Load(in multipliers)) + Vector256.LoadUnsafe(in constants);
        Vector256<long> odd = Avx2.Multiply(Odd(va), OddOf(in multipliers)) + Vector256.LoadUnsafe(in constants, 4);
        return Narrow(even, odd, in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, ref readonly SumShift shift)
    {
        Vector256<int> va = Load(in a), vb = Load(in b);
        Vector256<long> even = Avx2.Multiply(va, Load(in multipliersA)) + Vector256.LoadUnsafe(in constants) + Avx2.Multiply(vb, Load(in multipliersB));
        Vector256<long> odd = Avx2.Multiply(Odd(va), OddOf(in multipliersA)) + Vector256.LoadUnsafe(in constants, 4) + Avx2.Multiply(Odd(vb), OddOf(in multipliersB));
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
        return Avx2.BlendVariable(_one - tail, tail, z >> 31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Tanh(Vector256<int> z, int limit)
    {
        Vector256<int> tail = Tail(Limited(z, limit) << 1) << 1;
        return Avx2.Sign(_one - tail, z);
    }

    /// <summary>min(|z|, limit), as unsigned numbers, so that |-2^31| is the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Limited(Vector256<int> z, int limit) => Avx2.Min(Vector256.Abs(z).AsUInt32(), Vector256.Create((uint)limit)).AsInt32();

    /// <summary>P(u) for u in [0, 2^17).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Tail(Vector256<int> u)
    {
        // Where the row of a segment begins: its number times 16 bytes.
        Vector256<ulong> places = ((u >>> 8) & Vector256.Create(0x1F0)).AsUInt64();
        Vector128<ulong> low = places.GetLower(), high = places.GetUpper();
        ulong units01 = low.ToScalar(), units23 = low.GetElement(1), units45 = high.ToScalar(), units67 = high.GetElement(1);
        Vector256<int> rows04 = Rows((uint)units01, (uint)units45), rows15 = Rows(units01 >> 32, units45 >> 32);
        Vector256<int> rows26 = Rows((uint)units23, (uint)units67), rows37 = Rows(units23 >> 32, units67 >> 32);
        // Four rows of four, transposed in each half: coefficients of units 0 to 3 and 4 to 7.
        Vector256<long> low01 = Avx2.UnpackLow(rows04, rows15).AsInt64(), low23 = Avx2.UnpackLow(rows26, rows37).AsInt64();
        Vector256<long> high01 = Avx2.UnpackHigh(rows04, rows15).AsInt64(), high23 = Avx2.UnpackHigh(rows26, rows37).AsInt64();
        Vector256<int> a0 = Avx2.UnpackLow(low01, low23).AsInt32(), a1 = Avx2.UnpackHigh(low01, low23).AsInt32();
        Vector256<int> a2 = Avx2.UnpackLow(high01, high23).AsInt32(), a3 = Avx2.UnpackHigh(high01, high23).AsInt32();
        Vector256<int> t = u & Vector256.Create(0xFFF);
        return a0 + (((a1 + (((a2 + ((a3 * t) >> 12)) * t) >> 15)) * t) >> 9);
    }

    /// <summary>The rows of two units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Rows(ulong low, ulong high) => Vector256.Create(Vector128.LoadAligned((int*)(_table + low)), Vector128.LoadAligned((int*)(_table + high)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Odd(Vector256<int> value) => Avx2.Shuffle(value, 0b11_11_01_01);

    /// <summary>The odd of 8 integers in the even lanes, by loading from one integer on; constants follow one another, so there is one more to read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> OddOf(ref readonly int multipliers) => Vector256.LoadUnsafe(in multipliers, 1);

    /// <summary>v >> s for |v| up to 2^62 and s from 0 to 24.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> ShiftRight(Vector256<long> value, int shift) => shift == 0
        ? value
        : ((value + Vector256.Create(1L << 62)).AsUInt64() >>> shift).AsInt64() - Vector256.Create(1L << (62 - shift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Narrow(Vector256<long> even, Vector256<long> odd, ref readonly SumShift shift)
    {
        if (shift.All >= 32)
        {
            Vector256<int> high = Join(Odd(even.AsInt32()), odd.AsInt32());
            return shift.Rest == 0 ? high : high >> shift.Rest;
        }
        Vector256<ulong> right = Avx2.ShiftRightLogical(even.AsUInt64(), shift.Right), left = Avx2.ShiftLeftLogical(odd.AsUInt64(), shift.Left);
        return Join(right.AsInt32(), left.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Narrow24(Vector256<long> even, Vector256<long> odd) => Join((even.AsUInt64() >>> 24).AsInt32(), (odd << 8).AsInt32());

    /// <summary>sat(v >> 24): the high halves tell which sums are beyond +-2^55.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Saturate(Vector256<long> even, Vector256<long> odd)
    {
        Vector256<int> high = Join(Odd(even.AsInt32()), odd.AsInt32()), most = Vector256.Create(int.MaxValue), least = Vector256.Create(-int.MaxValue);
        Vector256<int> value = Avx2.BlendVariable(Narrow24(even, odd), most, Avx2.CompareGreaterThan(high, Vector256.Create((1 << 23) - 1)));
        return Avx2.Max(Avx2.BlendVariable(value, least, Avx2.CompareGreaterThan(Vector256.Create(-(1 << 23)), high)), least);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Join(Vector256<int> even, Vector256<int> odd) => Avx2.Blend(even, odd, OddLanes);
}
