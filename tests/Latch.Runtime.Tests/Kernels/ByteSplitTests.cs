using Latch.Runtime.Kernels;
using Latch.Runtime.Kernels.Products;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>Int16 codes by a product of int8 codes, here the scalar one; the arm64 products run under emulation (AotSmoke, equality).</summary>
public sealed class ByteSplitTests
{
    public static TheoryData<int, int> Shapes => new(from gates in Enumerable.Range(1, 4) from columns in new[] { 1, 2, 15, 16, 17, 31, 64, 100 } select (gates, columns));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_RandomAndExtremeCodes_EqualsThePlainSum(int gates, int columns)
    {
        var random = new Random((gates * 1000) + columns);
        sbyte[] weights = [.. Enumerable.Range(0, gates * TileShape.Units * columns).Select(_ => (sbyte)random.Next(-127, 128))];
        short[] extremes = [short.MinValue, short.MaxValue, -32640, 32640, -129, -128, -127, -1, 0, 1, 127, 128, 255, 256];
        Check(weights, [.. Enumerable.Range(0, columns).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))], gates);
        Check(weights, [.. Enumerable.Range(0, columns).Select(i => extremes[i % extremes.Length])], gates);
    }

    /// <summary>The longest row that NUMERICS.md section 8 allows: every part ends just below 2^31.</summary>
    [Theory]
    [InlineData(-127)]
    [InlineData(127)]
    public void Multiply_LongestRow_EndsJustWithin32Bits(int weight)
    {
        const int Columns = 516;
        sbyte[] weights = [.. Enumerable.Repeat((sbyte)weight, TileShape.Units * Columns)];
        int[] sums = Check(weights, [.. Enumerable.Repeat(short.MinValue, Columns)], 1);
        Assert.Equal(Enumerable.Repeat(-weight * 32768 * Columns, TileShape.Units), sums);
    }

    private static int[] Check(sbyte[] weights, short[] codes, int gates)
    {
        var shape = new TileShape(gates, codes.Length, IsWide: true);
        var tile = new AlignedBuffer(ByteSplit.Header(shape) + ScalarProduct.TileBytes(shape));
        var prepared = new AlignedBuffer(2 * AlignedBuffer.Align(codes.Length));
        prepared.Bytes.Fill(0x55);
        ByteSplit.PackHeader(weights, shape, tile.Sbytes);
        ScalarProduct.Pack(weights, shape, tile.Sbytes[ByteSplit.Header(shape)..]);
        ByteSplit.Prepare(codes, ref prepared.First);
        int[] sums = new int[shape.Rows];
        Multiply(tile, prepared, shape, sums);
        int[] expected = [.. Enumerable.Range(0, shape.Rows).Select(row => Enumerable.Range(0, codes.Length).Sum(column => codes[column] * weights[(row * codes.Length) + column]))];
        Assert.Equal(expected, sums);
        return sums;
    }

    private static void Multiply(AlignedBuffer tile, AlignedBuffer prepared, TileShape shape, int[] sums)
    {
        if (shape.Gates == 1)
            ByteSplit.Multiply<ScalarProduct, OneGate>(in tile.Sbytes[0], in prepared.First, shape.Columns, ref sums[0]);
        else if (shape.Gates == 2)
            ByteSplit.Multiply<ScalarProduct, TwoGates>(in tile.Sbytes[0], in prepared.First, shape.Columns, ref sums[0]);
        else if (shape.Gates == 3)
            ByteSplit.Multiply<ScalarProduct, ThreeGates>(in tile.Sbytes[0], in prepared.First, shape.Columns, ref sums[0]);
        else
            ByteSplit.Multiply<ScalarProduct, FourGates>(in tile.Sbytes[0], in prepared.First, shape.Columns, ref sums[0]);
    }
}
