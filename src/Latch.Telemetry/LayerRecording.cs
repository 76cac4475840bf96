using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>The recorded steps of one layer, oldest first.</summary>
public sealed class LayerRecording
{
    private readonly int _capacity;
    private readonly int _units;
    private readonly long[] _steps;
    private readonly int[] _gates;
    private readonly int[] _cell;
    private readonly int[] _hidden;
    private long _added;

    internal LayerRecording(int layer, RecurrentLayer definition, int capacity)
    {
        (Layer, Definition, _capacity, _units) = (layer, definition, capacity, definition.HiddenSize);
        _steps = new long[capacity];
        _gates = new int[checked(capacity * definition.GateCount * _units)];
        _cell = new int[definition.Kind == CellKind.Lstm ? capacity * _units : 0];
        _hidden = new int[capacity * _units];
    }

    /// <summary>Index of the layer in <see cref="LatchModel.Layers"/>.</summary>
    public int Layer { get; }

    /// <summary>The layer's definition.</summary>
    public RecurrentLayer Definition { get; }

    /// <summary>Steps held, at most the capacity.</summary>
    public int Count => (int)Math.Min(_added, _capacity);

    /// <summary>Steps that were overwritten.</summary>
    public long Dropped => _added - Count;

    /// <summary>The number the runtime gave the step (<see cref="GateFrame.Step"/>).</summary>
    /// <param name="index">0 (oldest) to <see cref="Count"/> - 1.</param>
    public long Step(int index) => _steps[Place(index)];

    /// <summary>All gates of a step, Q7.24, in storage order.</summary>
    /// <param name="index">0 (oldest) to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<int> Gates(int index) => _gates.AsSpan(Place(index) * Definition.GateCount * _units, Definition.GateCount * _units);

    /// <summary>The units of one gate of a step, Q7.24.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="index">0 (oldest) to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentException">The cell has no such gate.</exception>
    public ReadOnlySpan<int> Gate(Gate gate, int index) => Gates(index).Slice(GateIndex(gate) * _units, _units);

    /// <summary>The cell state of a step, with <see cref="RecurrentLayer.CellFractionBits"/> fraction bits; empty for GRU and RNN.</summary>
    /// <param name="index">0 (oldest) to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<int> Cell(int index) => _cell.Length == 0 ? [] : _cell.AsSpan(Place(index) * _units, _units);

    /// <summary>The hidden state of a step, Q7.24.</summary>
    /// <param name="index">0 (oldest) to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<int> Hidden(int index) => _hidden.AsSpan(Place(index) * _units, _units);

    /// <summary>One gate of one unit over all steps, as real numbers.</summary>
    /// <exception cref="ArgumentException">The cell has no such gate.</exception>
    public double[] GateValues(Gate gate, int unit) => Series(_gates, Definition.GateCount * _units, (GateIndex(gate) * _units) + Checked(unit), FixedPoint.GateBits);

    /// <summary>The cell state of one unit over all steps, as real numbers; empty for GRU and RNN.</summary>
    public double[] CellValues(int unit) => _cell.Length == 0 ? [] : Series(_cell, _units, Checked(unit), Definition.CellFractionBits);

    /// <summary>The hidden state of one unit over all steps, as real numbers.</summary>
    public double[] HiddenValues(int unit) => Series(_hidden, _units, Checked(unit), FixedPoint.GateBits);

    internal void Add(in GateFrame frame)
    {
        int place = (int)(_added++ % _capacity);
        _steps[place] = frame.Step;
        frame.Gates.CopyTo(_gates.AsSpan(place * frame.Gates.Length));
        frame.Cell.CopyTo(_cell.AsSpan(place * frame.Cell.Length));
        frame.Hidden.CopyTo(_hidden.AsSpan(place * _units));
    }

    internal void Clear() => _added = 0;

    private double[] Series(int[] values, int stride, int offset, int fractionBits)
    {
        var series = new double[Count];
        for (int index = 0; index < series.Length; index++)
            series[index] = FixedPoint.ToReal(values[(Place(index) * stride) + offset], fractionBits);
        return series;
    }

    private int Checked(int unit) => (uint)unit < (uint)_units
        ? unit
        : throw new ArgumentOutOfRangeException(nameof(unit), unit, $"Layer '{Definition.Name}' has units 0 to {_units - 1}.");

    private int GateIndex(Gate gate)
    {
        int index = GateOrder.IndexOf(Definition.Kind, gate);
        return index >= 0 ? index : throw new ArgumentException($"Layer '{Definition.Name}' ({Definition.Kind}) has no {gate} gate.", nameof(gate));
    }

    private int Place(int index)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The recording holds {Count} steps.");
        return (int)((_added - Count + index) % _capacity);
    }
}
