using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>
/// What one recurrent operation carries from step to step. Every array of units is filled up to whole tiles of 16; gates lie as [tile, gate, 16]. What lies beyond the
/// last unit has no meaning.
/// </summary>
internal sealed unsafe class RecurrentState
{
    /// <summary>Entry of <see cref="Forces"/>: the gate follows its pre-activation.</summary>
    public const int Free = int.MinValue;

    /// <summary>Entry of <see cref="Forces"/>: the gate keeps the value of the step before. Every other entry is the gate's value, Q7.24.</summary>
    public const int Hold = int.MinValue + 1;

    private readonly AlignedBuffer _hidden;
    private readonly AlignedBuffer _cell;
    private readonly AlignedBuffer _gates;
    private readonly AlignedBuffer _preActivations;
    private readonly AlignedBuffer _hiddenCodes;
    private AlignedBuffer _recurrentCodes;
    private readonly AlignedBuffer _resetCodes;
    private readonly AlignedBuffer _outputCodes;
    private readonly ElementType _hiddenType;
    private readonly ElementType _resetType;
    private readonly CodeEncoding _output;
    private byte* _firstOutputCode;
    private readonly int[] _contiguousGates;
    private readonly int[] _contiguousPreActivations;
    private bool _hasGates;
    private bool _hasPreActivations;
    private readonly int _units;
    private readonly int _gateCount;

    public RecurrentState(int layer, RecurrentLayer definition, CodeEncoding output, StepMemory memory)
    {
        _output = output;
        (Layer, Memory, _units, _gateCount) = (layer, memory, definition.HiddenSize, definition.GateCount);
        PaddedUnits = TileShape.TilesFor(_units) * TileShape.Units;
        int bytes = PaddedUnits * sizeof(int);
        _hidden = new AlignedBuffer(bytes);
        _cell = new AlignedBuffer(definition.Kind == CellKind.Lstm ? bytes : 0);
        _gates = new AlignedBuffer(_gateCount * bytes);
        _preActivations = new AlignedBuffer(_gateCount * bytes);
        _hiddenCodes = _recurrentCodes = new AlignedBuffer(PaddedUnits * sizeof(short));
        _resetCodes = new AlignedBuffer(definition.ResetHidden is null ? 0 : PaddedUnits * sizeof(short));
        _outputCodes = new AlignedBuffer(PaddedUnits * sizeof(short));
        (_hiddenType, _resetType) = (definition.Hidden.Type, definition.ResetHidden?.Type ?? ElementType.Int8);
        GateSaturations = new int[_gateCount];
        _contiguousGates = new int[_gateCount * _units];
        _contiguousPreActivations = new int[_gateCount * _units];
    }

    /// <summary>Index of the layer in the model.</summary>
    public int Layer { get; }

    /// <summary>Working memory of the cell.</summary>
    public StepMemory Memory { get; }

    /// <summary>Units filled up to a multiple of 16.</summary>
    public int PaddedUnits { get; }

    /// <summary>From the wide hidden state to the codes of the output tensor; unset when the operation writes none.</summary>
    public ref readonly CodeEncoding Output => ref _output;

    /// <summary>Wide hidden state, Q7.24 [H].</summary>
    public Span<int> Hidden => _hidden.Integers[.._units];

    /// <summary>LSTM cell state [H]; empty for other cells.</summary>
    public Span<int> Cell => _cell.Length == 0 ? [] : _cell.Integers[.._units];

    /// <summary>The first of the wide hidden states.</summary>
    public ref int FirstHidden => ref _hidden.FirstInteger;

    /// <summary>The first of the cell states.</summary>
    public ref int FirstCell => ref _cell.FirstInteger;

    /// <summary>The first code of the hidden state, int8 or int16.</summary>
    public ref byte FirstHiddenCode => ref _hiddenCodes.First;

    /// <summary>The first code of r h, int8 or int16.</summary>
    public ref byte FirstResetCode => ref _resetCodes.First;

