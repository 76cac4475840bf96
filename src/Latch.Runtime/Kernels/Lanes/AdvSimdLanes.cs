using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Latch.Runtime.Kernels.Lanes;

/// <summary>8 units in two registers. Each step is written for one, then for the other: a core that keeps the order of instructions has two chains to follow.</summary>
internal readonly struct AdvSimdPair(Vector128<int> low, Vector128<int> high)
{
    /// <summary>Units 0 to 3.</summary>
    public readonly Vector128<int> Low = low;

    /// <summary>Units 4 to 7.</summary>
    public readonly Vector128<int> High = high;
}

/// <summary>
/// 8 units in twice 128 bits, on any arm64 core. 64-bit sums lie in two vectors for each four units, lower and upper lanes; the upper ones are formed first,
/// as the lower half of a vector costs a copy unless it is used last. The table of the sigmoid is one row of four coefficients per segment: four rows are loaded
/// and transposed, which is cheaper than any lookup in registers.
/// </summary>
internal readonly unsafe struct AdvSimdLanes : ILanes<AdvSimdLanes, AdvSimdPair>
{
    /// <summary>Offsets of the rows of the table.</summary>
    private const ulong RowPlaces = 0x1F0;

    private readonly byte* _table;

    private AdvSimdLanes(byte* table) => _table = table;

    public static int Count => 8;

    public static int TableLength => 4 * 32;

    public static void PackTable(ReadOnlySpan<int> segments, Span<int> table) => segments.CopyTo(table);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdLanes Create(ref readonly int table) => new((byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in table)));

    public static void PackConstants(ReadOnlySpan<long> constants, Span<long> packed) => constants.CopyTo(packed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Load(ref readonly int source) => new(Vector128.LoadUnsafe(in source), Vector128.LoadUnsafe(in source, 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(AdvSimdPair value, ref int destination)
    {
        value.Low.StoreUnsafe(ref destination);
        value.High.StoreUnsafe(ref destination, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt8(AdvSimdPair value, ref sbyte destination) => AdvSimd.ExtractNarrowingSaturateLower(Narrow(value)).StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(AdvSimdPair value, ref short destination) => Narrow(value).StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Clamp(AdvSimdPair value, int low, int high)
    {
        Vector128<int> smallest = Vector128.Create(low), largest = Vector128.Create(high);
        return new(AdvSimd.Max(AdvSimd.Min(value.Low, largest), smallest), AdvSimd.Max(AdvSimd.Min(value.High, largest), smallest));
    }

    /// <summary>A lane outside is -1 in both comparisons' union: the sum of all lanes, negated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountOutside(AdvSimdPair value, int low, int high)
    {
        Vector128<int> smallest = Vector128.Create(low), largest = Vector128.Create(high);
        Vector128<int> first = AdvSimd.CompareLessThan(value.Low, smallest) | AdvSimd.CompareGreaterThan(value.Low, largest);
        Vector128<int> second = AdvSimd.CompareLessThan(value.High, smallest) | AdvSimd.CompareGreaterThan(value.High, largest);
        return -AdvSimd.Arm64.AddAcross(first + second).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Complement(AdvSimdPair value)
    {
        Vector128<int> one = Vector128.Create(Requantize.One);
        return new(one - value.Low, one - value.High);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, ref readonly SumShift shift)
    {
        AdvSimdPair va = Load(in a), m = Load(in multipliers);
        return Sums.Load(in constants).Add(va, m).Shift(in shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, ref readonly SumShift shift)
    {
        AdvSimdPair va = Load(in a), ma = Load(in multipliersA), vb = Load(in b), mb = Load(in multipliersB);
        return Sums.Load(in constants).Add(va, ma).Add(vb, mb).Shift(in shift);
    }

    /// <summary>(v M + C) >> S, where C = 2^(S-1) + z 2^S is a multiple of 2^31 from S = 32 on: half of v M 2^-30, then half of its sum with C 2^-31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Encode(AdvSimdPair value, ref readonly CodeEncoding encoding)
    {
        Vector128<int> m = Vector128.Create(encoding.Rescale.Multiplier);
        int shift = encoding.Shift.All;
        if (shift < 32)
        {
            Vector128<long> constant = Vector128.Create(encoding.Constant);
            return new Sums(constant, constant, constant, constant).Add(value, new(m, m)).Shift(in encoding.Shift);
        }
        Vector128<int> half = Vector128.Create((int)(encoding.Constant >> 31)), rest = Vector128.Create(32 - shift);
        Vector128<int> low = AdvSimd.MultiplyDoublingSaturateHigh(value.Low, m), high = AdvSimd.MultiplyDoublingSaturateHigh(value.High, m);
        low = AdvSimd.FusedAddHalving(low, half);
        high = AdvSimd.FusedAddHalving(high, half);
        return new(AdvSimd.ShiftArithmetic(low, rest), AdvSimd.ShiftArithmetic(high, rest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair RoundShift(AdvSimdPair value, int shift)
    {
        Vector128<int> places = Vector128.Create(-shift);
        return new(AdvSimd.ShiftArithmeticRounded(value.Low, places), AdvSimd.ShiftArithmeticRounded(value.High, places));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Multiply(AdvSimdPair left, AdvSimdPair right)
    {
        Sums products = Sums.Multiply(left, right);
        Vector64<int> low = AdvSimd.ShiftRightLogicalRoundedNarrowingLower(products.Lower, 24);
        Vector64<int> high = AdvSimd.ShiftRightLogicalRoundedNarrowingLower(products.HighLower, 24);
        return new(
            AdvSimd.ShiftRightLogicalRoundedNarrowingUpper(low, products.Upper, 24),
            AdvSimd.ShiftRightLogicalRoundedNarrowingUpper(high, products.HighUpper, 24));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair AddProduct(AdvSimdPair a, AdvSimdPair b, AdvSimdPair c)
    {
        AdvSimdPair sum = Clamp(a, -(1 << 28), 1 << 28), product = Multiply(b, c);
        return new(sum.Low + product.Low, sum.High + product.High);
    }

    /// <summary>n 2^24 + z (h - n) = z h + (1 - z) n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair Interpolate(AdvSimdPair z, AdvSimdPair h, AdvSimdPair n) => Sums.Multiply(z, h).Add(Complement(z), n).Saturate();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdvSimdPair MultiplyAdd(AdvSimdPair f, AdvSimdPair c, AdvSimdPair i, AdvSimdPair g, int k)
    {
        Sums product = Sums.Multiply(i, g);
        return k == 0 ? product.Add(f, c).Saturate() : product.Shift(Vector128.Create(-(long)k)).Add(f, c).Saturate();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AdvSimdPair Sigmoid(AdvSimdPair z, int limit)
    {
        AdvSimdPair tail = Tail(Magnitude(z, limit), 0, 12, 15, 9);
        Vector128<int> one = Vector128.Create(Requantize.One);
        return Select(z, tail, new(AdvSimd.Subtract(one, tail.Low), AdvSimd.Subtract(one, tail.High)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AdvSimdPair Tanh(AdvSimdPair z, int limit)
    {
        AdvSimdPair tail = Tail(Magnitude(z, limit), 1, 11, 14, 8);
        Vector128<int> one = Vector128.Create(Requantize.One);
        Vector128<int> low = AdvSimd.Subtract(one, tail.Low), high = AdvSimd.Subtract(one, tail.High);
        AdvSimdPair positive = new(AdvSimd.Subtract(low, tail.Low), AdvSimd.Subtract(high, tail.High));
        return Select(z, new(AdvSimd.Negate(positive.Low), AdvSimd.Negate(positive.High)), positive);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static AdvSimdPair Select(AdvSimdPair z, AdvSimdPair whereNegative, AdvSimdPair otherwise)
    {
        Vector128<int> low = AdvSimd.ShiftRightArithmetic(z.Low, 31), high = AdvSimd.ShiftRightArithmetic(z.High, 31);
        return new(AdvSimd.BitwiseSelect(low, whereNegative.Low, otherwise.Low), AdvSimd.BitwiseSelect(high, whereNegative.High, otherwise.High));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static AdvSimdPair Magnitude(AdvSimdPair z, int limit)
    {
        Vector128<uint> largest = Vector128.Create((uint)limit), low = AdvSimd.Abs(z.Low), high = AdvSimd.Abs(z.High);
        return new(AdvSimd.Min(low, largest).AsInt32(), AdvSimd.Min(high, largest).AsInt32());
    }

    /// <summary>P(u 2^scale) for u 2^scale in [0, 2^17). Where u is half the argument, its low bits are half of t, and each product has one place less to go.</summary>
    /// <param name="u">The argument.</param>
    /// <param name="scale">0 or 1.</param>
    /// <param name="cubic">12 - scale, places of a3 t.</param>
    /// <param name="square">15 - scale, places of the next product.</param>
    /// <param name="linear">9 - scale, places of the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AdvSimdPair Tail(AdvSimdPair u, int scale, [ConstantExpected(Min = 1, Max = 32)] byte cubic, [ConstantExpected(Min = 1, Max = 32)] byte square, [ConstantExpected(Min = 1, Max = 32)] byte linear)
    {
        ulong units01 = u.Low.AsUInt64().ToScalar(), units23 = u.Low.AsUInt64().GetElement(1);
        ulong units45 = u.High.AsUInt64().ToScalar(), units67 = u.High.AsUInt64().GetElement(1);
        // The number of a row, times its 16 bytes, is cut out of each unit; all eight before the first is needed.
        int even = 8 - scale, odd = 40 - scale;
        ulong row0 = (units01 >> even) & RowPlaces, row1 = (units01 >> odd) & RowPlaces, row2 = (units23 >> even) & RowPlaces, row3 = (units23 >> odd) & RowPlaces;
        ulong row4 = (units45 >> even) & RowPlaces, row5 = (units45 >> odd) & RowPlaces, row6 = (units67 >> even) & RowPlaces, row7 = (units67 >> odd) & RowPlaces;
        Coefficients low = new(_table, row0, row1, row2, row3), high = new(_table, row4, row5, row6, row7);
        Vector128<int> mask = Vector128.Create(0xFFF >> scale), t0 = u.Low & mask, t1 = u.High & mask;
        Vector128<int> cubic0 = AdvSimd.Multiply(low.A3, t0), cubic1 = AdvSimd.Multiply(high.A3, t1);
        Vector128<int> sum0 = AdvSimd.ShiftRightArithmeticAdd(low.A2, cubic0, cubic), sum1 = AdvSimd.ShiftRightArithmeticAdd(high.A2, cubic1, cubic);
        Vector128<int> square0 = AdvSimd.Multiply(sum0, t0), square1 = AdvSimd.Multiply(sum1, t1);
        Vector128<int> slope0 = AdvSimd.ShiftRightArithmeticAdd(low.A1, square0, square), slope1 = AdvSimd.ShiftRightArithmeticAdd(high.A1, square1, square);
        Vector128<int> linear0 = AdvSimd.Multiply(slope0, t0), linear1 = AdvSimd.Multiply(slope1, t1);
        return new(AdvSimd.ShiftRightArithmeticAdd(low.A0, linear0, linear), AdvSimd.ShiftRightArithmeticAdd(high.A0, linear1, linear));
    }

    /// <summary>To 16 bits, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Narrow(AdvSimdPair value) =>
        AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(value.Low), value.High);

    /// <summary>Coefficients of four units, transposed from the rows of their segments.</summary>
    private readonly struct Coefficients
    {
        public readonly Vector128<int> A0, A1, A2, A3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Coefficients(byte* table, ulong first, ulong second, ulong third, ulong fourth)
        {
            Vector128<int> row0 = Vector128.Load((int*)(table + first)), row1 = Vector128.Load((int*)(table + second));
            Vector128<int> row2 = Vector128.Load((int*)(table + third)), row3 = Vector128.Load((int*)(table + fourth));
            Vector128<long> even01 = AdvSimd.Arm64.TransposeEven(row0, row1).AsInt64(), odd01 = AdvSimd.Arm64.TransposeOdd(row0, row1).AsInt64();
            Vector128<long> even23 = AdvSimd.Arm64.TransposeEven(row2, row3).AsInt64(), odd23 = AdvSimd.Arm64.TransposeOdd(row2, row3).AsInt64();
            A3 = AdvSimd.Arm64.ZipHigh(odd01, odd23).AsInt32();
            A2 = AdvSimd.Arm64.ZipHigh(even01, even23).AsInt32();
            A1 = AdvSimd.Arm64.ZipLow(odd01, odd23).AsInt32();
            A0 = AdvSimd.Arm64.ZipLow(even01, even23).AsInt32();
        }
    }

    /// <summary>64-bit sums of 8 units, two per vector.</summary>
    private readonly struct Sums(Vector128<long> lower, Vector128<long> upper, Vector128<long> highLower, Vector128<long> highUpper)
    {
        public readonly Vector128<long> Lower = lower, Upper = upper, HighLower = highLower, HighUpper = highUpper;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Sums Load(ref readonly long sums) =>
            new(Vector128.LoadUnsafe(in sums), Vector128.LoadUnsafe(in sums, 2), Vector128.LoadUnsafe(in sums, 4), Vector128.LoadUnsafe(in sums, 6));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Sums Multiply(AdvSimdPair left, AdvSimdPair right)
        {
            Vector128<long> upper = AdvSimd.MultiplyWideningUpper(left.Low, right.Low), highUpper = AdvSimd.MultiplyWideningUpper(left.High, right.High);
            Vector128<long> lower = AdvSimd.MultiplyWideningLower(left.Low.GetLower(), right.Low.GetLower());
            return new(lower, upper, AdvSimd.MultiplyWideningLower(left.High.GetLower(), right.High.GetLower()), highUpper);
        }

        /// <summary>Adds products.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Sums Add(AdvSimdPair left, AdvSimdPair right)
        {
            Vector128<long> upper = AdvSimd.MultiplyWideningUpperAndAdd(Upper, left.Low, right.Low);
            Vector128<long> highUpper = AdvSimd.MultiplyWideningUpperAndAdd(HighUpper, left.High, right.High);
            Vector128<long> lower = AdvSimd.MultiplyWideningLowerAndAdd(Lower, left.Low.GetLower(), right.Low.GetLower());
            return new(lower, upper, AdvSimd.MultiplyWideningLowerAndAdd(HighLower, left.High.GetLower(), right.High.GetLower()), highUpper);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Sums Shift(Vector128<long> places) => new(
            AdvSimd.ShiftArithmetic(Lower, places), AdvSimd.ShiftArithmetic(Upper, places), AdvSimd.ShiftArithmetic(HighLower, places), AdvSimd.ShiftArithmetic(HighUpper, places));

        /// <summary>v >> s for results within 32 bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public AdvSimdPair Shift(ref readonly SumShift shift)
        {
            if (shift.All == 32)
                return new(AdvSimd.Arm64.UnzipOdd(Lower.AsInt32(), Upper.AsInt32()), AdvSimd.Arm64.UnzipOdd(HighLower.AsInt32(), HighUpper.AsInt32()));
            Sums shifted = Shift(shift.Negative);
            return new(
                AdvSimd.Arm64.UnzipEven(shifted.Lower.AsInt32(), shifted.Upper.AsInt32()), AdvSimd.Arm64.UnzipEven(shifted.HighLower.AsInt32(), shifted.HighUpper.AsInt32()));
        }

        /// <summary>sat(rsh(v, 24)); sqrshrn rounds without leaving the lane and saturates, to -2^31 where -(2^31 - 1) is meant.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public AdvSimdPair Saturate()
        {
            Vector64<int> low = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(Lower, 24);
            Vector64<int> high = AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(HighLower, 24);
            Vector128<int> smallest = Vector128.Create(-int.MaxValue);
            return new(
                AdvSimd.Max(AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(low, Upper, 24), smallest),
                AdvSimd.Max(AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(high, HighUpper, 24), smallest));
        }
    }
}
