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
        : base(layer, rows, constants, layer.LinearBeforeReset ? GateCount : HiddenGate, layer.ResetHidden is not { } codes || new CodeEncoding(layer.ResetHiddenRescale, codes).FitsLanes)
    {
        if (layer.LinearBeforeReset)
        {
            _recurrentConstants = new AlignedBuffer(TileCount * TileShape.Units * sizeof(long));
            for (int unit = 0; unit < TileCount * TileShape.Units; unit += TLanes.Count)
                new ConstantPacker<TLanes, TVector>(layer.HiddenSize, 0, unit).Pack(rows.RecurrentConstants, _recurrentConstants.Integers.Slice(2 * unit, 2 * TLanes.Count));
            return;
        }
        int units = layer.HiddenSize;
        _resetEncoding = new CodeEncoding(layer.ResetHiddenRescale, layer.ResetHidden!);
        _resetTiles = PackedTiles.Create<TProduct>(units, new TileShape(1, units, _resetEncoding.IsWide))
            .Pack<TProduct>(0, constants[layer.RecurrentWeights].Int8[(HiddenGate * units * units)..]);
    }

    public override long Bytes => base.Bytes + (_recurrentConstants?.Length ?? 0) + (_resetTiles?.Bytes ?? 0);

    protected override void StepPlain(RecurrentState state, int blockStep) => Step<PlainPath>(state, blockStep);

    protected override void StepAny(RecurrentState state, int blockStep) => Step<AnyPath>(state, blockStep);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        if (_resetTiles is null)
            StepLinear<TPath>(state, blockStep);
        else
            StepReset<TPath>(state, blockStep);
    }

    /// <summary>linear_before_reset = 1, tile by tile, the products of the next tile between the two long chains of one (as in the LSTM).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepLinear<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        StepMemory memory = state.Memory;
        (int tile, int direction) = Order(memory);
        ref int a = ref InputSums(memory, tile, blockStep);
        ref int b = ref RecurrentSums(memory, tile);
        for (int left = TileCount - 1; left > 0; left--)
        {
            ActivateLinear<TPath>(state, tile, ref a, ref b);
            a = ref InputSums(memory, tile + direction, blockStep);
            b = ref RecurrentSums(memory, tile + direction);
            UpdateHidden<TPath>(state, tile);
            tile += direction;
        }
        ActivateLinear<TPath>(state, tile, ref a, ref b);
        UpdateHidden<TPath>(state, tile);
    }

    /// <summary>linear_before_reset = 0: z, r and the codes of r h of all tiles, then the candidate n of R (r h) and h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepReset<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        StepMemory memory = state.Memory;
        for (int tile = 0; tile < TileCount; tile++)
        {
            ref int a = ref InputSums(memory, tile, blockStep);
            ResetState<TPath>(state, tile, ref a, ref RecurrentSums(memory, tile));
            if (blockStep < 0)
                Unsafe.CopyBlockUnaligned(ref Unsafe.As<int, byte>(ref memory.BlockSums(0, tile)), ref Unsafe.As<int, byte>(ref a), GateCount * TileShape.Units * sizeof(int));
        }
        TProduct.Prepare(state.ResetCodes, ref memory.Reset);
        for (int tile = 0; tile < TileCount; tile++)
        {
            TileProduct.Multiply<TProduct>(in _resetTiles!.Tile(tile, 0), in memory.Reset, _resetTiles.Shape(0), ref memory.RecurrentSums);
            FinishReset<TPath>(state, tile, ref memory.BlockSums(Math.Max(blockStep, 0), tile), ref memory.RecurrentSums);
        }
    }

    /// <summary>z, r, the candidate n of r (R h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ActivateLinear<TPath>(RecurrentState state, int tile, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        ActivateGates<TPath>(in lanes, state, tile, UpdateGate, HiddenGate, ref a, ref b);
        ResetProduct<TPath>(in lanes, state, tile, ref a, ref b);
    }

    /// <summary>z, r and the codes of mul(r, h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ResetState<TPath>(RecurrentState state, int tile, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        ActivateGates<TPath>(in lanes, state, tile, UpdateGate, HiddenGate, ref a, ref b);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            int unit = (tile * TileShape.Units) + lane;
            TVector r = TLanes.Load(in state.Gate(tile, ResetGate, lane)), h = TLanes.Load(in Unsafe.Add(ref state.FirstHidden, unit));
            TVector seen = TLanes.Multiply(r, h);
            if (TPath.IsPlain)
            {
                Encode(seen, in _resetEncoding, ref state.FirstResetCode, unit);
                continue;
            }
            TLanes.Store(seen, ref state.Memory.Values);
            EncodeEach(in state.Memory.Values, in _resetEncoding, ref state.FirstResetCode, unit);
        }
    }

    /// <summary>The candidate n of R (r h), h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FinishReset<TPath>(RecurrentState state, int tile, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        // B of the one gate lies at the beginning.
        ActivateGates<TPath>(in lanes, state, tile, HiddenGate, GateCount, ref a, ref Unsafe.Subtract(ref b, HiddenGate * TileShape.Units));
        UpdateHidden<TPath>(state, tile);
    }

    /// <summary>p = (B MB + KB) >> S limited; z_h = sat(((A MA + KA) >> S) + mul(r, p), -L, L); n = G(z_h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ResetProduct<TPath>(ref readonly TLanes lanes, RecurrentState state, int tile, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        ref long kb = ref Unsafe.Add(ref Unsafe.As<int, long>(ref _recurrentConstants!.FirstInteger), tile * TileShape.Units);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            int row = (HiddenGate * TileShape.Units) + lane;
            ref int constants = ref Constants(tile, row);
            TVector p = TLanes.Rescale(in Unsafe.Add(ref b, row), in Unsafe.Add(ref constants, TLanes.Count), in Unsafe.Add(ref kb, lane), in Shift);
            TVector x = TLanes.Rescale(in Unsafe.Add(ref a, row), in constants, in Unsafe.As<int, long>(ref Unsafe.Add(ref constants, 2 * TLanes.Count)), in Shift);
            TVector sum = TLanes.AddProduct(x, TLanes.Load(in state.Gate(tile, ResetGate, lane)), TLanes.Clamp(p, -LargestRecurrent, LargestRecurrent));
            Activate<TPath>(in lanes, state, tile, row, sum);
        }
    }

    /// <summary>h' = n + z (h - n).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdateHidden<TPath>(RecurrentState state, int tile)
        where TPath : struct, IStepPath
    {
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            int unit = (tile * TileShape.Units) + lane;
            TVector z = TLanes.Load(in state.Gate(tile, UpdateGate, lane)), n = TLanes.Load(in state.Gate(tile, HiddenGate, lane));
            StoreHidden<TPath>(state, unit, TLanes.Interpolate(z, TLanes.Load(in Unsafe.Add(ref state.FirstHidden, unit)), n));
        }
    }
}
