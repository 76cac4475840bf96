using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;
using static Latch.Runtime.Kernels.Requantize;

namespace Latch.Runtime.Cells;

/// <summary>The LSTM of NUMERICS.md section 5.</summary>
internal sealed class LstmCell<TProduct, TLanes, TVector> : TiledCell<TProduct, TLanes, TVector>
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int InputGate = 0, OutputGate = 1, ForgetGate = 2, CellGate = 3, GateCount = 4;

    private readonly long[]? _peepholeConstants;
    private readonly int[]? _peepholes;

    public LstmCell(RecurrentLayer layer, RecurrentRows rows, IReadOnlyDictionary<string, ConstantTensor> constants)
        : base(layer, rows, constants, GateCount)
    {
        _peepholes = rows.Peepholes;
        _peepholeConstants = _peepholes is null ? null : rows.Constants;
    }

    public override long Bytes => base.Bytes + (sizeof(int) * (_peepholes?.Length ?? 0)) + (sizeof(long) * (_peepholeConstants?.Length ?? 0));

    protected override void Step(RecurrentState state, int blockStep) => Step<Unwatched>(state, blockStep);

    protected override void WatchedStep(RecurrentState state) => Step<Watched>(state, -1);

    /// <summary>i, f, the candidate, c', o, h', tile by tile.</summary>
    private void Step<TWatching>(RecurrentState state, int blockStep)
        where TWatching : struct, IWatching
    {
        (int tile, int direction) = Order(state.Memory);
        for (int count = 0; count < TileCount; count++, tile += direction)
        {
            ref int a = ref InputSums(state.Memory, tile, blockStep);
            ref int b = ref RecurrentSums(state.Memory, tile);
            if (_peepholes is null)
            {
                ActivateGates<TWatching>(state, tile, InputGate, GateCount, in a, in b);
                ForgetByInput(state, tile);
                UpdateCell<TWatching>(state, tile);
            }
            else
            {
                SeeCell<TWatching>(state, tile, InputGate, in a, in b);
                SeeCell<TWatching>(state, tile, ForgetGate, in a, in b);
                ForgetByInput(state, tile);
                ActivateGates<TWatching>(state, tile, CellGate, GateCount, in Of(CellGate, ref a), in Of(CellGate, ref b));
                UpdateCell<TWatching>(state, tile);
                SeeCell<TWatching>(state, tile, OutputGate, in a, in b);
            }
            UpdateHidden<TWatching>(state, tile);
        }
    }

    /// <summary>c' = f c + i g, one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdateCell<TWatching>(RecurrentState state, int tile)
        where TWatching : struct, IWatching
    {
        int k = FractionBits - Layer.CellFractionBits;
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
        {
            ref int cell = ref Unsafe.Add(ref state.FirstCell, unit);
            TVector i = TLanes.Load(in state.Gate(InputGate, unit)), f = TLanes.Load(in state.Gate(ForgetGate, unit));
            TVector g = TLanes.Load(in state.Gate(CellGate, unit)), c = TLanes.Load(in cell);
            if (TWatching.IsOn)
                CountSaturated(state, unit, k);
            TLanes.Store(TLanes.MultiplyAdd(f, c, i, g, k), ref cell);
        }
    }

    /// <summary>h' = o H(c').</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdateHidden<TWatching>(RecurrentState state, int tile)
        where TWatching : struct, IWatching
    {
        int shift = Layer.CellFractionBits - PreActivationBits;
        int limit = Layer.OutputActivation.IsCurve ? Activation.CurveEnd : Activation.StraightEnd;
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
        {
            TVector o = TLanes.Load(in state.Gate(OutputGate, unit)), c = TLanes.Load(in Unsafe.Add(ref state.FirstCell, unit));
            TVector shown = Apply(Layer.OutputActivation, TLanes.Clamp(TLanes.RoundShift(c, shift), -limit, limit));
            StoreHidden<TWatching>(state, unit, TLanes.Multiply(o, shown));
        }
    }

    /// <summary>The attribute input_forget: f = 1 - i, of the input gate as it is used.</summary>
    private void ForgetByInput(RecurrentState state, int tile)
    {
        if (!Layer.InputForget)
            return;
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
            SetGate(state, ForgetGate, unit, TLanes.Complement(TLanes.Load(in state.Gate(InputGate, unit))));
    }

    /// <summary>A gate with a peephole: c MP enters its sum, as part of K.</summary>
    private void SeeCell<TWatching>(RecurrentState state, int tile, int gate, ref readonly int a, ref readonly int b)
        where TWatching : struct, IWatching
    {
        Span<long> sums = stackalloc long[TileShape.Units], packed = stackalloc long[TileShape.Units];
        int first = tile * TileShape.Units;
        for (int lane = 0; lane < sums.Length; lane++)
        {
            int unit = first + lane, row = (gate * Layer.HiddenSize) + unit;
            sums[lane] = unit < Layer.HiddenSize ? _peepholeConstants![row] + ((long)state.Cell[unit] * _peepholes![row]) : 0;
        }
        ref int constants = ref Constants(tile, gate);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            TLanes.PackConstants(sums.Slice(lane, TLanes.Count), packed);
            TVector sum = TLanes.Rescale(
                in Unsafe.Add(ref Of(gate, ref Unsafe.AsRef(in a)), lane), in Unsafe.Add(ref constants, lane),
                in Unsafe.Add(ref Of(gate, ref Unsafe.AsRef(in b)), lane), in Unsafe.Add(ref constants, TileShape.Units + lane), in packed[0], Layer.Shift);
            Activate<TWatching>(state, gate, first + lane, sum);
        }
    }

    /// <summary>Counts the cell states that the update is about to limit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CountSaturated(RecurrentState state, int unit, int k)
    {
        for (int end = Math.Min(unit + TLanes.Count, Layer.HiddenSize); unit < end; unit++)
        {
            long sum = (long)state.Gate(ForgetGate, unit) * state.Cell[unit];
            sum = (sum + (((long)state.Gate(InputGate, unit) * state.Gate(CellGate, unit)) >> k) + (One >> 1)) >> FractionBits;
            state.CellSaturations += Saturate(sum) == sum ? 0 : 1;
        }
    }

    private static ref int Of(int gate, ref int sums) => ref Unsafe.Add(ref sums, gate * TileShape.Units);
}
