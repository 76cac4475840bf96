namespace Latch.Runtime.Kernels.Lanes;

/// <summary>One unit at a time: the formulas of NUMERICS.md as they are written, for every value. Never tuned.</summary>
internal readonly struct ScalarLanes : ILanes<ScalarLanes, int>
{
    public static int Count => 1;

    public static int TableLength => 0;

    public static void PackTable(ReadOnlySpan<int> segments, Span<int> table)
    {
    }

    public static ScalarLanes Create(ref readonly int table) => default;

    public static void PackConstants(ReadOnlySpan<long> constants, Span<long> packed) => constants.CopyTo(packed);

    public static int Load(ref readonly int source) => source;

    public static void Store(int value, ref int destination) => destination = value;

    public static void StoreInt8(int value, ref sbyte destination) => destination = (sbyte)Math.Clamp(value, sbyte.MinValue, sbyte.MaxValue);

    public static void StoreInt16(int value, ref short destination) => destination = (short)Math.Clamp(value, short.MinValue, short.MaxValue);

    public static int Clamp(int value, int low, int high) => Math.Clamp(value, low, high);

    public static int CountOutside(int value, int low, int high) => value < low || value > high ? 1 : 0;

    public static int Complement(int value) => Requantize.Saturate((long)Requantize.One - value);

    public static int Rescale(ref readonly int a, ref readonly int multipliers, ref readonly long constants, ref readonly SumShift shift) =>
        (int)((((long)a * multipliers) + constants) >> shift.All);

    public static int Rescale(
        ref readonly int a, ref readonly int multipliersA, ref readonly int b, ref readonly int multipliersB, ref readonly long constants, ref readonly SumShift shift) =>
        (int)((((long)a * multipliersA) + ((long)b * multipliersB) + constants) >> shift.All);

    public static int Encode(int value, ref readonly CodeEncoding encoding) => Requantize.Saturate(encoding.Exact(value));

    public static int RoundShift(int value, int shift) => (int)Requantize.RoundShift(value, shift);

    public static int Multiply(int left, int right) => Requantize.Saturate(Requantize.Multiply(left, right));

    public static int AddProduct(int a, int b, int c) => Requantize.Saturate(a + Requantize.Multiply(b, c));

    public static int Interpolate(int z, int h, int n) => Requantize.Saturate(n + Requantize.Multiply(z, (long)h - n));

    public static int MultiplyAdd(int f, int c, int i, int g, int k) =>
        Requantize.Saturate((((long)f * c) + (((long)i * g) >> k) + (Requantize.One >> 1)) >> Requantize.FractionBits);

    public int Sigmoid(int z, int limit) => Activation.Sigmoid(Math.Clamp(z, -limit, limit));

    public int Tanh(int z, int limit) => Activation.Tanh(Math.Clamp(z, -limit, limit));
}
