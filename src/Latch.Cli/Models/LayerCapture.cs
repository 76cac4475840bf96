using Latch.Model;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>The gates and states of one layer over steps, in real numbers.</summary>
internal sealed class LayerCapture
{
    private const float GateOne = 1 << 24;

    private readonly int _capacity;
    private readonly Dictionary<Gate, float[][]> _gates;
    private readonly float[][] _cell;
    private readonly float[][] _hidden;

    /// <param name="definition">The layer.</param>
    /// <param name="capacity">Most steps kept; later ones are counted but not kept.</param>
    public LayerCapture(RecurrentLayer definition, int capacity)
    {
        (Definition, _capacity) = (definition, capacity);
        _gates = GateOrder.Of(definition.Kind).ToDictionary(gate => gate, _ => Rows());
        _cell = definition.Kind == CellKind.Lstm ? Rows() : [];
        _hidden = Rows();
        float[][] Rows() => [.. Enumerable.Range(0, definition.HiddenSize).Select(_ => new float[capacity])];
    }

    public RecurrentLayer Definition { get; }

    /// <summary>Steps kept.</summary>
    public int Steps { get; private set; }

    /// <summary>One row per unit, one value per step.</summary>
    public IReadOnlyList<IReadOnlyList<float>> Gate(Gate gate) => Kept(_gates[gate]);

    /// <summary>The cell state; empty for a layer without one.</summary>
    public IReadOnlyList<IReadOnlyList<float>> Cell => Kept(_cell);

    public IReadOnlyList<IReadOnlyList<float>> Hidden => Kept(_hidden);

    /// <summary>The gate that keeps the state: forget (LSTM), update (GRU).</summary>
    public Gate KeepGate => Definition.Kind switch { CellKind.Lstm => Runtime.Gate.Forget, CellKind.Gru => Runtime.Gate.Update, _ => Runtime.Gate.Hidden };

    /// <summary>Per unit the steps after which half of a memory is gone: ln 2 / -mean(ln f); infinite for a gate that never closed.</summary>
    public double[] HalfLives() => [.. Gate(KeepGate).Select(row =>
    {
        double mean = row.Average(value => Math.Log(Math.Max(value, 1e-7)));
        return mean < 0 ? Math.Log(0.5) / mean : double.PositiveInfinity;
    })];

    public void Add(in GateFrame frame)
    {
        if (Steps == _capacity)
            return;
        foreach ((Gate gate, float[][] rows) in _gates)
            Put(rows, frame.Gate(gate), GateOne);
        if (_cell.Length > 0)
            Put(_cell, frame.Cell, 1 << frame.CellFractionBits);
        Put(_hidden, frame.Hidden, GateOne);
        Steps++;
    }

    private IReadOnlyList<IReadOnlyList<float>> Kept(float[][] rows) => [.. rows.Select(row => new ArraySegment<float>(row, 0, Steps))];

    private void Put(float[][] rows, ReadOnlySpan<int> values, float one)
    {
        for (int unit = 0; unit < rows.Length; unit++)
            rows[unit][Steps] = values[unit] / one;
    }
}
