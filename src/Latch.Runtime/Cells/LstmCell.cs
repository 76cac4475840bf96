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
        : base(layer, rows, constants, GateCount)
    {
        _outputRule = new GateRule(layer.OutputActivation.IsCurve ? Activation.CurveEnd : Activation.StraightEnd, layer.OutputActivation);
        _cellShift = FractionBits - layer.CellFractionBits;
        _peepholes = rows.Peepholes;
        _peepholeConstants = _peepholes is null ? null : rows.Constants;
    }

    public override long Bytes => base.Bytes + (sizeof(int) * (_peepholes?.Length ?? 0)) + (sizeof(long) * (_peepholeConstants?.Length ?? 0));

    protected override void Step(RecurrentState state, int blockStep) => Step<Unwatched>(state, blockStep);

    protected override void WatchedStep(RecurrentState state) => Step<Watched>(state, -1);

    /// <summary>i, f, the candidate, c', o, h', tile by tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step<TWatching>(RecurrentState state, int blockStep)
        where TWatching : struct, IWatching
    {
        (int tile, int direction) = Order(state.Memory);
        for (int count = 0; count < TileCount; count++, tile += direction)
        {
            ref int a = ref InputSums(state.Memory, tile, blockStep);
            ref int b = ref RecurrentSums(state.Memory, tile);
            if (_peepholes is null && !Layer.InputForget)
                Finish<TWatching>(state, tile, in a, in b);
            else
                FinishInOrder<TWatching>(state, tile, ref a, ref b);
        }
    }

    /// <summary>All gates of a tile, c' and h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish<TWatching>(RecurrentState state, int tile, ref readonly int a, ref readonly int b)
        where TWatching : struct, IWatching
    {
        TLanes lanes = Lanes;
        ActivateGates<TWatching>(in lanes, state, tile, InputGate, GateCount, in a, in b);
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
            UpdateHidden<TWatching>(in lanes, state, unit, UpdateCell<TWatching>(state, unit));
    }

    /// <summary>The same where a gate sees the cell, or f follows from i: one after the other.</summary>
    private void FinishInOrder<TWatching>(RecurrentState state, int tile, ref int a, ref int b)
        where TWatching : struct, IWatching
    {
        TLanes lanes = Lanes;
        SeeCell<TWatching>(in lanes, state, tile, InputGate, ref a, ref b);
        SeeCell<TWatching>(in lanes, state, tile, ForgetGate, ref a, ref b);
        if (Layer.InputForget)
            ForgetByInput(state, tile);
        ActivateGates<TWatching>(in lanes, state, tile, CellGate, GateCount, in Of(CellGate, ref a), in Of(CellGate, ref b));
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
            UpdateCell<TWatching>(state, unit);
        SeeCell<TWatching>(in lanes, state, tile, OutputGate, ref a, ref b);
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
            UpdateHidden<TWatching>(in lanes, state, unit, TLanes.Load(in Unsafe.Add(ref state.FirstCell, unit)));
    }

    /// <summary>c' = f c + i g, one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector UpdateCell<TWatching>(RecurrentState state, int unit)
        where TWatching : struct, IWatching
    {
        ref int cell = ref Unsafe.Add(ref state.FirstCell, unit);
        if (TWatching.IsOn)
            CountSaturated(state, unit);
        TVector i = TLanes.Load(in state.Gate(InputGate, unit)), f = TLanes.Load(in state.Gate(ForgetGate, unit));
        TVector g = TLanes.Load(in state.Gate(CellGate, unit)), c = TLanes.Load(in cell);
        TVector updated = TLanes.MultiplyAdd(f, c, i, g, _cellShift);
        TLanes.Store(updated, ref cell);
        return updated;
    }

    /// <summary>h' = o H(c').</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void UpdateHidden<TWatching>(ref readonly TLanes lanes, RecurrentState state, int unit, TVector c)
        where TWatching : struct, IWatching
    {
        TVector shown = Apply(in lanes, in _outputRule, TLanes.RoundShift(c, FractionBits - _cellShift - PreActivationBits), state.Memory);
        StoreHidden<TWatching>(state, unit, TLanes.Multiply(TLanes.Load(in state.Gate(OutputGate, unit)), shown));
    }

    /// <summary>The attribute input_forget: f = 1 - i, of the input gate as it is used.</summary>
    private static void ForgetByInput(RecurrentState state, int tile)
    {
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
            SetGate(state, ForgetGate, unit, TLanes.Complement(TLanes.Load(in state.Gate(InputGate, unit))));
    }

    /// <summary>A gate that may have a peephole: c MP enters its sum, as part of K.</summary>
    private void SeeCell<TWatching>(ref readonly TLanes lanes, RecurrentState state, int tile, int gate, ref int a, ref int b)
        where TWatching : struct, IWatching
    {
        a = ref Of(gate, ref a);
        b = ref Of(gate, ref b);
        if (_peepholes is null)
        {
            ActivateGates<TWatching>(in lanes, state, tile, gate, gate + 1, in a, in b);
            return;
        }
        Span<long> sums = stackalloc long[TileShape.Units], packed = stackalloc long[TileShape.Units];
        int first = tile * TileShape.Units;
        for (int lane = 0; lane < sums.Length; lane++)
        {
            int unit = first + lane, row = (gate * Layer.HiddenSize) + unit;
            sums[lane] = unit < Layer.HiddenSize ? _peepholeConstants![row] + ((long)state.Cell[unit] * _peepholes[row]) : 0;
        }
        ref int constants = ref Constants(tile, gate);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            TLanes.PackConstants(sums.Slice(lane, TLanes.Count), packed);
            TVector sum = TLanes.Rescale(
                in Unsafe.Add(ref a, lane), in Unsafe.Add(ref constants, lane),
                in Unsafe.Add(ref b, lane), in Unsafe.Add(ref constants, TileShape.Units + lane), in packed[0], Shift);
            Activate<TWatching>(in lanes, state, gate, first + lane, sum, in Rule(gate));
        }
    }

    /// <summary>Counts the cell states that the update is about to limit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CountSaturated(RecurrentState state, int unit)
    {
        for (int end = Math.Min(unit + TLanes.Count, Layer.HiddenSize); unit < end; unit++)
        {
            long sum = (long)state.Gate(ForgetGate, unit) * state.Cell[unit];
            sum = (sum + (((long)state.Gate(InputGate, unit) * state.Gate(CellGate, unit)) >> _cellShift) + (One >> 1)) >> FractionBits;
            state.CellSaturations += Saturate(sum) == sum ? 0 : 1;
        }
    }

    private static ref int Of(int gate, ref int sums) => ref Unsafe.Add(ref sums, gate * TileShape.Units);
}
