using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>
/// What the three cells share: the walk over steps, the products of tiles of 16 units, their gates, and the codes of their hidden state. A group of tiles is finished
/// before the next one begins, so a step reads the weights once, in the order in which they lie in memory, and its sums never leave the nearest cache.
/// </summary>
internal abstract partial class TiledCell<TProduct, TLanes, TVector> : Cell
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Integers of a row's constants: MA, MB, and K in 64 bits, each of one vector after the other.</summary>
    protected const int RowConstants = 4;

    private const int InputMatrix = 0, RecurrentMatrix = 1;

    private readonly PackedTiles _tiles;
    private readonly TileShape _inputShape;
    private readonly TileShape _recurrentShape;
    private readonly AlignedBuffer _constants;
    private readonly AlignedBuffer _table;
    private readonly CodeEncoding _hiddenEncoding;
    private readonly GateRule[] _rules;
    private readonly SumShift _shift;
    private readonly int _gateCount;
    private readonly bool _isPlain;

    /// <param name="layer">The layer.</param>
    /// <param name="rows">Constants of its rows.</param>
    /// <param name="constants">The model's tensors.</param>
    /// <param name="recurrentGates">Gates whose recurrent product takes the hidden state.</param>
    /// <param name="isPlain">What the cell knows of <see cref="PlainPath"/>.</param>
    protected TiledCell(RecurrentLayer layer, RecurrentRows rows, IReadOnlyDictionary<string, ConstantTensor> constants, int recurrentGates, bool isPlain)
        : base(layer)
    {
        int units = layer.HiddenSize;
        _inputShape = new TileShape(layer.GateCount, layer.InputSize, layer.Input.Type == ElementType.Int16);
        _recurrentShape = new TileShape(recurrentGates, units, layer.Hidden.Type == ElementType.Int16);
        _tiles = PackedTiles.Create<TProduct>(units, _inputShape, _recurrentShape)
            .Pack<TProduct>(InputMatrix, constants[layer.InputWeights].Int8)
            .Pack<TProduct>(RecurrentMatrix, constants[layer.RecurrentWeights].Int8[..(recurrentGates * units * units)]);
        _constants = PackConstants(layer, rows);
        _table = new AlignedBuffer(TLanes.TableLength * sizeof(int));
        TLanes.PackTable(CurveTables.Sigmoid, _table.Integers);
        _hiddenEncoding = new CodeEncoding(layer.HiddenRescale, layer.Hidden);
        (_shift, _gateCount) = (new SumShift(rows.Shift), layer.GateCount);
        // Once per tile of a group, as gates follow one another there.
        _rules = new GateRule[StepMemory.LargestGroup * _gateCount];
        for (int i = 0; i < _rules.Length; i++)
        {
            bool candidate = layer.Kind != CellKind.Rnn && i % _gateCount == _gateCount - 1;
            _rules[i] = new GateRule(layer.PreActivationLimits[i % _gateCount], candidate ? layer.CandidateActivation : layer.GateActivation);
        }
        _isPlain = isPlain && _hiddenEncoding.FitsLanes && Array.TrueForAll(_rules, static rule => rule.Function.IsCurve);
    }

    public override long Bytes => _tiles.Bytes + _constants.Length + _table.Length;

    protected int TileCount => _tiles.Count;

    protected ref readonly SumShift Shift => ref _shift;

    /// <summary>Lanes with the table of the sigmoid.</summary>
    protected TLanes Lanes => TLanes.Create(in _table.FirstInteger);

    public override RecurrentState CreateState(int layer, int steps, CodeEncoding output)
    {
        int hidden = TProduct.PreparedBytes(Layer.HiddenSize, _recurrentShape.IsWide);
        int reset = Layer.ResetHidden is { } codes ? TProduct.PreparedBytes(Layer.HiddenSize, codes.Type == ElementType.Int16) : 0;
        int input = TProduct.PreparedBytes(Layer.InputSize, _inputShape.IsWide);
        return new RecurrentState(layer, Layer, output, new StepMemory(steps, _tiles.Count, Layer.GateCount, input, hidden, reset));
    }

    public override void EncodeHidden(RecurrentState state) => Encode(state.Hidden, in _hiddenEncoding, state.HiddenCodes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(in CodeSpan inputs, int steps, RecurrentState state, in CodeSpan outputs)
    {
        if (steps > 1)
        {
            RunBlocks(in inputs, steps, state, in outputs);
            return;
        }
        TProduct.Prepare(in inputs, ref state.Memory.Input(0));
        Run(state, watched: false, -1, in outputs);
    }

    /// <summary>Many steps: the input products of a block of steps are taken together, so that a tile's weights are read once for all of them.</summary>
    private void RunBlocks(in CodeSpan inputs, int steps, RecurrentState state, in CodeSpan outputs)
    {
        int block = state.Memory.Block;
        for (int first = 0; first < steps; first += block)
        {
            int count = Math.Min(block, steps - first);
            for (int step = 0; step < count; step++)
            {
                CodeSpan input = At(in inputs, Time(first + step, steps), Layer.InputSize);
                TProduct.Prepare(in input, ref state.Memory.Input(step));
            }
            MultiplyBlock(state.Memory, count);
            for (int step = 0; step < count; step++)
            {
                CodeSpan output = state.Output.IsSet ? At(in outputs, Time(first + step, steps), Layer.HiddenSize) : default;
                Run(state, watched: false, step, in output);
            }
        }
    }

    /// <summary>One step with prepared input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(RecurrentState state, bool watched, int blockStep, in CodeSpan output)
    {
        CodeSpan hidden = state.RecurrentCodes;
        TProduct.Prepare(in hidden, ref state.Memory.Hidden);
        state.BeginOutput(in output);
        state.Memory.Backward = !state.Memory.Backward;
        if (!_isPlain || !state.Output.FitsLanes || state.Forces is not null)
            StepAny(state, blockStep);
        else if (watched)
            StepWatched(state, blockStep);
        else
            StepPlain(state, blockStep);
        state.EndOutput(in output);
    }

    public override void Watch(in CodeSpan input, RecurrentState state, in CodeSpan output)
    {
        state.BeginWatching();
        TProduct.Prepare(in input, ref state.Memory.Input(0));
        Run(state, watched: true, -1, in output);
    }

    /// <summary>One step over all tiles, by <see cref="PlainPath"/>.</summary>
    /// <param name="state">The state, with prepared codes.</param>
    /// <param name="blockStep">The step whose input sums lie in the block, or -1 to take the input product tile by tile.</param>
    protected abstract void StepPlain(RecurrentState state, int blockStep);

    /// <summary>One step over all tiles, by <see cref="WatchedPath"/>.</summary>
    protected abstract void StepWatched(RecurrentState state, int blockStep);

    /// <summary>One step over all tiles, by <see cref="AnyPath"/>.</summary>
    protected abstract void StepAny(RecurrentState state, int blockStep);

    /// <summary>Number of groups of tiles.</summary>
    protected int GroupCount => (TileCount + StepMemory.LargestGroup - 1) / StepMemory.LargestGroup;

    /// <summary>A group in the order of this step: there and back in turn, so that a step begins with the weights the one before ended with.</summary>
    protected TileGroup Group(StepMemory memory, int index)
    {
        int first = (memory.Backward ? GroupCount - 1 - index : index) * StepMemory.LargestGroup;
        return new TileGroup(first, Math.Min(TileCount - first, StepMemory.LargestGroup));
    }

    /// <summary>A = W x and B = R h of a group.</summary>
    /// <returns>A [tiles, gates, 16]: multiplied now, or from the block; B lies in <see cref="StepMemory.RecurrentSums"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected ref int Multiply(StepMemory memory, TileGroup group, int blockStep)
    {
        ref int a = ref memory.InputSums, b = ref memory.RecurrentSums;
        ref sbyte input = ref _tiles.Tile(group.First, InputMatrix), recurrent = ref _tiles.Tile(group.First, RecurrentMatrix);
        for (int tile = 0; tile < group.Count; tile++)
        {
            if (blockStep < 0)
                TileProduct.Multiply<TProduct>(in input, in memory.Input(0), _inputShape, ref a);
            TileProduct.Multiply<TProduct>(in recurrent, in memory.Hidden, _recurrentShape, ref b);
            input = ref Unsafe.Add(ref input, _tiles.Stride);
            recurrent = ref Unsafe.Add(ref recurrent, _tiles.Stride);
            a = ref Unsafe.Add(ref a, memory.TileSums);
            b = ref Unsafe.Add(ref b, memory.TileSums);
        }
        return ref blockStep < 0 ? ref memory.InputSums : ref memory.BlockSums(blockStep, group.First);
    }

    /// <summary>The constants of a row of a tile and those that share its vector: MA, MB, K in the order of the lanes, as many each as there are lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref int Constants(int tile, int row) => ref Unsafe.Add(ref _constants.FirstInteger, RowConstants * ((tile * _gateCount * TileShape.Units) + row));

    /// <summary>All gates of a group, plain: z = sat((A MA + B MB + K) >> S, -L, L), then the gate's curve.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected void ActivateGates<TPath>(RecurrentState state, TileGroup group, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        ref int constants = ref Constants(group.First, 0);
        ref int gates = ref state.Gate(group.First, 0, 0);
        ref GateRule rules = ref MemoryMarshal.GetArrayDataReference(_rules);
        for (nint row = 0, end = group.Count * _gateCount * TileShape.Units; row < end; row += TLanes.Count)
        {
            TVector sum = Sum(ref a, ref b, ref constants, row);
            if (TPath.IsWatched)
                Observe(state, group.First, row, sum);
            TLanes.Store(ApplyCurve(in lanes, in Unsafe.Add(ref rules, row >> TileShape.UnitBits), sum), ref Unsafe.Add(ref gates, row));
        }
    }

    /// <summary>(A MA + B MB + K) >> S of the rows that share a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected TVector Sum(ref int a, ref int b, ref int constants, nint row)
    {
        ref int constant = ref Unsafe.Add(ref constants, RowConstants * row);
        return TLanes.Rescale(
            in Unsafe.Add(ref a, row), in constant, in Unsafe.Add(ref b, row), in Unsafe.Add(ref constant, TLanes.Count),
            in Unsafe.As<int, long>(ref Unsafe.Add(ref constant, 2 * TLanes.Count)), in _shift);
    }

    /// <summary>One gate of some units from their sums before the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void Activate<TPath>(ref readonly TLanes lanes, RecurrentState state, int tile, int row, TVector sum)
        where TPath : struct, IStepPath
    {
        if (!TPath.IsPlain)
        {
            ActivateAny(state, tile, row, sum);
            return;
        }
        if (TPath.IsWatched)
            Observe(state, tile, row, sum);
        TLanes.Store(ApplyCurve(in lanes, in Rule(row / TileShape.Units), sum), ref Unsafe.Add(ref state.Gate(tile, 0, 0), row));
    }

    /// <summary>Keeps the pre-activations of some units and counts those that are limited. Where there is no unit, the sum is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Observe(RecurrentState state, int tile, nint row, TVector sum)
    {
        int limit = Rule(row >> TileShape.UnitBits).Limit, limited = TLanes.CountOutside(sum, -limit, limit);
        TLanes.Store(TLanes.Clamp(sum, -limit, limit), ref Unsafe.Add(ref state.PreActivation(tile, 0, 0), row));
        if (limited != 0)
            state.GateSaturations[(int)(row >> TileShape.UnitBits) % _gateCount] += limited;
    }

    /// <summary>The rule of a gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref readonly GateRule Rule(nint gate) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_rules), gate);

    /// <summary>One of the two curves of z, limited by the rule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static TVector ApplyCurve(ref readonly TLanes lanes, ref readonly GateRule rule, TVector z) =>
        rule.Function.Kind == ActivationKind.Sigmoid ? lanes.Sigmoid(z, rule.CurveLimit) : lanes.Tanh(z, rule.CurveLimit);

    /// <summary>Stores h' and its codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void StoreHidden<TPath>(RecurrentState state, int unit, TVector hidden)
        where TPath : struct, IStepPath
    {
        TLanes.Store(hidden, ref Unsafe.Add(ref state.FirstHidden, unit));
        if (!TPath.IsPlain)
        {
            state.HiddenSaturations += EncodeEach(in Unsafe.Add(ref state.FirstHidden, unit), in _hiddenEncoding, ref state.FirstHiddenCode, unit);
            if (state.Output.IsSet)
                state.OutputSaturations += EncodeEach(in Unsafe.Add(ref state.FirstHidden, unit), in state.Output, ref state.FirstOutputCode, unit);
            return;
        }
        Encode(hidden, in _hiddenEncoding, ref state.FirstHiddenCode, unit);
        if (TPath.IsWatched)
            state.HiddenSaturations += TLanes.CountOutside(hidden, _hiddenEncoding.LowestInside, _hiddenEncoding.HighestInside);
        if (!state.Output.IsSet)
            return;
        Encode(hidden, in state.Output, ref state.FirstOutputCode, unit);
        if (TPath.IsWatched)
            state.OutputSaturations += TLanes.CountOutside(hidden, state.Output.LowestInside, state.Output.HighestInside);
    }

    /// <summary>Stores the codes of wide values whose encoding fits lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Encode(TVector values, ref readonly CodeEncoding encoding, ref byte codes, int unit)
    {
        TVector code = TLanes.Encode(values, in encoding);
        if (encoding.IsWide)
            TLanes.StoreInt16(code, ref Unsafe.Add(ref Unsafe.As<byte, short>(ref codes), unit));
        else
            TLanes.StoreInt8(code, ref Unsafe.Add(ref Unsafe.As<byte, sbyte>(ref codes), unit));
    }

    private AlignedBuffer PackConstants(RecurrentLayer layer, RecurrentRows rows)
    {
        var constants = new AlignedBuffer(_tiles.Count * layer.GateCount * TileShape.Units * RowConstants * sizeof(int));
        Span<int> rest = constants.Integers;
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            for (int gate = 0; gate < layer.GateCount; gate++)
            {
                for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count, rest = rest[(RowConstants * TLanes.Count)..])
                {
                    var packer = new ConstantPacker<TLanes, TVector>(layer.HiddenSize, gate, (tile * TileShape.Units) + lane);
                    packer.Pack(rows.InputMultipliers, rest[..TLanes.Count]);
                    packer.Pack(rows.RecurrentMultipliers, rest.Slice(TLanes.Count, TLanes.Count));
                    packer.Pack(rows.Constants, rest.Slice(2 * TLanes.Count, 2 * TLanes.Count));
                }
            }
        }
        return constants;
    }

    private void MultiplyBlock(StepMemory memory, int count)
    {
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            ref sbyte weights = ref _tiles.Tile(tile, InputMatrix);
            for (int step = 0; step < count; step++)
                TileProduct.Multiply<TProduct>(in weights, in memory.Input(step), _inputShape, ref memory.BlockSums(step, tile));
        }
    }

    private int Time(int step, int steps) => Layer.Reverse ? steps - 1 - step : step;

    private static CodeSpan At(in CodeSpan codes, int time, int count) => codes.Slice(time * count, count);
}
