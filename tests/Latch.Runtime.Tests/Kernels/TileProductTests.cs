using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Latch.Model;
using Latch.Runtime.Equality;
using Latch.Runtime.Kernels.Products;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>What <see cref="ProductChecks"/> leaves: the catalog, and AVX-VNNI where no processor has it.</summary>
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
        Assert.Equal((run.Lengths.Count * 4 * 2 * 4) + 2, run.Comparisons);
    }

    /// <summary>The rows that <see cref="ProductChecks"/> takes for the longest are the longest.</summary>
    [Theory]
    [InlineData(ElementType.Int8, 132_104)]
    [InlineData(ElementType.Int16, 516)]
    public void RowFits_LongestRow_AndNoLonger(ElementType type, int columns)
    {
        sbyte[] row = [.. Enumerable.Repeat((sbyte)-127, columns)];
        Assert.True(AccumulatorBounds.RowFits(row, type));
        Assert.False(AccumulatorBounds.RowFits([.. row, 127], type));
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
