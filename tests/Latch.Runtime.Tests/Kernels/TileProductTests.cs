using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Latch.Model;
using Latch.Runtime.Equality;
using Latch.Runtime.Kernels;
using Latch.Runtime.Kernels.Products;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>What <see cref="ProductChecks"/> leaves: the longest rows, the catalog, and AVX-VNNI where no processor has it.</summary>
public sealed class TileProductTests
{
    [Fact]
    public void Products_OfThisProcessor_AreThoseOfTheCatalog() => Assert.Equal(LatchModel.AvailableKernels, ProductChecks.Supported());

    /// <summary>The kernel around vpdpbusd, with the instruction by its definition.</summary>
    [Fact]
    public void Multiply_EmulatedVnni_IsTheSumOfProducts()
    {
        if (!Avx2.IsSupported)
            Assert.Skip("This processor has no AVX2.");
        using var run = new EqualityRun(quick: true);
        ProductChecks.Lengths<Avx2Product<EmulatedVnniDot>>(run, "emulated vnni");
        Assert.Empty(run.Differences);
        Assert.Equal(run.Lengths.Count * 4 * 2 * 4, run.Comparisons);
    }

    /// <summary>The longest rows section 8 allows: sums that end just below 2^31.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Multiply_LongestRow_DoesNotOverflow(bool wide)
    {
        int columns = wide ? 516 : 132_104;
        ElementType type = wide ? ElementType.Int16 : ElementType.Int8;
        sbyte[] rows = [.. Enumerable.Repeat((sbyte)-127, TileShape.Units * columns)];
        Assert.True(AccumulatorBounds.RowFits(rows.AsSpan(0, columns), type));
        Assert.False(AccumulatorBounds.RowFits([.. rows.AsSpan(0, columns), 127], type));
        int expected = checked(127 * columns * AccumulatorBounds.LargestCode(type));
        byte[] codes = wide ? MemoryMarshal.AsBytes<short>([.. Enumerable.Repeat(short.MinValue, columns)]).ToArray() : [.. Enumerable.Repeat((byte)128, columns)];
        Check<ScalarProduct>(true);
        Check<Vector128Product>(Vector128.IsHardwareAccelerated);
        Check<Avx2Product<Avx2Dot>>(Avx2.IsSupported);
        Check<Avx2Product<EmulatedVnniDot>>(Avx2.IsSupported);
        Check<Avx512Product>(Avx512BW.IsSupported);

        void Check<TProduct>(bool isSupported)
            where TProduct : struct, ITileProduct
        {
            if (isSupported)
                Assert.All(Multiply<TProduct>(rows, new TileShape(1, columns, wide), new CodeSpan(codes, type)), sum => Assert.Equal(expected, sum));
        }
    }

    private static int[] Multiply<TProduct>(ReadOnlySpan<sbyte> rows, TileShape shape, CodeSpan codes)
        where TProduct : struct, ITileProduct
    {
        var tile = new AlignedBuffer(TProduct.TileBytes(shape));
        var prepared = new AlignedBuffer(TProduct.PreparedBytes(shape.Columns, shape.IsWide));
        TProduct.Pack(rows, shape, tile.Sbytes);
        TProduct.Prepare(in codes, ref prepared.First);
        int[] sums = new int[shape.Rows];
        TileProduct.Multiply<TProduct>(in tile.Sbytes[0], in prepared.First, shape, ref sums[0]);
        return sums;
    }

    private readonly struct EmulatedVnniDot : IByteDot
    {
        public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> magnitude, Vector256<sbyte> weights)
        {
            Span<int> lanes = stackalloc int[8];
            sum.CopyTo(lanes);
            for (int i = 0; i < 32; i++)
                lanes[i / 4] += magnitude[i] * weights[i];
            return Vector256.Create<int>(lanes);
        }
    }
}
