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

    protected override void StepWatched(RecurrentState state, int blockStep) => Step<WatchedPath>(state, blockStep);

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

    /// <summary>linear_before_reset = 1: z, r, the candidate n of r (R h), h', group by group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepLinear<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        for (int i = 0; i < GroupCount; i++)
        {
            TileGroup group = Group(state.Memory, i);
            ref int a = ref Multiply(state.Memory, group, blockStep);
            Activate<TPath>(state, group, UpdateGate, HiddenGate, ref a, ref state.Memory.RecurrentSums);
            ResetProduct<TPath>(state, group, ref a, ref state.Memory.RecurrentSums);
            UpdateHidden<TPath>(state, group);
        }
    }

    /// <summary>linear_before_reset = 0: z, r and the codes of r h of all tiles, then the candidate n of R (r h) and h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepReset<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        StepMemory memory = state.Memory;
        for (int i = 0; i < GroupCount; i++)
        {
            TileGroup group = Group(memory, i);
            ref int a = ref Multiply(memory, group, blockStep);
            Activate<TPath>(state, group, UpdateGate, HiddenGate, ref a, ref memory.RecurrentSums);
            ResetState<TPath>(state, group);
            if (blockStep < 0)
                Unsafe.CopyBlockUnaligned(ref Unsafe.As<int, byte>(ref memory.BlockSums(0, group.First)), ref Unsafe.As<int, byte>(ref a), (uint)(group.Count * memory.TileSums * sizeof(int)));
        }
        CodeSpan reset = state.ResetCodes;
        if (state.IsCut)
            reset.Fill(_resetEncoding.ZeroPoint);
        TProduct.Prepare(in reset, ref memory.Reset);
        for (int i = 0; i < GroupCount; i++)
        {
            TileGroup group = Group(memory, i);
            MultiplyReset(memory, group);
            Activate<TPath>(state, group, HiddenGate, GateCount, ref memory.BlockSums(Math.Max(blockStep, 0), group.First), ref memory.RecurrentSums);
            UpdateHidden<TPath>(state, group);
        }
    }

    /// <summary>B = R (r h) of a group, where the sums of the hidden gate lie.</summary>
    private void MultiplyReset(StepMemory memory, TileGroup group)
    {
        ref int b = ref Unsafe.Add(ref memory.RecurrentSums, HiddenGate * TileShape.Units);
        for (int tile = group.First; tile < group.End; tile++, b = ref Unsafe.Add(ref b, memory.TileSums))
            TileProduct.Multiply<TProduct>(in _resetTiles!.Tile(tile, 0), in memory.Reset, _resetTiles.Shape(0), ref b);
    }

    /// <summary>Some gates of each tile of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activate<TPath>(RecurrentState state, TileGroup group, int gate, int last, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        for (int tile = group.First; tile < group.End; tile++)
        {
            ref int constants = ref Constants(tile, 0);
            for (int row = gate * TileShape.Units, end = last * TileShape.Units; row < end; row += TLanes.Count)
                Activate<TPath>(in lanes, state, tile, row, Sum(ref a, ref b, ref constants, row));
            a = ref Unsafe.Add(ref a, GateCount * TileShape.Units);
            b = ref Unsafe.Add(ref b, GateCount * TileShape.Units);
        }
    }

    /// <summary>The codes of mul(r, h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ResetState<TPath>(RecurrentState state, TileGroup group)
        where TPath : struct, IStepPath
    {
        for (int unit = group.First * TileShape.Units; unit < group.End * TileShape.Units; unit += TLanes.Count)
        {
            TVector r = TLanes.Load(in state.Gate(unit / TileShape.Units, ResetGate, unit % TileShape.Units));
            TVector seen = TLanes.Multiply(r, TLanes.Load(in Unsafe.Add(ref state.FirstHidden, unit)));
            if (TPath.IsPlain)
            {
                Encode(seen, in _resetEncoding, ref state.FirstResetCode, unit);
                continue;
            }
            TLanes.Store(seen, ref state.Memory.Values);
            EncodeEach(in state.Memory.Values, in _resetEncoding, ref state.FirstResetCode, unit);
        }
    }

    /// <summary>p = (B MB + KB) >> S limited; z_h = sat(((A MA + KA) >> S) + mul(r, p), -L, L); n = G(z_h).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ResetProduct<TPath>(RecurrentState state, TileGroup group, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        for (int tile = group.First; tile < group.End; tile++)
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
            a = ref Unsafe.Add(ref a, GateCount * TileShape.Units);
            b = ref Unsafe.Add(ref b, GateCount * TileShape.Units);
        }
    }

    /// <summary>h' = n + z (h - n).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdateHidden<TPath>(RecurrentState state, TileGroup group)
        where TPath : struct, IStepPath
    {
        for (int tile = group.First; tile < group.End; tile++)
        {
            for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
            {
                int unit = (tile * TileShape.Units) + lane;
                TVector z = TLanes.Load(in state.Gate(tile, UpdateGate, lane)), n = TLanes.Load(in state.Gate(tile, HiddenGate, lane));
                StoreHidden<TPath>(state, unit, TLanes.Interpolate(z, TLanes.Load(in Unsafe.Add(ref state.FirstHidden, unit)), n));
            }
        }
    }
}
