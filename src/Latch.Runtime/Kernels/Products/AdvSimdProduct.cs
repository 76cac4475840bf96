using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// Cores without dot product (Cortex-A53, A72). 8 bytes are two columns of four rows: smull2 multiplies the last two of four columns into eight 16-bit lanes,
/// smlal adds the first two (last, as the lower half of a vector costs a copy before), sadalp adds neighbours into the four 32-bit lanes of the rows. Two products
/// fit 16 bits: 2 x 128 x 127 = 32512. A core that keeps the order of instructions waits for each of the three, so the sixteen rows of a gate go together, between
/// those of the gate before, and the weights of the gate after are loaded beside them.
/// </summary>
internal readonly unsafe struct AdvSimdProduct : ITileProduct
{
    private const int Block = Arm64Layout.Block;

    public static int TileBytes(TileShape shape) => Arm64Layout.TileBytes(shape);

    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile) =>
        Arm64Layout.Pack(rows, shape, tile, static (row, column) => (row / 4 * 16) + (column / 2 * 8) + (row % 4 * 2) + (column % 2));

    public static int PreparedBytes(int columns, bool wide) => Arm64Layout.PreparedBytes(columns, wide);

    public static void Prepare(in CodeSpan codes, ref byte prepared) => Arm64Layout.Prepare(in codes, ref prepared);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount
    {
        // Both lie in memory that does not move (AlignedBuffer).
        var weights = (sbyte*)Unsafe.AsPointer(ref Unsafe.AsRef(in tile));
        var codes = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in prepared));
        GateSums first = default, second = default, third = default, fourth = default;
        for (byte* end = codes + columns; codes < end; codes += 4, weights += Block * TGates.Count)
        {
            GateWeights weights0 = GateWeights.Load(weights);
            Vector64<sbyte> codes01 = AdvSimd.LoadAndReplicateToVector64((short*)codes).AsSByte();
            Vector128<sbyte> codes23 = AdvSimd.LoadAndReplicateToVector128((short*)(codes + 2)).AsSByte();
            GateProducts products0 = GateProducts.Multiply(in weights0, codes23);
            if (TGates.Count == 1)
            {
                products0.Add(in weights0, codes01);
                first.Add(in products0);
                continue;
            }
            GateWeights weights1 = GateWeights.Load(weights + Block);
            products0.Add(in weights0, codes01);

            GateProducts products1 = GateProducts.Multiply(in weights1, codes23);
            if (TGates.Count == 2)
            {
                first.Add(in products0);
                products1.Add(in weights1, codes01);
                second.Add(in products1);
                continue;
            }
            first.AddAndLoad(in products0, out GateWeights weights2, weights + (2 * Block));
            products1.Add(in weights1, codes01);

            GateProducts products2 = GateProducts.Multiply(in weights2, codes23);
            if (TGates.Count == 3)
            {
                second.Add(in products1);
                products2.Add(in weights2, codes01);
                third.Add(in products2);
                continue;
            }
            second.AddAndLoad(in products1, out GateWeights weights3, weights + (3 * Block));
            products2.Add(in weights2, codes01);

            GateProducts products3 = GateProducts.Multiply(in weights3, codes23);
            third.Add(in products2);
            products3.Add(in weights3, codes01);
            fourth.Add(in products3);
        }
        first.Store(ref sums);
        if (TGates.Count > 1)
            second.Store(ref Unsafe.Add(ref sums, 16));
        if (TGates.Count > 2)
            third.Store(ref Unsafe.Add(ref sums, 32));
        if (TGates.Count > 3)
            fourth.Store(ref Unsafe.Add(ref sums, 48));
    }

    public static void MultiplyWide<TGates>(ref readonly sbyte tile, ref readonly byte prepared, int columns, ref int sums)
        where TGates : struct, IGateCount =>
        ByteSplit.Multiply<AdvSimdProduct, TGates>(in tile, in prepared, columns, ref sums);

    /// <summary>Four columns of the sixteen rows of a gate.</summary>
    private struct GateWeights
    {
        public Vector128<sbyte> Rows0, Rows4, Rows8, Rows12;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static GateWeights Load(sbyte* weights) => new()
        {
            Rows0 = Vector128.Load(weights),
            Rows4 = Vector128.Load(weights + 16),
            Rows8 = Vector128.Load(weights + 32),
            Rows12 = Vector128.Load(weights + 48),
        };
    }

    /// <summary>16-bit products of a gate, those of a row side by side.</summary>
    private struct GateProducts
    {
        public Vector128<short> Rows0, Rows4, Rows8, Rows12;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static GateProducts Multiply(in GateWeights weights, Vector128<sbyte> codes) => new()
        {
            Rows0 = AdvSimd.MultiplyWideningUpper(weights.Rows0, codes),
            Rows4 = AdvSimd.MultiplyWideningUpper(weights.Rows4, codes),
            Rows8 = AdvSimd.MultiplyWideningUpper(weights.Rows8, codes),
            Rows12 = AdvSimd.MultiplyWideningUpper(weights.Rows12, codes),
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(in GateWeights weights, Vector64<sbyte> codes)
        {
            Rows0 = AdvSimd.MultiplyWideningLowerAndAdd(Rows0, weights.Rows0.GetLower(), codes);
            Rows4 = AdvSimd.MultiplyWideningLowerAndAdd(Rows4, weights.Rows4.GetLower(), codes);
            Rows8 = AdvSimd.MultiplyWideningLowerAndAdd(Rows8, weights.Rows8.GetLower(), codes);
            Rows12 = AdvSimd.MultiplyWideningLowerAndAdd(Rows12, weights.Rows12.GetLower(), codes);
        }
    }

    /// <summary>Sums of the sixteen rows of a gate.</summary>
    private struct GateSums
    {
        private Vector128<int> _rows0, _rows4, _rows8, _rows12;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(in GateProducts products)
        {
            _rows0 = AdvSimd.AddPairwiseWideningAndAdd(_rows0, products.Rows0);
            _rows4 = AdvSimd.AddPairwiseWideningAndAdd(_rows4, products.Rows4);
            _rows8 = AdvSimd.AddPairwiseWideningAndAdd(_rows8, products.Rows8);
            _rows12 = AdvSimd.AddPairwiseWideningAndAdd(_rows12, products.Rows12);
        }

        /// <summary>Adds products and loads weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddAndLoad(in GateProducts products, out GateWeights weights, sbyte* next)
        {
            _rows0 = AdvSimd.AddPairwiseWideningAndAdd(_rows0, products.Rows0);
            weights.Rows0 = Vector128.Load(next);
            _rows4 = AdvSimd.AddPairwiseWideningAndAdd(_rows4, products.Rows4);
            weights.Rows4 = Vector128.Load(next + 16);
            _rows8 = AdvSimd.AddPairwiseWideningAndAdd(_rows8, products.Rows8);
            weights.Rows8 = Vector128.Load(next + 32);
            _rows12 = AdvSimd.AddPairwiseWideningAndAdd(_rows12, products.Rows12);
            weights.Rows12 = Vector128.Load(next + 48);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ref int sums) => Vector128Product.Store(_rows0, _rows4, _rows8, _rows12, ref sums);
    }
}
