using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Latch.Model;
using Latch.Runtime.Kernels;
using Latch.Runtime.Kernels.Products;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>The products of every instruction set against the plain sum, for every length, with codes that end at the edge of what may be read.</summary>
public sealed class TileProductTests
{
    private delegate int[] Product(ReadOnlySpan<sbyte> rows, TileShape shape, CodeSpan codes);

    private static readonly (string Name, bool IsSupported, Product Product)[] s_products =
    [
        ("scalar", true, Multiply<ScalarProduct>),
        ("vector128", Vector128.IsHardwareAccelerated, Multiply<Vector128Product>),
        ("avx2", Avx2.IsSupported, Multiply<Avx2Product<Avx2Dot>>),
        ("avxvnni", AvxVnni.IsSupported, Multiply<Avx2Product<AvxVnniDot>>),
        ("emulated vnni", Avx2.IsSupported, Multiply<Avx2Product<EmulatedVnniDot>>),
        ("avx512", Avx512BW.IsSupported, Multiply<Avx512Product>),
        ("advsimd", AdvSimd.Arm64.IsSupported, Multiply<AdvSimdProduct>),
        ("dotprod", Dp.IsSupported, Multiply<DotProduct>),
    ];

    public static TheoryData<string, bool> Products()
    {
        TheoryData<string, bool> data = [];
        foreach ((string name, bool isSupported, _) in s_products)
        {
            if (isSupported)
            {
                data.Add(name, false);
                data.Add(name, true);
            }
        }
        return data;
    }

    [Fact]
    public void Products_OfThisProcessor_AreThoseOfTheCatalog()
    {
        IEnumerable<string> supported = s_products.Where(product => product.IsSupported && product.Name != "emulated vnni").Select(product => product.Name);
        Assert.Equal(KernelCatalog.Available.Select(kernel => kernel.Name).Order(), supported.Order());
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void Multiply_EveryLength_IsTheSumOfProducts(string name, bool wide)
    {
        Product product = s_products.Single(entry => entry.Name == name).Product;
        var random = new Random(1);
        int compared = 0;
        for (int columns = 1; columns <= 300; columns++)
        {
            for (int gates = 1; gates <= 4; gates++)
            {
                var shape = new TileShape(gates, columns, wide);
                foreach ((sbyte[] rows, int[] codes) in Cases(random, shape))
                {
                    int[] expected = [.. Enumerable.Range(0, shape.Rows).Select(row => Enumerable.Range(0, columns).Sum(column => rows[(row * columns) + column] * codes[column]))];
                    Assert.Equal(expected, product(rows, shape, Codes(codes, wide)));
                    compared++;
                }
            }
        }
        Assert.Equal(300 * 4 * 4, compared);
    }

    /// <summary>The longest rows section 8 allows: sums that end just below 2^31.</summary>
    [Theory]
    [MemberData(nameof(Products))]
    public void Multiply_LongestRow_DoesNotOverflow(string name, bool wide)
    {
        int columns = wide ? 516 : 132_104;
        ElementType type = wide ? ElementType.Int16 : ElementType.Int8;
        sbyte[] rows = [.. Enumerable.Repeat((sbyte)-127, TileShape.Units * columns)];
        Assert.True(AccumulatorBounds.RowFits(rows.AsSpan(0, columns), type));
        Assert.False(AccumulatorBounds.RowFits([.. rows.AsSpan(0, columns), 127], type));
        long expected = 127L * columns * AccumulatorBounds.LargestCode(type);
        int[] codes = [.. Enumerable.Repeat(wide ? short.MinValue : sbyte.MinValue, columns)];
        int[] sums = s_products.Single(entry => entry.Name == name).Product(rows, new TileShape(1, columns, wide), Codes(codes, wide));
        Assert.All(sums, sum => Assert.Equal(expected, sum));
    }

    /// <summary>Packs and prepares into memory that is exactly as long as the contract says, so a read or write beyond it is found by the guard.</summary>
    private static int[] Multiply<TProduct>(ReadOnlySpan<sbyte> rows, TileShape shape, CodeSpan codes)
        where TProduct : struct, ITileProduct
    {
        var tile = new AlignedBuffer(TProduct.TileBytes(shape));
        var prepared = new AlignedBuffer(TProduct.PreparedBytes(shape.Columns, shape.IsWide));
        prepared.Bytes.Fill(0xA5);
        TProduct.Pack(rows, shape, tile.Sbytes);
        TProduct.Prepare(in codes, ref prepared.First);
        int[] sums = new int[shape.Rows];
        TileProduct.Multiply<TProduct>(in tile.Sbytes[0], in prepared.First, shape, ref sums[0]);
        return sums;
    }

    private static CodeSpan Codes(int[] codes, bool wide)
    {
        byte[] bytes = wide ? MemoryMarshal.AsBytes<short>([.. codes.Select(code => (short)code)]).ToArray() : [.. codes.Select(code => (byte)code)];
        return new CodeSpan(bytes, wide ? ElementType.Int16 : ElementType.Int8);
    }

    private static IEnumerable<(sbyte[] Rows, int[] Codes)> Cases(Random random, TileShape shape)
    {
        int low = shape.IsWide ? short.MinValue : sbyte.MinValue, high = shape.IsWide ? short.MaxValue : sbyte.MaxValue;
        int[] Codes(Func<int> code) => [.. Enumerable.Range(0, shape.Columns).Select(_ => code())];
        sbyte[] Rows(Func<int> weight) => [.. Enumerable.Range(0, shape.Rows * shape.Columns).Select(_ => (sbyte)weight())];
        yield return (Rows(() => random.Next(-127, 128)), Codes(() => random.Next(low, high + 1)));
        yield return (Rows(() => 127), Codes(() => low));
        yield return (Rows(() => -127), Codes(() => low));
        yield return (Rows(() => random.Next(2) == 0 ? 127 : -127), Codes(() => random.Next(2) == 0 ? low : high));
    }

    /// <summary>vpdpbusd by its definition, so that the kernel around it is tested where no processor has it.</summary>
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
