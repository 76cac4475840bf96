using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>
/// What the three cells share: the walk over steps, the products of a tile of 16 units, its gates, and the codes of its hidden state. A tile is finished before the
/// next one begins, so a step reads the weights once, in the order in which they lie in memory.
/// </summary>
internal abstract class TiledCell<TProduct, TLanes, TVector> : Cell
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Integers of a gate's constants in a tile: MA [16], MB [16], K [16] in 64 bits.</summary>
    private const int GateConstants = 4 * TileShape.Units;

    private const int InputMatrix = 0, RecurrentMatrix = 1;

    private readonly PackedTiles _tiles;
    private readonly AlignedBuffer _constants;
    private readonly AlignedBuffer _table;
    private readonly CodeEncoding _hiddenEncoding;
    private readonly GateRule[] _rules;
    private readonly SumShift _shift;
    private readonly int _gateCount;

    /// <param name="layer">The layer.</param>
    /// <param name="rows">Constants of its rows.</param>
    /// <param name="constants">The model's tensors.</param>
    /// <param name="recurrentGates">Gates whose recurrent product takes the hidden state.</param>
    protected TiledCell(RecurrentLayer layer, RecurrentRows rows, IReadOnlyDictionary<string, ConstantTensor> constants, int recurrentGates)
        : base(layer)
    {
        int units = layer.HiddenSize;
        var input = new TileShape(layer.GateCount, layer.InputSize, layer.Input.Type == ElementType.Int16);
        var recurrent = new TileShape(recurrentGates, units, layer.Hidden.Type == ElementType.Int16);
        _tiles = PackedTiles.Create<TProduct>(units, input, recurrent)
            .Pack<TProduct>(InputMatrix, constants[layer.InputWeights].Int8)
            .Pack<TProduct>(RecurrentMatrix, constants[layer.RecurrentWeights].Int8[..(recurrentGates * units * units)]);
        _constants = PackConstants(layer, rows);
        _table = new AlignedBuffer(TLanes.TableLength * sizeof(int));
        TLanes.PackTable(CurveTables.Sigmoid, _table.Integers);
        _hiddenEncoding = new CodeEncoding(layer.HiddenRescale, layer.Hidden);
        (_shift, _gateCount) = (new SumShift(layer.Shift), layer.GateCount);
        _rules = [.. layer.PreActivationLimits.Select((limit, gate) =>
            new GateRule(limit, layer.Kind != CellKind.Rnn && gate == layer.GateCount - 1 ? layer.CandidateActivation : layer.GateActivation))];
    }

    public override long Bytes => _tiles.Bytes + _constants.Length + _table.Length;

    protected int TileCount => _tiles.Count;

    protected SumShift Shift => _shift;

    /// <summary>Lanes with the table of the sigmoid.</summary>
    protected TLanes Lanes => TLanes.Create(in _table.FirstInteger);

    public override RecurrentState CreateState(int layer, int steps, CodeEncoding output)
    {
        int hidden = TProduct.PreparedBytes(Layer.HiddenSize, _tiles.Shape(RecurrentMatrix).IsWide);
        int reset = Layer.ResetHidden is { } codes ? TProduct.PreparedBytes(Layer.HiddenSize, codes.Type == ElementType.Int16) : 0;
        int input = TProduct.PreparedBytes(Layer.InputSize, _tiles.Shape(InputMatrix).IsWide);
        return new RecurrentState(layer, Layer, output, new StepMemory(steps, _tiles.Count, Layer.GateCount, input, hidden, reset));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(CodeSpan inputs, int steps, RecurrentState state, CodeSpan outputs)
    {
        int block = state.Memory.Block;
        for (int first = 0; first < steps; first += block)
        {
            int count = Math.Min(block, steps - first);
            for (int step = 0; step < count; step++)
                TProduct.Prepare(At(inputs, Time(first + step, steps), Layer.InputSize), ref state.Memory.Input(step));
            if (count > 1)
                MultiplyBlock(state.Memory, count);
            for (int step = 0; step < count; step++)
            {
                TProduct.Prepare(state.HiddenCodes, ref state.Memory.Hidden);
                Step(state, count > 1 ? step : -1);
                if (state.Output.IsSet)
                    state.OutputCodes.CopyTo(At(outputs, Time(first + step, steps), Layer.HiddenSize));
            }
        }
    }

    public override void Watch(CodeSpan input, RecurrentState state, CodeSpan output)
    {
        state.ClearSaturations();
        TProduct.Prepare(input, ref state.Memory.Input(0));
        TProduct.Prepare(state.HiddenCodes, ref state.Memory.Hidden);
        WatchedStep(state);
        if (state.Output.IsSet)
            state.OutputCodes.CopyTo(output);
        state.Publish();
    }

    /// <summary>One step over all tiles.</summary>
    /// <param name="state">The state, with prepared codes.</param>
    /// <param name="blockStep">The step whose input sums lie in the block, or -1 to take the input product tile by tile.</param>
    protected abstract void Step(RecurrentState state, int blockStep);

    /// <summary>One step that keeps what a probe sees.</summary>
    protected abstract void WatchedStep(RecurrentState state);

    /// <summary>The tiles in the order of this step: there and back in turn, so that a step begins with the weights the one before ended with.</summary>
    protected (int First, int Direction) Order(StepMemory memory)
    {
        memory.Backward = !memory.Backward;
        return memory.Backward ? (_tiles.Count - 1, -1) : (0, 1);
    }

    /// <summary>A = W x of a tile: from the block, or multiplied now.</summary>
    protected ref int InputSums(StepMemory memory, int tile, int blockStep)
    {
        if (blockStep >= 0)
            return ref memory.BlockSums(blockStep, tile);
        TileProduct.Multiply<TProduct>(in _tiles.Tile(tile, InputMatrix), in memory.Input(0), _tiles.Shape(InputMatrix), ref memory.InputSums);
        return ref memory.InputSums;
    }

    /// <summary>B = R h of a tile.</summary>
    protected ref int RecurrentSums(StepMemory memory, int tile)
    {
        TileProduct.Multiply<TProduct>(in _tiles.Tile(tile, RecurrentMatrix), in memory.Hidden, _tiles.Shape(RecurrentMatrix), ref memory.RecurrentSums);
        return ref memory.RecurrentSums;
    }

    /// <summary>A gate's constants in a tile: MA [16], MB [16], K [16] in the order of the lanes.</summary>
    protected ref int Constants(int tile, int gate) => ref Unsafe.Add(ref _constants.FirstInteger, ((tile * _gateCount) + gate) * GateConstants);

    /// <summary>Some gates of a tile: z = sat((A MA + B MB + K) >> S, -L, L), then the gate's function, or what it is forced to.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="state">Receives the gates.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="gate">The first gate.</param>
    /// <param name="last">One after the last gate.</param>
    /// <param name="a">A of the first gate.</param>
    /// <param name="b">B of the first gate.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void ActivateGates<TWatching>(ref readonly TLanes lanes, RecurrentState state, int tile, int gate, int last, ref readonly int a, ref readonly int b)
        where TWatching : struct, IWatching
    {
        ref int sumA = ref Unsafe.AsRef(in a), sumB = ref Unsafe.AsRef(in b), constants = ref Constants(tile, gate);
        ref GateRule rule = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_rules), gate);
        SumShift shift = _shift;
        for (; gate < last; gate++)
        {
            for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
            {
                TVector sum = TLanes.Rescale(
                    in Unsafe.Add(ref sumA, lane), in Unsafe.Add(ref constants, lane),
                    in Unsafe.Add(ref sumB, lane), in Unsafe.Add(ref constants, TileShape.Units + lane),
                    in Unsafe.As<int, long>(ref Unsafe.Add(ref constants, 2 * (TileShape.Units + lane))), shift);
                Activate<TWatching>(in lanes, state, gate, (tile * TileShape.Units) + lane, sum, in rule);
            }
            sumA = ref Unsafe.Add(ref sumA, TileShape.Units);
            sumB = ref Unsafe.Add(ref sumB, TileShape.Units);
            constants = ref Unsafe.Add(ref constants, GateConstants);
            rule = ref Unsafe.Add(ref rule, 1);
        }
    }

    /// <summary>The rule of a gate.</summary>
    protected ref readonly GateRule Rule(int gate) => ref _rules[gate];

    /// <summary>The gate of some units from their sums before the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void Activate<TWatching>(ref readonly TLanes lanes, RecurrentState state, int gate, int unit, TVector sum, ref readonly GateRule rule)
        where TWatching : struct, IWatching
    {
        if (TWatching.IsOn)
        {
            TVector z = TLanes.Clamp(sum, -rule.Limit, rule.Limit);
            TLanes.Store(z, ref state.PreActivation(gate, unit));
            state.GateSaturations[gate] += CountDifferent(sum, z, unit);
        }
        SetGate(state, gate, unit, Apply(in lanes, in rule, sum, state.Memory));
    }

    /// <summary>Stores a gate's values, or what they are forced to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void SetGate(RecurrentState state, int gate, int unit, TVector values)
    {
        if (state.Forces is null)
        {
            TLanes.Store(values, ref state.Gate(gate, unit));
            return;
        }
        TLanes.Store(values, ref state.Memory.Values);
        Merge(state, gate, unit);
    }

    /// <summary>f(z), z limited by the rule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static TVector Apply(ref readonly TLanes lanes, ref readonly GateRule rule, TVector z, StepMemory memory)
    {
        if (rule.Function.Kind == ActivationKind.Sigmoid)
            return lanes.Sigmoid(z, rule.CurveLimit);
        if (rule.Function.Kind == ActivationKind.Tanh)
            return lanes.Tanh(z, rule.CurveLimit);
        TLanes.Store(TLanes.Clamp(z, -rule.Limit, rule.Limit), ref memory.Values);
        ApplyEach(rule.Function, ref memory.Values);
        return TLanes.Load(in memory.Values);
    }

    /// <summary>Stores h' and its codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void StoreHidden<TWatching>(RecurrentState state, int unit, TVector hidden)
        where TWatching : struct, IWatching
    {
        TLanes.Store(hidden, ref Unsafe.Add(ref state.FirstHidden, unit));
        int saturated = Encode<TWatching>(hidden, in _hiddenEncoding, ref state.FirstHiddenCode, unit, state.Memory);
        if (TWatching.IsOn)
            state.HiddenSaturations += saturated;
        if (!state.Output.IsSet)
            return;
        saturated = Encode<TWatching>(hidden, in state.Output, ref state.FirstOutputCode, unit, state.Memory);
        if (TWatching.IsOn)
            state.OutputSaturations += saturated;
    }

    /// <summary>Stores the codes of wide values; returns how many were limited, when watched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected int Encode<TWatching>(TVector values, ref readonly CodeEncoding encoding, ref byte codes, int unit, StepMemory memory)
        where TWatching : struct, IWatching
    {
        if (!encoding.FitsLanes)
        {
            TLanes.Store(values, ref memory.Values);
            return EncodeEach(in memory.Values, in encoding, ref codes, unit);
        }
        TVector exact = TLanes.Offset(TLanes.Rescale(values, encoding.Rescale), encoding.ZeroPoint);
        TVector limited = TLanes.Clamp(exact, encoding.Low, encoding.High);
        if (encoding.IsWide)
            TLanes.StoreInt16(limited, ref Unsafe.Add(ref Unsafe.As<byte, short>(ref codes), unit));
        else
            TLanes.StoreInt8(limited, ref Unsafe.Add(ref Unsafe.As<byte, sbyte>(ref codes), unit));
        return TWatching.IsOn ? CountDifferent(exact, limited, unit) : 0;
    }

    /// <summary>Number of lanes that differ among those that are units.</summary>
    protected int CountDifferent(TVector left, TVector right, int unit)
    {
        if (unit + TLanes.Count <= Layer.HiddenSize)
            return TLanes.CountDifferent(left, right);
        Span<int> lefts = stackalloc int[TileShape.Units], rights = stackalloc int[TileShape.Units];
        TLanes.Store(left, ref lefts[0]);
        TLanes.Store(right, ref rights[0]);
        int count = 0;
        for (int lane = 0; unit + lane < Layer.HiddenSize; lane++)
            count += lefts[lane] == rights[lane] ? 0 : 1;
        return count;
    }

    private AlignedBuffer PackConstants(RecurrentLayer layer, RecurrentRows rows)
    {
        var constants = new AlignedBuffer(_tiles.Count * layer.GateCount * GateConstants * sizeof(int));
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            for (int gate = 0; gate < layer.GateCount; gate++)
            {
                int index = ((tile * layer.GateCount) + gate) * GateConstants;
                var packer = new ConstantPacker<TLanes, TVector>(layer.HiddenSize, gate, tile);
                packer.Pack(rows.InputMultipliers, constants.Integers.Slice(index, TileShape.Units));
                packer.Pack(rows.RecurrentMultipliers, constants.Integers.Slice(index + TileShape.Units, TileShape.Units));
                packer.Pack(rows.Constants, constants.Integers.Slice(index + (2 * TileShape.Units), 2 * TileShape.Units));
            }
        }
        return constants;
    }

    private void MultiplyBlock(StepMemory memory, int count)
    {
        TileShape shape = _tiles.Shape(InputMatrix);
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            ref sbyte weights = ref _tiles.Tile(tile, InputMatrix);
            for (int step = 0; step < count; step++)
                TileProduct.Multiply<TProduct>(in weights, in memory.Input(step), shape, ref memory.BlockSums(step, tile));
        }
    }

    private int Time(int step, int steps) => Layer.Reverse ? steps - 1 - step : step;

    private static CodeSpan At(CodeSpan codes, int time, int count) => codes.Slice(time * count, count);

    /// <summary>Functions other than the two curves, unit by unit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ApplyEach(ActivationFunction function, ref int values)
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
            Unsafe.Add(ref values, lane) = Activation.Apply(function, Unsafe.Add(ref values, lane));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int EncodeEach(ref readonly int values, ref readonly CodeEncoding encoding, ref byte codes, int unit)
    {
        int saturated = 0;
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            long exact = encoding.Exact(Unsafe.Add(ref Unsafe.AsRef(in values), lane)), code = Math.Clamp(exact, encoding.Low, encoding.High);
            saturated += code != exact && unit + lane < Layer.HiddenSize ? 1 : 0;
            if (encoding.IsWide)
                Unsafe.Add(ref Unsafe.As<byte, short>(ref codes), unit + lane) = (short)code;
            else
                Unsafe.Add(ref codes, unit + lane) = (byte)code;
        }
        return saturated;
    }

    /// <summary>Takes the free values and the forced ones; a held unit keeps the value it had.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Merge(RecurrentState state, int gate, int unit)
    {
        ReadOnlySpan<byte> forces = state.Forces.AsSpan((gate * state.PaddedUnits) + unit, TLanes.Count);
        for (int lane = 0; lane < forces.Length; lane++)
        {
            ref int value = ref state.Gate(gate, unit + lane);
            value = forces[lane] switch
            {
                RecurrentState.Free => Unsafe.Add(ref state.Memory.Values, lane),
                (byte)GateForce.Open + 1 => Requantize.One,
                (byte)GateForce.Closed + 1 => 0,
                _ => value,
            };
        }
    }
}
