using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// Cores without dot product (Cortex-A53, A72). 8 bytes are two columns of four rows: smull multiplies the first two columns into eight 16-bit lanes, smlal
/// adds the next two, sadalp adds neighbours into the four 32-bit lanes of the rows. Two products fit 16 bits: 2 x 128 x 127 = 32512.
/// A core that keeps the order of instructions waits for each of the three, so the sixteen rows of a gate go together, between those of the gate before,
/// and the weights of the gate after are loaded one by one beside them: a pair would not go together with anything.
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
            GateWeights columns01 = GateWeights.Load(weights), columns23 = GateWeights.Load(weights + 8);
            Vector64<sbyte> codes01 = AdvSimd.LoadAndReplicateToVector64((short*)codes).AsSByte();
            Vector64<sbyte> codes23 = AdvSimd.LoadAndReplicateToVector64((short*)(codes + 2)).AsSByte();
            GateProducts products = GateProducts.Multiply(in columns01, codes01);
            if (TGates.Count == 1)
            {
                products.Add(in columns23, codes23);
                first.Add(in products);
                continue;
            }
            columns01 = GateWeights.Load(weights + Block);
            products.AddAndLoad(ref columns23, codes23, weights + Block + 8);

            GateProducts secondProducts = GateProducts.Multiply(in columns01, codes01);
            if (TGates.Count == 2)
            {
                first.Add(in products);
                secondProducts.Add(in columns23, codes23);
                second.Add(in secondProducts);
                continue;
            }
            first.AddAndLoad(in products, out columns01, weights + (2 * Block));
            secondProducts.AddAndLoad(ref columns23, codes23, weights + (2 * Block) + 8);

            GateProducts thirdProducts = GateProducts.Multiply(in columns01, codes01);
            if (TGates.Count == 3)
            {
                second.Add(in secondProducts);
                thirdProducts.Add(in columns23, codes23);
                third.Add(in thirdProducts);
                continue;
            }
            second.AddAndLoad(in secondProducts, out columns01, weights + (3 * Block));
            thirdProducts.AddAndLoad(ref columns23, codes23, weights + (3 * Block) + 8);

            GateProducts fourthProducts = GateProducts.Multiply(in columns01, codes01);
            third.Add(in thirdProducts);
            fourthProducts.Add(in columns23, codes23);
            fourth.Add(in fourthProducts);
        }
        first.Store(ref sums);
        if (TGates.Count > 1)
            second.Store(ref Unsafe.Add(ref sums, 16));
        if (TGates.Count > 2)
            third.Store(ref Unsafe.Add(ref sums, 32));
        if (TGates.Count > 3)
            fourth.Store(ref Unsafe.Add(ref sums, 48));
    }

    public static void MultiplyWide(ref readonly sbyte tile, ref readonly byte prepared, TileShape shape, ref int sums) =>
        Arm64Sums.MultiplyWide(in tile, in prepared, shape, ref sums);

    /// <summary>Two columns of the sixteen rows of a gate.</summary>
    private struct GateWeights
    {
        public Vector64<sbyte> Rows0, Rows4, Rows8, Rows12;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static GateWeights Load(sbyte* weights) => new()
        {
            Rows0 = Vector64.Load(weights),
            Rows4 = Vector64.Load(weights + 16),
            Rows8 = Vector64.Load(weights + 32),
            Rows12 = Vector64.Load(weights + 48),
        };
    }

    /// <summary>16-bit products of a gate, those of a row side by side.</summary>
    private struct GateProducts
    {
        public Vector128<short> Rows0, Rows4, Rows8, Rows12;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static GateProducts Multiply(in GateWeights weights, Vector64<sbyte> codes) => new()
        {
            Rows0 = AdvSimd.MultiplyWideningLower(weights.Rows0, codes),
            Rows4 = AdvSimd.MultiplyWideningLower(weights.Rows4, codes),
            Rows8 = AdvSimd.MultiplyWideningLower(weights.Rows8, codes),
            Rows12 = AdvSimd.MultiplyWideningLower(weights.Rows12, codes),
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(in GateWeights weights, Vector64<sbyte> codes)
        {
            Rows0 = AdvSimd.MultiplyWideningLowerAndAdd(Rows0, weights.Rows0, codes);
            Rows4 = AdvSimd.MultiplyWideningLowerAndAdd(Rows4, weights.Rows4, codes);
            Rows8 = AdvSimd.MultiplyWideningLowerAndAdd(Rows8, weights.Rows8, codes);
            Rows12 = AdvSimd.MultiplyWideningLowerAndAdd(Rows12, weights.Rows12, codes);
        }

        /// <summary>Adds products and replaces each weight by the next gate's.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddAndLoad(ref GateWeights weights, Vector64<sbyte> codes, sbyte* next)
        {
            Rows0 = AdvSimd.MultiplyWideningLowerAndAdd(Rows0, weights.Rows0, codes);
            weights.Rows0 = Vector64.Load(next);
            Rows4 = AdvSimd.MultiplyWideningLowerAndAdd(Rows4, weights.Rows4, codes);
            weights.Rows4 = Vector64.Load(next + 16);
            Rows8 = AdvSimd.MultiplyWideningLowerAndAdd(Rows8, weights.Rows8, codes);
            weights.Rows8 = Vector64.Load(next + 32);
            Rows12 = AdvSimd.MultiplyWideningLowerAndAdd(Rows12, weights.Rows12, codes);
            weights.Rows12 = Vector64.Load(next + 48);
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
            weights.Rows0 = Vector64.Load(next);
            _rows4 = AdvSimd.AddPairwiseWideningAndAdd(_rows4, products.Rows4);
            weights.Rows4 = Vector64.Load(next + 16);
            _rows8 = AdvSimd.AddPairwiseWideningAndAdd(_rows8, products.Rows8);
            weights.Rows8 = Vector64.Load(next + 32);
            _rows12 = AdvSimd.AddPairwiseWideningAndAdd(_rows12, products.Rows12);
            weights.Rows12 = Vector64.Load(next + 48);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ref int sums) => Arm64Sums.Store(_rows0, _rows4, _rows8, _rows12, ref sums);
    }
}
