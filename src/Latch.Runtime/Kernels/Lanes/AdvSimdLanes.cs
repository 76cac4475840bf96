using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Latch.Runtime.Kernels.Lanes;

/// <summary>
/// 4 units in 128 bits, on any arm64 core. 64-bit sums lie in two vectors, lower and upper lanes. The table of the sigmoid is one row of four coefficients per
/// segment: four rows are loaded and transposed, which is cheaper than any lookup in registers.
/// </summary>
internal readonly unsafe struct AdvSimdLanes : ILanes<AdvSimdLanes, Vector128<int>>
{
    private readonly int* _table;

    private AdvSimdLanes(int* table) => _table = table;

    public static int Count => 4;

    public static int TableLength => 4 * 32;

    public static void PackTable(ReadOnlySpan<int> segments, Span<int> table) => segments.CopyTo(table);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdLanes Create(ref readonly int table) => new((int*)Unsafe.AsPointer(ref Unsafe.AsRef(in table)));

    public static void PackConstants(ReadOnlySpan<long> constants, Span<long> packed) => constants.CopyTo(packed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(ref readonly int source) => Vector128.LoadUnsafe(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> value, ref int destination) => value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt8(Vector128<int> value, ref sbyte destination)
    {
        Vector64<short> words = AdvSimd.ExtractNarrowingSaturateLower(value);
        Vector64<sbyte> bytes = AdvSimd.ExtractNarrowingSaturateLower(Vector128.Create(words, words));
        Unsafe.WriteUnaligned(ref Unsafe.As<sbyte, byte>(ref destination), bytes.AsInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(Vector128<int> value, ref short destination) => AdvSimd.ExtractNarrowingSaturateLower(value).StoreUnsafe(ref destination);

    public static int CountDifferent(Vector128<int> left, Vector128<int> right) =>
        Count + AdvSimd.Arm64.AddAcross(AdvSimd.CompareEqual(left, right)).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Clamp(Vector128<int> value, int low, int high) =>
        AdvSimd.Max(AdvSimd.Min(value, Vector128.Create(high)), Vector128.Create(low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Complement(Vector128<int> value) => Vector128.Create(Requantize.One) - value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, ref readonly SumShift shift)
    {
        Vector128<int> va = Load(in a), m = Load(in multipliers);
        Vector128<long> lower = AdvSimd.MultiplyWideningLowerAndAdd(Vector128.LoadUnsafe(in constants), va.GetLower(), m.GetLower());
        Vector128<long> upper = AdvSimd.MultiplyWideningUpperAndAdd(Vector128.LoadUnsafe(in constants, 2), va, m);
        return Narrow(lower, upper, in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, ref readonly SumShift shift)
    {
        Vector128<int> va = Load(in a), ma = Load(in multipliersA), vb = Load(in b), mb = Load(in multipliersB);
        Vector128<long> lower = AdvSimd.MultiplyWideningLowerAndAdd(Vector128.LoadUnsafe(in constants), va.GetLower(), ma.GetLower());
        Vector128<long> upper = AdvSimd.MultiplyWideningUpperAndAdd(Vector128.LoadUnsafe(in constants, 2), va, ma);
        lower = AdvSimd.MultiplyWideningLowerAndAdd(lower, vb.GetLower(), mb.GetLower());
        upper = AdvSimd.MultiplyWideningUpperAndAdd(upper, vb, mb);
        return Narrow(lower, upper, in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Encode(Vector128<int> value, ref readonly CodeEncoding encoding)
    {
        Vector128<int> m = Vector128.Create(encoding.Rescale.Multiplier);
        Vector128<long> constant = Vector128.Create(encoding.Constant);
        Vector128<long> lower = AdvSimd.MultiplyWideningLowerAndAdd(constant, value.GetLower(), m.GetLower());
        return Narrow(lower, AdvSimd.MultiplyWideningUpperAndAdd(constant, value, m), in encoding.Shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> RoundShift(Vector128<int> value, int shift) => AdvSimd.ShiftArithmeticRounded(value, Vector128.Create(-shift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> left, Vector128<int> right) => AdvSimd.ShiftRightLogicalRoundedNarrowingUpper(
        AdvSimd.ShiftRightLogicalRoundedNarrowingLower(AdvSimd.MultiplyWideningLower(left.GetLower(), right.GetLower()), 24),
        AdvSimd.MultiplyWideningUpper(left, right), 24);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddProduct(Vector128<int> a, Vector128<int> b, Vector128<int> c) => Clamp(a, -(1 << 28), 1 << 28) + Multiply(b, c);

    /// <summary>n 2^24 + z (h - n) = z h + (1 - z) n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Interpolate(Vector128<int> z, Vector128<int> h, Vector128<int> n)
    {
        Vector128<int> rest = Complement(z);
        Vector128<long> lower = AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningLower(z.GetLower(), h.GetLower()), rest.GetLower(), n.GetLower());
        Vector128<long> upper = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.MultiplyWideningUpper(z, h), rest, n);
        return Saturate(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> f, Vector128<int> c, Vector128<int> i, Vector128<int> g, int k)
    {
        Vector128<long> shift = Vector128.Create(-(long)k);
        Vector128<long> lower = AdvSimd.ShiftArithmetic(AdvSimd.MultiplyWideningLower(i.GetLower(), g.GetLower()), shift);
        Vector128<long> upper = AdvSimd.ShiftArithmetic(AdvSimd.MultiplyWideningUpper(i, g), shift);
        return Saturate(AdvSimd.MultiplyWideningLowerAndAdd(lower, f.GetLower(), c.GetLower()), AdvSimd.MultiplyWideningUpperAndAdd(upper, f, c));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<int> Sigmoid(Vector128<int> z, int limit)
    {
        Vector128<int> tail = Tail(AdvSimd.Min(AdvSimd.Abs(z).AsInt32(), Vector128.Create(limit)));
        return AdvSimd.BitwiseSelect(AdvSimd.CompareLessThan(z, Vector128<int>.Zero), tail, Vector128.Create(Requantize.One) - tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<int> Tanh(Vector128<int> z, int limit)
    {
        Vector128<int> tail = Tail(AdvSimd.Min(AdvSimd.Abs(z).AsInt32(), Vector128.Create(limit)) << 1) << 1, one = Vector128.Create(Requantize.One);
        return AdvSimd.BitwiseSelect(AdvSimd.CompareLessThan(z, Vector128<int>.Zero), tail - one, one - tail);
    }

    /// <summary>P(u) for u in [0, 2^17).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<int> Tail(Vector128<int> u)
    {
        ulong first = u.AsUInt64().ToScalar(), second = u.AsUInt64().GetElement(1);
        Vector128<int> row0 = Row((uint)first >> 12), row1 = Row(first >> 44), row2 = Row((uint)second >> 12), row3 = Row(second >> 44);
        Vector128<long> even01 = AdvSimd.Arm64.TransposeEven(row0, row1).AsInt64(), odd01 = AdvSimd.Arm64.TransposeOdd(row0, row1).AsInt64();
        Vector128<long> even23 = AdvSimd.Arm64.TransposeEven(row2, row3).AsInt64(), odd23 = AdvSimd.Arm64.TransposeOdd(row2, row3).AsInt64();
        Vector128<int> a0 = AdvSimd.Arm64.ZipLow(even01, even23).AsInt32(), a1 = AdvSimd.Arm64.ZipLow(odd01, odd23).AsInt32();
        Vector128<int> a2 = AdvSimd.Arm64.ZipHigh(even01, even23).AsInt32(), a3 = AdvSimd.Arm64.ZipHigh(odd01, odd23).AsInt32();
        Vector128<int> t = u & Vector128.Create(0xFFF);
        a2 = AdvSimd.ShiftRightArithmeticAdd(a2, AdvSimd.Multiply(a3, t), 12);
        a1 = AdvSimd.ShiftRightArithmeticAdd(a1, AdvSimd.Multiply(a2, t), 15);
        return AdvSimd.ShiftRightArithmeticAdd(a0, AdvSimd.Multiply(a1, t), 9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<int> Row(ulong segment) => Vector128.Load(_table + (4 * segment));

    /// <summary>v >> s for results within 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Narrow(Vector128<long> lower, Vector128<long> upper, ref readonly SumShift shift) =>
        AdvSimd.Arm64.UnzipEven(AdvSimd.ShiftArithmetic(lower, shift.Negative).AsInt32(), AdvSimd.ShiftArithmetic(upper, shift.Negative).AsInt32());

    /// <summary>sat(rsh(v, 24)); sqrshrn rounds without leaving the lane and saturates, to -2^31 where -(2^31 - 1) is meant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Saturate(Vector128<long> lower, Vector128<long> upper) => AdvSimd.Max(
        AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(lower, 24), upper, 24),
        Vector128.Create(-int.MaxValue));
}
