using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>The GRU of NUMERICS.md section 5, in both forms of linear_before_reset.</summary>
internal sealed class GruCell<TProduct, TLanes, TVector> : TiledCell<TProduct, TLanes, TVector>
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    private const int UpdateGate = 0, ResetGate = 1, HiddenGate = 2, GateCount = 3;

    /// <summary>Limit of p: 2^13 in Q.13.</summary>
    private const int LargestRecurrent = 1 << 26;

    private readonly AlignedBuffer? _recurrentConstants;
    private readonly PackedTiles? _resetTiles;
    private readonly CodeEncoding _resetEncoding;

    public GruCell(RecurrentLayer layer, RecurrentRows rows, IReadOnlyDictionary<string, ConstantTensor> constants)
        : base(layer, rows, constants, layer.LinearBeforeReset ? GateCount : HiddenGate)
    {
        if (layer.LinearBeforeReset)
        {
            _recurrentConstants = new AlignedBuffer(TileCount * TileShape.Units * sizeof(long));
            for (int tile = 0; tile < TileCount; tile++)
            {
                Span<int> packed = _recurrentConstants.Integers.Slice(tile * 2 * TileShape.Units, 2 * TileShape.Units);
                new ConstantPacker<TLanes, TVector>(layer.HiddenSize, 0, tile).Pack(rows.RecurrentConstants, packed);
            }
            return;
        }
        int units = layer.HiddenSize;
        _resetEncoding = new CodeEncoding(layer.ResetHiddenRescale, layer.ResetHidden!);
        _resetTiles = PackedTiles.Create<TProduct>(units, new TileShape(1, units, _resetEncoding.IsWide))
            .Pack<TProduct>(0, constants[layer.RecurrentWeights].Int8[(HiddenGate * units * units)..]);
    }

    public override long Bytes => base.Bytes + (_recurrentConstants?.Length ?? 0) + (_resetTiles?.Bytes ?? 0);

    protected override void Step(RecurrentState state, int blockStep) => Step<Unwatched>(state, blockStep);

    protected override void WatchedStep(RecurrentState state) => Step<Watched>(state, -1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step<TWatching>(RecurrentState state, int blockStep)
        where TWatching : struct, IWatching
    {
        if (_resetTiles is null)
            StepLinear<TWatching>(state, blockStep);
        else
            StepReset<TWatching>(state, blockStep);
    }

    /// <summary>linear_before_reset = 1: tile by tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepLinear<TWatching>(RecurrentState state, int blockStep)
        where TWatching : struct, IWatching
    {
        (int tile, int direction) = Order(state.Memory);
        for (int count = 0; count < TileCount; count++, tile += direction)
        {
            ref int a = ref InputSums(state.Memory, tile, blockStep);
            FinishLinear<TWatching>(state, tile, ref a, ref RecurrentSums(state.Memory, tile));
        }
    }

    /// <summary>linear_before_reset = 0: z, r and the codes of r h of all tiles, then the candidate n of R (r h) and h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepReset<TWatching>(RecurrentState state, int blockStep)
        where TWatching : struct, IWatching
    {
        StepMemory memory = state.Memory;
        for (int tile = 0; tile < TileCount; tile++)
        {
            ref int a = ref InputSums(memory, tile, blockStep);
            ResetState<TWatching>(state, tile, in a, in RecurrentSums(memory, tile));
            if (blockStep < 0)
                Unsafe.CopyBlockUnaligned(ref Unsafe.As<int, byte>(ref memory.BlockSums(0, tile)), ref Unsafe.As<int, byte>(ref a), GateCount * TileShape.Units * sizeof(int));
        }
        TProduct.Prepare(state.ResetCodes, ref memory.Reset);
        for (int tile = 0; tile < TileCount; tile++)
        {
            TileProduct.Multiply<TProduct>(in _resetTiles!.Tile(tile, 0), in memory.Reset, _resetTiles.Shape(0), ref memory.RecurrentSums);
            FinishReset<TWatching>(state, tile, in Of(HiddenGate, ref memory.BlockSums(Math.Max(blockStep, 0), tile)), in memory.RecurrentSums);
        }
    }

    /// <summary>z, r, the candidate n of r (R h), h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FinishLinear<TWatching>(RecurrentState state, int tile, ref int a, ref int b)
        where TWatching : struct, IWatching
    {
        TLanes lanes = Lanes;
        ActivateGates<TWatching>(in lanes, state, tile, UpdateGate, HiddenGate, in a, in b);
        ResetProduct<TWatching>(in lanes, state, tile, ref Of(HiddenGate, ref a), ref Of(HiddenGate, ref b));
        UpdateHidden<TWatching>(state, tile);
    }

    /// <summary>z, r and the codes of mul(r, h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ResetState<TWatching>(RecurrentState state, int tile, ref readonly int a, ref readonly int b)
        where TWatching : struct, IWatching
    {
        TLanes lanes = Lanes;
        ActivateGates<TWatching>(in lanes, state, tile, UpdateGate, HiddenGate, in a, in b);
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
        {
            TVector r = TLanes.Load(in state.Gate(ResetGate, unit)), h = TLanes.Load(in Unsafe.Add(ref state.FirstHidden, unit));
            Encode<Unwatched>(TLanes.Multiply(r, h), in _resetEncoding, ref state.FirstResetCode, unit, state.Memory);
        }
    }

    /// <summary>The candidate n of R (r h), h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FinishReset<TWatching>(RecurrentState state, int tile, ref readonly int a, ref readonly int b)
        where TWatching : struct, IWatching
    {
        TLanes lanes = Lanes;
        ActivateGates<TWatching>(in lanes, state, tile, HiddenGate, GateCount, in a, in b);
        UpdateHidden<TWatching>(state, tile);
    }

    /// <summary>p = (B MB + KB) >> S limited; z_h = sat(((A MA + KA) >> S) + mul(r, p), -L, L); n = G(z_h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ResetProduct<TWatching>(ref readonly TLanes lanes, RecurrentState state, int tile, ref int a, ref int b)
        where TWatching : struct, IWatching
    {
        ref int constants = ref Constants(tile, HiddenGate);
        ref long ka = ref Unsafe.As<int, long>(ref Unsafe.Add(ref constants, 2 * TileShape.Units));
        ref long kb = ref Unsafe.Add(ref Unsafe.As<int, long>(ref _recurrentConstants!.FirstInteger), tile * TileShape.Units);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            int unit = (tile * TileShape.Units) + lane;
            TVector p = TLanes.Rescale(in Unsafe.Add(ref b, lane), in Unsafe.Add(ref constants, TileShape.Units + lane), in Unsafe.Add(ref kb, lane), Shift);
            TVector x = TLanes.Rescale(in Unsafe.Add(ref a, lane), in Unsafe.Add(ref constants, lane), in Unsafe.Add(ref ka, lane), Shift);
            TVector sum = TLanes.AddProduct(x, TLanes.Load(in state.Gate(ResetGate, unit)), TLanes.Clamp(p, -LargestRecurrent, LargestRecurrent));
            Activate<TWatching>(in lanes, state, HiddenGate, unit, sum, in Rule(HiddenGate));
        }
    }

    /// <summary>h' = n + z (h - n).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void UpdateHidden<TWatching>(RecurrentState state, int tile)
        where TWatching : struct, IWatching
    {
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
        {
            TVector z = TLanes.Load(in state.Gate(UpdateGate, unit)), n = TLanes.Load(in state.Gate(HiddenGate, unit));
            StoreHidden<TWatching>(state, unit, TLanes.Interpolate(z, TLanes.Load(in Unsafe.Add(ref state.FirstHidden, unit)), n));
        }
    }

    private static ref int Of(int gate, ref int sums) => ref Unsafe.Add(ref sums, gate * TileShape.Units);
}