    /// <summary>The first code of the output, int8 or int16, between <see cref="BeginOutput"/> and <see cref="EndOutput"/>.</summary>
    public ref byte FirstOutputCode => ref *_firstOutputCode;

    /// <summary>Gates of a watched step, Q7.24 [G, H], brought together when first asked for.</summary>
    public ReadOnlySpan<int> ContiguousGates => Contiguous(_gates, _contiguousGates, ref _hasGates);

    /// <summary>Pre-activations of a watched step, Q.13 [G, H], brought together when first asked for.</summary>
    public ReadOnlySpan<int> ContiguousPreActivations => Contiguous(_preActivations, _contiguousPreActivations, ref _hasPreActivations);

    /// <summary>[tile, gate, 16]: free, held, or the value a gate is forced to; null when nothing is forced.</summary>
    public int[]? Forces { get; private set; }

    /// <summary>Whether the recurrent product takes zero instead of the hidden state.</summary>
    public bool IsCut { get; private set; }

    public int[] GateSaturations { get; }

    public int CellSaturations { get; set; }

    public int HiddenSaturations { get; set; }

    public int OutputSaturations { get; set; }

    public CodeSpan HiddenCodes => Codes(_hiddenCodes, _hiddenType);

    /// <summary>What the recurrent product takes: <see cref="HiddenCodes"/>, or zeros when the recurrence is cut.</summary>
    public CodeSpan RecurrentCodes => Codes(_recurrentCodes, _hiddenType);

    /// <summary>Codes of r h, for a GRU without linear before reset.</summary>
    public CodeSpan ResetCodes => Codes(_resetCodes, _resetType);

    /// <summary>Bytes of the state, the last step's gates and codes, and working memory; what forces add is not counted.</summary>
    public long Bytes => Memory.Bytes + _hidden.Length + _cell.Length + _gates.Length + _preActivations.Length + _hiddenCodes.Length + _resetCodes.Length + _outputCodes.Length
        + (sizeof(int) * (_contiguousGates.Length + _contiguousPreActivations.Length + GateSaturations.Length));

    /// <summary>Number of integers of <see cref="Save"/>.</summary>
    public int Size => Hidden.Length + Cell.Length + (_gateCount * _units);

    /// <summary>A unit's place in the gates of the last step, Q7.24.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int Gate(int tile, int gate, int lane) => ref Unsafe.Add(ref _gates.FirstInteger, Place(tile, gate, lane));

    /// <summary>A unit's place in the pre-activations, Q.13.</summary>
    public ref int PreActivation(int tile, int gate, int lane) => ref Unsafe.Add(ref _preActivations.FirstInteger, Place(tile, gate, lane));

    /// <summary>What a unit's gate is forced to.</summary>
    public int Force(int tile, int gate, int lane) => Forces is null ? Free : Forces[Place(tile, gate, lane)];

    /// <summary>Zero state, as after a reset.</summary>
    public void Clear()
    {
        _hidden.Bytes.Clear();
        _cell.Bytes.Clear();
        _gates.Bytes.Clear();
    }

    /// <summary>Says where a step writes its output codes: the tensor itself, or memory of our own where the last tile is not full.</summary>
    /// <param name="output">Codes [H] in an <see cref="Arena"/>, which does not move.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginOutput(in CodeSpan output) =>
        _firstOutputCode = (byte*)Unsafe.AsPointer(ref PaddedUnits == _units ? ref MemoryMarshal.GetReference(output.Bytes) : ref _outputCodes.First);

    /// <summary>Brings the output codes to their tensor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndOutput(in CodeSpan output)
    {
        if (PaddedUnits != _units && _output.IsSet)
            _outputCodes.Bytes[..output.Bytes.Length].CopyTo(output.WritableBytes);
    }

