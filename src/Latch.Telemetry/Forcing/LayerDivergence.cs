using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>How far two runs on the same samples are apart within one layer.</summary>
public sealed class LayerDivergence
{
    private readonly int _units;
    private readonly int _cellBits;
    private readonly int[] _gates;
    private readonly int[] _cell;
    private readonly int[] _hidden;

    internal LayerDivergence(int layer, RecurrentLayer definition)
    {
        (Layer, Kind, _units, _cellBits) = (layer, definition.Kind, definition.HiddenSize, definition.CellFractionBits);
        Gates = [.. GateOrder.Of(Kind).Select(static _ => new Divergence())];
        Cell = Kind == CellKind.Lstm ? new Divergence() : null;
        _gates = new int[Gates.Count * _units];
        _cell = new int[Cell is null ? 0 : _units];
        _hidden = new int[_units];
    }

    /// <summary>Index of the layer in <see cref="LatchModel.Layers"/>.</summary>
    public int Layer { get; }

    /// <summary>The cell.</summary>
    public CellKind Kind { get; }

    /// <summary>The gates in storage order (<see cref="GateOrder"/>).</summary>
    public IReadOnlyList<Divergence> Gates { get; }

    /// <summary>The cell state; null for GRU and RNN.</summary>
    public Divergence? Cell { get; }

    /// <summary>The hidden state.</summary>
    public Divergence Hidden { get; } = new();

    /// <summary>Keeps a step of the first run.</summary>
    internal void Keep(in GateFrame frame)
    {
        frame.Gates.CopyTo(_gates);
        frame.Cell.CopyTo(_cell);
        frame.Hidden.CopyTo(_hidden);
    }

    /// <summary>Compares the same step of the second run.</summary>
    internal void Compare(in GateFrame frame, long step)
    {
        for (int gate = 0; gate < Gates.Count; gate++)
            Gates[gate].Add(step, frame.Gates.Slice(gate * _units, _units), _gates.AsSpan(gate * _units, _units), FixedPoint.GateBits);
        Cell?.Add(step, frame.Cell, _cell, _cellBits);
        Hidden.Add(step, frame.Hidden, _hidden, FixedPoint.GateBits);
    }
}
