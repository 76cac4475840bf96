using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;
using static Latch.Runtime.Kernels.Requantize;

namespace Latch.Runtime.Cells;

/// <summary>The LSTM of NUMERICS.md section 5.</summary>
internal sealed class LstmCell<TProduct, TLanes, TVector> : TiledCell<TProduct, TLanes, TVector>
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    private const int InputGate = 0, OutputGate = 1, ForgetGate = 2, CellGate = 3, GateCount = 4;

    private readonly long[]? _peepholeConstants;
    private readonly int[]? _peepholes;
    private readonly GateRule _outputRule;
    private readonly int _cellShift;

    public LstmCell(RecurrentLayer layer, RecurrentRows rows, IReadOnlyDictionary<string, ConstantTensor> constants)
        : base(layer, rows, constants, GateCount, layer.OutputActivation.IsCurve && !layer.InputForget && layer.Peepholes is null)
    {
        _outputRule = new GateRule(layer.OutputActivation.IsCurve ? Activation.CurveEnd : Activation.StraightEnd, layer.OutputActivation);
        _cellShift = FractionBits - layer.CellFractionBits;
        _peepholes = rows.Peepholes;
        _peepholeConstants = _peepholes is null ? null : rows.Constants;
    }

    /// <summary>From a cell state to Q.13.</summary>
    private int HiddenShift => FractionBits - PreActivationBits - _cellShift;

    public override long Bytes => base.Bytes + (sizeof(int) * (_peepholes?.Length ?? 0)) + (sizeof(long) * (_peepholeConstants?.Length ?? 0));

    protected override void StepPlain(RecurrentState state, int blockStep) => Step<PlainPath>(state, blockStep);

    protected override void StepWatched(RecurrentState state, int blockStep) => Step<WatchedPath>(state, blockStep);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        for (int i = 0; i < GroupCount; i++)
        {
            TileGroup group = Group(state.Memory, i);
            ref int a = ref Multiply(state.Memory, group, blockStep);
            ActivateGates<TPath>(state, group, ref a, ref state.Memory.RecurrentSums);
            Update<TPath>(state, group);
        }
    }

    protected override void StepAny(RecurrentState state, int blockStep)
    {
        for (int i = 0; i < GroupCount; i++)
        {
            TileGroup group = Group(state.Memory, i);
            ref int a = ref Multiply(state.Memory, group, blockStep);
            for (int tile = group.First, sums = 0; tile < group.End; tile++, sums += state.Memory.TileSums)
                FinishInOrder(state, tile, ref Unsafe.Add(ref a, sums), ref Unsafe.Add(ref state.Memory.RecurrentSums, sums));
        }
    }

    /// <summary>c' and h' of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update<TPath>(RecurrentState state, TileGroup group)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        int shift = HiddenShift;
        ref int gates = ref state.Gate(group.First, 0, 0);
        for (int unit = group.First * TileShape.Units; unit < group.End * TileShape.Units; unit += TileShape.Units)
        {
            for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
            {
                TVector c = UpdateCell(ref Unsafe.Add(ref gates, lane), ref Unsafe.Add(ref state.FirstCell, unit + lane));
                if (TPath.IsWatched)
                    state.CellSaturations += CountSaturated(c);
                TVector shown = ApplyCurve(in lanes, in _outputRule, TLanes.RoundShift(c, shift));
                TVector h = TLanes.Multiply(Gate(OutputGate, ref Unsafe.Add(ref gates, lane)), shown);
                StoreHidden<TPath>(state, unit + lane, h);
            }
            gates = ref Unsafe.Add(ref gates, GateCount * TileShape.Units);
        }
    }

    /// <summary>The same by any path: one gate after the other, as one may see the cell or follow from another.</summary>
    private void FinishInOrder(RecurrentState state, int tile, ref int a, ref int b)
    {
        SeeCell(state, tile, InputGate, ref a, ref b);
        SeeCell(state, tile, ForgetGate, ref a, ref b);
        if (Layer.InputForget)
            ForgetByInput(state, tile);
        ActivateAny(state, tile, CellGate, GateCount, ref a, ref b);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            TVector c = UpdateCell(ref state.Gate(tile, 0, lane), ref Unsafe.Add(ref state.FirstCell, (tile * TileShape.Units) + lane));
            state.CellSaturations += CountSaturated(c);
        }
        SeeCell(state, tile, OutputGate, ref a, ref b);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
            ShowCell(state, tile, lane);
    }

    /// <summary>c' = f c + i g, one rounding.</summary>
    /// <param name="gates">The first unit in the gates of a tile.</param>
    /// <param name="cell">The first unit in the cell states.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector UpdateCell(ref int gates, ref int cell)
    {
        TVector i = Gate(InputGate, ref gates), f = Gate(ForgetGate, ref gates), g = Gate(CellGate, ref gates);
        TVector c = TLanes.MultiplyAdd(f, TLanes.Load(in cell), i, g, _cellShift);
        TLanes.Store(c, ref cell);
        return c;
    }

    /// <summary>One gate of some units of a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gate(int gate, ref int gates) => TLanes.Load(in Unsafe.Add(ref gates, gate * TileShape.Units));

    /// <summary>h' = o H(c'), by any path.</summary>
    private void ShowCell(RecurrentState state, int tile, int lane)
    {
        int unit = (tile * TileShape.Units) + lane;
        TLanes.Store(TLanes.RoundShift(TLanes.Load(in Unsafe.Add(ref state.FirstCell, unit)), HiddenShift), ref state.Memory.Values);
        ApplyEach(in _outputRule, state.Memory);
        TVector o = Gate(OutputGate, ref state.Gate(tile, 0, lane));
        StoreHidden<AnyPath>(state, unit, TLanes.Multiply(o, TLanes.Load(in state.Memory.Values)));
    }

    /// <summary>The attribute input_forget: f = 1 - i, of the input gate as it is used.</summary>
    private static void ForgetByInput(RecurrentState state, int tile)
    {
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            TLanes.Store(TLanes.Complement(TLanes.Load(in state.Gate(tile, InputGate, lane))), ref state.Memory.Values);
            SetGate(state, tile, ForgetGate, lane);
        }
    }

    /// <summary>A gate that may have a peephole: c MP enters its sum, as part of K. Where the recurrence is cut, the cell of the step before is not seen either.</summary>
    private void SeeCell(RecurrentState state, int tile, int gate, ref int a, ref int b)
    {
        if (_peepholes is null || (state.IsCut && gate != OutputGate))
        {
            ActivateAny(state, tile, gate, gate + 1, ref a, ref b);
            return;
        }
        Span<long> sums = stackalloc long[TileShape.Units], packed = stackalloc long[TileShape.Units];
        for (int lane = 0; lane < sums.Length; lane++)
        {
            int unit = (tile * TileShape.Units) + lane, row = (gate * Layer.HiddenSize) + unit;
            sums[lane] = unit < Layer.HiddenSize ? _peepholeConstants![row] + ((long)state.Cell[unit] * _peepholes[row]) : 0;
        }
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            int row = (gate * TileShape.Units) + lane;
            ref int constants = ref Constants(tile, row);
            TLanes.PackConstants(sums.Slice(lane, TLanes.Count), packed);
            TVector sum = TLanes.Rescale(
                in Unsafe.Add(ref a, row), in constants, in Unsafe.Add(ref b, row), in Unsafe.Add(ref constants, TLanes.Count), in packed[0], in Shift);
            ActivateAny(state, tile, row, sum);
        }
    }

    /// <summary>How many cell states lie at the limit of their format, +-(2^31 - 1). Where there is no unit, the state is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountSaturated(TVector cell) => TLanes.CountOutside(cell, -(int.MaxValue - 1), int.MaxValue - 1);
}