    /// <summary>Begins a watched step: nothing is saturated yet.</summary>
    public void BeginWatching()
    {
        GateSaturations.AsSpan().Clear();
        CellSaturations = HiddenSaturations = OutputSaturations = 0;
        _hasGates = _hasPreActivations = false;
    }

    public Span<int> Save(Span<int> state)
    {
        Hidden.CopyTo(state);
        Cell.CopyTo(state[Hidden.Length..]);
        Gather(_gates, state[(Hidden.Length + Cell.Length)..]);
        return state[Size..];
    }

    public ReadOnlySpan<int> Load(ReadOnlySpan<int> state)
    {
        state[..Hidden.Length].CopyTo(Hidden);
        state.Slice(Hidden.Length, Cell.Length).CopyTo(Cell);
        ReadOnlySpan<int> gates = state[(Hidden.Length + Cell.Length)..];
        for (int gate = 0; gate < _gateCount; gate++)
        {
            for (int unit = 0; unit < _units; unit++)
                _gates.Integers[Place(unit / TileShape.Units, gate, unit % TileShape.Units)] = gates[(gate * _units) + unit];
        }
        return state[Size..];
    }

    /// <summary>Forces a gate of some units, all when none is named.</summary>
    /// <param name="gate">Index of the gate.</param>
    /// <param name="value">An entry of <see cref="Forces"/>.</param>
    /// <param name="units">The units.</param>
    public void Force(int gate, int value, ReadOnlySpan<int> units)
    {
        if (Forces is null)
        {
            Forces = new int[_gateCount * PaddedUnits];
            Forces.AsSpan().Fill(Free);
        }
        for (int i = 0, count = units.IsEmpty ? _units : units.Length; i < count; i++)
        {
            int unit = units.IsEmpty ? i : units[i];
            Forces[Place(unit / TileShape.Units, gate, unit % TileShape.Units)] = value;
        }
        if (!Forces.AsSpan().ContainsAnyExcept(Free))
            Forces = null;
    }

    /// <summary>Lets every gate follow its pre-activation and the recurrent product see the hidden state.</summary>
    public void ReleaseAll()
    {
        Forces = null;
        _recurrentCodes = _hiddenCodes;
        IsCut = false;
    }

    /// <summary>Gives the recurrent product zero instead of the hidden state, whose codes go on being made.</summary>
    /// <param name="zeroPoint">Code of real zero.</param>
    public void Cut(int zeroPoint)
    {
        _recurrentCodes = new AlignedBuffer(PaddedUnits * sizeof(short));
        Codes(_recurrentCodes, _hiddenType).Fill(zeroPoint);
        IsCut = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(int tile, int gate, int lane) => (((tile * _gateCount) + gate) * TileShape.Units) + lane;

    private ReadOnlySpan<int> Contiguous(AlignedBuffer tiles, int[] gates, ref bool isThere)
    {
        if (!isThere)
            Gather(tiles, gates);
        isThere = true;
        return gates;
    }

    private void Gather(AlignedBuffer tiles, Span<int> gates)
    {
        int last = _units % TileShape.Units;
        for (int gate = 0; gate < _gateCount; gate++)
        {
            int tile = 0;
            for (; tile < _units / TileShape.Units; tile++, gates = gates[TileShape.Units..])
                Unsafe.As<int, TileRow>(ref MemoryMarshal.GetReference(gates[..TileShape.Units])) = Unsafe.As<int, TileRow>(ref Unsafe.Add(ref tiles.FirstInteger, Place(tile, gate, 0)));
            if (last > 0)
                tiles.Integers.Slice(Place(tile, gate, 0), last).CopyTo(gates);
            gates = gates[last..];
        }
    }

    /// <summary>The units of a tile's row: one copy without a call.</summary>
    [InlineArray(TileShape.Units)]
    private struct TileRow
    {
        private int _first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeSpan Codes(AlignedBuffer buffer, ElementType type) => new(buffer.Bytes[..(type == ElementType.Int16 ? 2 * _units : _units)], type);
}
