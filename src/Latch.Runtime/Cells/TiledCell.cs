using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>
/// What the three cells share: the walk over steps, the products of a tile of 16 units, its gates, and the codes of its hidden state. A tile is finished before the
/// next one begins, so a step reads the weights once, in the order in which they lie in memory.
/// </summary>
internal abstract class TiledCell<TProduct, TLanes, TVector> : Cell
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Integers of a gate's constants in a tile: MA [16], MB [16], K [16] in 64 bits.</summary>
    private const int GateConstants = 4 * TileShape.Units;

    private const int InputMatrix = 0, RecurrentMatrix = 1;

    private readonly PackedTiles _tiles;
    private readonly AlignedBuffer _constants;
    private readonly AlignedBuffer _table;
    private readonly CodeEncoding _hiddenEncoding;
    private readonly ActivationFunction[] _functions;
    private readonly int[] _limits;

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
        _limits = [.. layer.PreActivationLimits];
        _functions = [.. Enumerable.Repeat(layer.GateActivation, layer.GateCount)];
        if (layer.Kind != CellKind.Rnn)
            _functions[^1] = layer.CandidateActivation;
    }

    public override long Bytes => _tiles.Bytes + _constants.Length + _table.Length;

    protected int TileCount => _tiles.Count;

    /// <summary>The packed table of the sigmoid.</summary>
    protected ref int Table => ref _table.FirstInteger;

    public override RecurrentState CreateState(int layer, int steps)
    {
        int hidden = TProduct.PreparedBytes(Layer.HiddenSize, _tiles.Shape(RecurrentMatrix).IsWide);
        int reset = Layer.ResetHidden is { } codes ? TProduct.PreparedBytes(Layer.HiddenSize, codes.Type == ElementType.Int16) : 0;
        int input = TProduct.PreparedBytes(Layer.InputSize, _tiles.Shape(InputMatrix).IsWide);
        return new RecurrentState(layer, Layer, new StepMemory(steps, _tiles.Count, Layer.GateCount, input, hidden, reset));
    }

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
    protected ref int Constants(int tile, int gate) => ref Unsafe.Add(ref _constants.FirstInteger, ((tile * Layer.GateCount) + gate) * GateConstants);

    /// <summary>Some gates of a tile: z = sat((A MA + B MB + K) >> S, -L, L), then the gate's function, or what it is forced to.</summary>
    /// <param name="state">Receives the gates.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="gate">The first gate.</param>
    /// <param name="last">One after the last gate.</param>
    /// <param name="a">A of the first gate.</param>
    /// <param name="b">B of the first gate.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected void ActivateGates<TWatching>(RecurrentState state, int tile, int gate, int last, ref readonly int a, ref readonly int b)
        where TWatching : struct, IWatching
    {
        ref int sumA = ref Unsafe.AsRef(in a), sumB = ref Unsafe.AsRef(in b);
        for (; gate < last; gate++)
        {
            ref int constants = ref Constants(tile, gate);
            ref long k = ref Unsafe.As<int, long>(ref Unsafe.Add(ref constants, 2 * TileShape.Units));
            for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
            {
                TVector sum = TLanes.Rescale(
                    in Unsafe.Add(ref sumA, lane), in Unsafe.Add(ref constants, lane),
                    in Unsafe.Add(ref sumB, lane), in Unsafe.Add(ref constants, TileShape.Units + lane), in Unsafe.Add(ref k, lane), Layer.Shift);
                Activate<TWatching>(state, gate, (tile * TileShape.Units) + lane, sum);
            }
            sumA = ref Unsafe.Add(ref sumA, TileShape.Units);
            sumB = ref Unsafe.Add(ref sumB, TileShape.Units);
        }
    }

    /// <summary>The gate of some units from their sums before the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void Activate<TWatching>(RecurrentState state, int gate, int unit, TVector sum)
        where TWatching : struct, IWatching
    {
        TVector z = TLanes.Clamp(sum, -_limits[gate], _limits[gate]);
        if (TWatching.IsOn)
        {
            TLanes.Store(z, ref state.PreActivation(gate, unit));
            state.GateSaturations[gate] += CountDifferent(sum, z, unit);
        }
        SetGate(state, gate, unit, Apply(_functions[gate], z));
    }

    /// <summary>Stores a gate's values, or what they are forced to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void SetGate(RecurrentState state, int gate, int unit, TVector values)
    {
        if (state.Forces is null)
            TLanes.Store(values, ref state.Gate(gate, unit));
        else
            Merge(state, gate, unit, values);
    }

    /// <summary>f(z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected TVector Apply(ActivationFunction function, TVector z)
    {
        if (function.Kind == ActivationKind.Sigmoid)
            return TLanes.Sigmoid(z, in Table);
        return function.Kind == ActivationKind.Tanh ? TLanes.Tanh(z, in Table) : ApplyEach(function, z);
    }

    /// <summary>Stores h' and its codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void StoreHidden<TWatching>(RecurrentState state, int unit, TVector hidden)
        where TWatching : struct, IWatching
    {
        TLanes.Store(hidden, ref Unsafe.Add(ref state.FirstHidden, unit));
        int saturated = Encode<TWatching>(hidden, _hiddenEncoding, ref state.FirstHiddenCode, unit);
        if (TWatching.IsOn)
            state.HiddenSaturations += saturated;
        if (!state.Output.IsSet)
            return;
        saturated = Encode<TWatching>(hidden, state.Output, ref state.FirstOutputCode, unit);
        if (TWatching.IsOn)
            state.OutputSaturations += saturated;
    }

    /// <summary>Stores the codes of wide values; returns how many were limited, when watched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected int Encode<TWatching>(TVector values, CodeEncoding encoding, ref byte codes, int unit)
        where TWatching : struct, IWatching
    {
        if (!encoding.FitsLanes)
            return EncodeEach(values, encoding, ref codes, unit);
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
    private static TVector ApplyEach(ActivationFunction function, TVector z)
    {
        Span<int> values = stackalloc int[TileShape.Units];
        TLanes.Store(z, ref values[0]);
        for (int lane = 0; lane < TLanes.Count; lane++)
            values[lane] = Activation.Apply(function, values[lane]);
        return TLanes.Load(in values[0]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int EncodeEach(TVector values, CodeEncoding encoding, ref byte codes, int unit)
    {
        Span<int> wide = stackalloc int[TileShape.Units];
        TLanes.Store(values, ref wide[0]);
        int saturated = 0;
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            long exact = encoding.Exact(wide[lane]), code = Math.Clamp(exact, encoding.Low, encoding.High);
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
    private static void Merge(RecurrentState state, int gate, int unit, TVector values)
    {
        Span<int> free = stackalloc int[TileShape.Units];
        TLanes.Store(values, ref free[0]);
        ReadOnlySpan<byte> forces = state.Forces.AsSpan((gate * state.PaddedUnits) + unit, TLanes.Count);
        for (int lane = 0; lane < forces.Length; lane++)
        {
            ref int value = ref state.Gate(gate, unit + lane);
            value = forces[lane] switch
            {
                RecurrentState.Free => free[lane],
                (byte)GateForce.Open + 1 => Requantize.One,
                (byte)GateForce.Closed + 1 => 0,
                _ => value,
            };
        }
    }
}
