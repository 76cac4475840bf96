using Latch.Model;

namespace Latch.Runtime.Cells;

/// <summary>What one recurrent operation carries from step to step, and its working memory.</summary>
internal sealed class RecurrentState
{
    /// <summary>Entry of <see cref="Forces"/>: the gate follows its pre-activation; other entries are <see cref="GateForce"/> + 1.</summary>
    public const byte Free = 0;

    private readonly int _hiddenSize;
    private readonly byte[] _hiddenCodes;
    private readonly ElementType _hiddenType;
    private readonly byte[] _resetCodes;
    private readonly ElementType _resetType;

    public RecurrentState(int layer, RecurrentLayer definition)
    {
        Layer = layer;
        _hiddenSize = definition.HiddenSize;
        int rows = definition.GateCount * _hiddenSize;
        Hidden = new int[_hiddenSize];
        Cell = new int[definition.Kind == CellKind.Lstm ? _hiddenSize : 0];
        Gates = new int[rows];
        PreActivations = new int[rows];
        InputSums = new int[rows];
        RecurrentSums = new int[rows];
        Values = new int[_hiddenSize];
        GateSaturations = new int[definition.GateCount];
        _hiddenType = definition.Hidden.Type;
        _hiddenCodes = new byte[_hiddenSize * sizeof(short)];
        _resetType = definition.ResetHidden?.Type ?? ElementType.Int8;
        _resetCodes = new byte[definition.ResetHidden is null ? 0 : _hiddenSize * sizeof(short)];
    }

    /// <summary>Index of the layer in the model.</summary>
    public int Layer { get; }

    /// <summary>Wide hidden state, Q7.24 [H].</summary>
    public int[] Hidden { get; }

    /// <summary>LSTM cell state [H].</summary>
    public int[] Cell { get; }

    /// <summary>Gates of the last step, Q7.24 [G H].</summary>
    public int[] Gates { get; }

    /// <summary>Pre-activations, Q.13 [G H].</summary>
    public int[] PreActivations { get; }

    /// <summary>A of NUMERICS.md section 3 [G H].</summary>
    public int[] InputSums { get; }

    /// <summary>B of NUMERICS.md section 3 [G H].</summary>
    public int[] RecurrentSums { get; }

    /// <summary>Values of one gate or of H(c) on their way [H].</summary>
    public int[] Values { get; }

    /// <summary>Per gate and unit: free or forced; null when nothing is forced.</summary>
    public byte[]? Forces { get; set; }

    public int[] GateSaturations { get; }

    public int CellSaturations { get; set; }

    public int HiddenSaturations { get; set; }

    public int OutputSaturations { get; set; }

    public CodeSpan HiddenCodes => Codes(_hiddenCodes, _hiddenType);

    /// <summary>Codes of r h, for a GRU without linear before reset.</summary>
    public CodeSpan ResetCodes => Codes(_resetCodes, _resetType);

    /// <summary>Number of integers of <see cref="Save"/>.</summary>
    public int Size => Hidden.Length + Cell.Length + Gates.Length;

    /// <summary>Zero state, as after a reset.</summary>
    public void Clear()
    {
        Hidden.AsSpan().Clear();
        Cell.AsSpan().Clear();
        Gates.AsSpan().Clear();
    }

    public void ClearSaturations()
    {
        GateSaturations.AsSpan().Clear();
        CellSaturations = HiddenSaturations = OutputSaturations = 0;
    }

    public Span<int> Save(Span<int> state)
    {
        Hidden.CopyTo(state);
        Cell.CopyTo(state[Hidden.Length..]);
        Gates.CopyTo(state[(Hidden.Length + Cell.Length)..]);
        return state[Size..];
    }

    public ReadOnlySpan<int> Load(ReadOnlySpan<int> state)
    {
        state[..Hidden.Length].CopyTo(Hidden);
        state.Slice(Hidden.Length, Cell.Length).CopyTo(Cell);
        state.Slice(Hidden.Length + Cell.Length, Gates.Length).CopyTo(Gates);
        return state[Size..];
    }

    public void Force(int gate, byte value, ReadOnlySpan<int> units)
    {
        Forces ??= new byte[Gates.Length];
        Span<byte> forces = Forces.AsSpan(gate * _hiddenSize, _hiddenSize);
        if (units.IsEmpty)
            forces.Fill(value);
        foreach (int unit in units)
            forces[unit] = value;
        if (!Forces.AsSpan().ContainsAnyExcept(Free))
            Forces = null;
    }

    private CodeSpan Codes(byte[] bytes, ElementType type) =>
        new(bytes.AsSpan(0, type == ElementType.Int16 ? bytes.Length : bytes.Length / 2), type);
}
