using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Latch.Model;
using Latch.Runtime.Kernels;
using Latch.Runtime.Kernels.Products;

namespace Latch.Runtime.Equality;

/// <summary>The products of a tile against the plain sum, for every length, with codes, tile and sums each against a page nobody may touch.</summary>
internal static class ProductChecks
{
    private delegate void Check(EqualityRun run, string name);

    /// <summary>All products this processor has.</summary>
    public static void Products(EqualityRun run)
    {
        foreach ((string name, bool isSupported, Check check) in All())
        {
            if (isSupported && (name == EqualityRun.Scalar || run.Kernels.Contains(name)))
                check(run, name);
        }
    }

    /// <summary>The names of the products this processor has, as the catalog must have them.</summary>
    public static IReadOnlyList<string> Supported() => [.. All().Where(static entry => entry.IsSupported).Select(static entry => entry.Name)];

    /// <summary>One product, all lengths, both widths of codes, every number of gates.</summary>
    public static void Lengths<TProduct>(EqualityRun run, string name)
        where TProduct : struct, ITileProduct
    {
        using var memory = new ProductMemory();
        Longest<TProduct>(run, name, wide: false);
        Longest<TProduct>(run, name, wide: true);
        foreach (int columns in run.Lengths)
        {
            for (int gates = 1; gates <= 4; gates++)
            {
                foreach (bool wide in (ReadOnlySpan<bool>)[false, true])
                    Patterns<TProduct>(run, name, memory, new TileShape(gates, columns, wide));
            }
        }
    }

    /// <summary>The longest rows that NUMERICS.md section 8 allows: sums that end just below 2^31.</summary>
    private static void Longest<TProduct>(EqualityRun run, string name, bool wide)
        where TProduct : struct, ITileProduct
    {
        var shape = new TileShape(1, wide ? 516 : 132_104, wide);
        var tile = new AlignedBuffer(TProduct.TileBytes(shape));
        var prepared = new AlignedBuffer(TProduct.PreparedBytes(shape.Columns, wide));
        sbyte[] rows = new sbyte[shape.Rows * shape.Columns];
        byte[] codes = new byte[wide ? 2 * shape.Columns : shape.Columns];
        int[] sums = new int[shape.Rows], expected = new int[shape.Rows];
        Array.Fill(rows, (sbyte)-127);
        var span = new CodeSpan(codes, wide ? ElementType.Int16 : ElementType.Int8);
        span.Fill(wide ? short.MinValue : sbyte.MinValue);
        Array.Fill(expected, checked(127 * shape.Columns * AccumulatorBounds.LargestCode(span.Type)));
        TProduct.Pack(rows, shape, tile.Sbytes);
        TProduct.Prepare(in span, ref prepared.First);
        TileProduct.Multiply<TProduct>(in tile.Sbytes[0], in prepared.First, shape, ref sums[0]);
        run.Compare(name, shape, "longest row", expected, sums);
    }

    // A list made here, not a static field: it holds one line per product.
    private static List<(string Name, bool IsSupported, Check Check)> All() =>
    [
        ("avx512", Avx512BW.IsSupported, Lengths<Avx512Product>),
        ("avxvnni", AvxVnni.IsSupported, Lengths<Avx2Product<AvxVnniDot>>),
        ("avx2", Avx2.IsSupported, Lengths<Avx2Product<Avx2Dot>>),
        ("dotprod", Dp.IsSupported, Lengths<DotProduct>),
        ("advsimd", AdvSimd.Arm64.IsSupported, Lengths<AdvSimdProduct>),
        ("vector128", Vector128.IsHardwareAccelerated, Lengths<Vector128Product>),
        ("scalar", true, Lengths<ScalarProduct>),
    ];

    private static void Patterns<TProduct>(EqualityRun run, string name, ProductMemory memory, TileShape shape)
        where TProduct : struct, ITileProduct
    {
        run.CountModel();
        for (int pattern = 0; pattern < 4; pattern++)
        {
            var random = new Random((shape.Columns * 8) + pattern);
            sbyte[] rows = new sbyte[shape.Rows * shape.Columns];
            short[] codes = new short[shape.Columns];
            int low = shape.IsWide ? short.MinValue : sbyte.MinValue, high = shape.IsWide ? short.MaxValue : sbyte.MaxValue;
            for (int i = 0; i < rows.Length; i++)
                rows[i] = (sbyte)(pattern switch { 0 => random.Next(-127, 128), 1 => 127, 2 => -127, _ => random.Next(2) == 0 ? 127 : -127 });
            for (int i = 0; i < codes.Length; i++)
                codes[i] = (short)(pattern switch { 0 => random.Next(low, high + 1), 1 or 2 => low, _ => random.Next(2) == 0 ? low : high });
            run.Compare(name, shape, $"pattern {pattern}", Sums(rows, codes, shape), memory.Multiply<TProduct>(rows, codes, shape));
        }
    }

    private static int[] Sums(sbyte[] rows, short[] codes, TileShape shape)
    {
        int[] sums = new int[shape.Rows];
        for (int row = 0; row < sums.Length; row++)
        {
            for (int column = 0; column < codes.Length; column++)
                sums[row] += rows[(row * shape.Columns) + column] * codes[column];
        }
        return sums;
    }

    /// <summary>Guarded memory for everything a product touches.</summary>
    private sealed class ProductMemory : IDisposable
    {
        private readonly GuardedMemory _tile = new(4 * TileShape.Units * 512);
        private readonly GuardedMemory _codes = new(4096);
        private readonly GuardedMemory _prepared = new(4096);
        private readonly GuardedMemory _sums = new(4096);

        public int[] Multiply<TProduct>(sbyte[] rows, short[] codes, TileShape shape)
            where TProduct : struct, ITileProduct
        {
            Span<sbyte> tile = _tile.AtEnd<sbyte>(TProduct.TileBytes(shape));
            Span<byte> prepared = _prepared.AtEnd<byte>(TProduct.PreparedBytes(shape.Columns, shape.IsWide));
            Span<int> sums = _sums.AtEnd<int>(shape.Rows);
            tile.Clear();
            prepared.Fill(0xA5);
            TProduct.Pack(rows, shape, tile);
            CodeSpan source = Codes(codes, shape.IsWide);
            TProduct.Prepare(in source, ref prepared[0]);
            TileProduct.Multiply<TProduct>(in tile[0], in prepared[0], shape, ref sums[0]);
            return sums.ToArray();
        }

        public void Dispose()
        {
            _tile.Dispose();
            _codes.Dispose();
            _prepared.Dispose();
            _sums.Dispose();
        }

        /// <summary>At the upper guard for even lengths, at the lower one for odd ones.</summary>
        private CodeSpan Codes(short[] codes, bool wide)
        {
            Span<byte> bytes = _codes.At<byte>(codes.Length % 2 == 0, wide ? 2 * codes.Length : codes.Length);
            for (int i = 0; i < codes.Length; i++)
            {
                if (wide)
                    MemoryMarshal.Write(bytes[(2 * i)..], codes[i]);
                else
                    bytes[i] = (byte)codes[i];
            }
            return new CodeSpan(bytes, wide ? ElementType.Int16 : ElementType.Int8);
        }
    }
}
