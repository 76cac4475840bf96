using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Quantize.Report;

/// <summary>The float side of one run: every gate and state by layer and step, for the probe to compare with.</summary>
internal sealed class RecurrentRecord : IReferenceObserver
{
    private static readonly string[] s_lstm = ["input", "output", "forget", "cell"];
    private static readonly string[] s_gru = ["update", "reset", "hidden"];
    private static readonly string[] s_rnn = ["hidden"];

    private readonly Dictionary<(string Layer, int Step, RecurrentQuantity Quantity), float[]> _values = [];
    private readonly Dictionary<(string Layer, string Quantity, string Gate), ErrorSum> _errors = [];
    private readonly Dictionary<string, Counts> _counts = [];

    public void OnValue(string name, ReadOnlySpan<float> data)
    {
    }

    public void OnGate(RecurrentNode node, int step, RecurrentQuantity quantity, ReadOnlySpan<float> data)
    {
        if (quantity is not (RecurrentQuantity.Gate or RecurrentQuantity.PreActivation or RecurrentQuantity.Cell or RecurrentQuantity.Hidden))
            return;
        (string, int, RecurrentQuantity) key = (node.Name, step, quantity);
        if (_values.TryGetValue(key, out float[]? values))
            data.CopyTo(values);
        else
            _values[key] = data.ToArray();
    }

    /// <summary>Compares the integer layer's step with the float one's.</summary>
    public void Compare(in GateFrame frame, int step)
    {
        RecurrentLayer layer = frame.Definition;
        string[] gates = GateNames(layer);
        double limit = Math.ScaleB(layer.PreActivationLimits.Max(), -13);
        for (int gate = 0; gate < gates.Length; gate++)
        {
            int start = gate * layer.HiddenSize;
            Add(layer, step, RecurrentQuantity.Gate, "gate", gates[gate], frame.Gates.Slice(start, layer.HiddenSize), 24, start, double.PositiveInfinity);
            Add(layer, step, RecurrentQuantity.PreActivation, "pre-activation", gates[gate], frame.PreActivations.Slice(start, layer.HiddenSize), 13, start, limit);
        }
        if (layer.Kind == Model.CellKind.Lstm)
            Add(layer, step, RecurrentQuantity.Cell, "cell", "", frame.Cell, layer.CellFractionBits, 0, double.PositiveInfinity);
        Add(layer, step, RecurrentQuantity.Hidden, "hidden", "", frame.Hidden, 24, 0, double.PositiveInfinity);
        Count(frame, gates);
    }

    /// <summary>Errors in layer order, gates before states.</summary>
    public IReadOnlyList<StateError> Errors() =>
        [.. _errors.Select(static pair => new StateError(pair.Key.Layer, pair.Key.Quantity, pair.Key.Gate, pair.Value.Result(string.Join('.', new[] { pair.Key.Layer, pair.Key.Quantity, pair.Key.Gate }.Where(static part => part.Length > 0)))))];

    /// <summary>Saturations in layer order.</summary>
    public IReadOnlyList<LayerSaturations> Saturations() =>
        [.. _counts.Select(static pair => new LayerSaturations(pair.Key, pair.Value.Steps, pair.Value.Gates, pair.Value.Cell, pair.Value.Hidden, pair.Value.Output))];

    private static string[] GateNames(RecurrentLayer layer) => layer.Kind switch { Model.CellKind.Lstm => s_lstm, Model.CellKind.Gru => s_gru, _ => s_rnn };

    // The float pre-activation is unlimited; beyond the integer's limit both ends of the activation are the same.
    private void Add(RecurrentLayer layer, int step, RecurrentQuantity quantity, string name, string gate, ReadOnlySpan<int> values, int bits, int start, double limit)
    {
        if (!_values.TryGetValue((layer.Name, step, quantity), out float[]? exact))
            return;
        if (!_errors.TryGetValue((layer.Name, name, gate), out ErrorSum? errors))
            _errors[(layer.Name, name, gate)] = errors = new ErrorSum();
        for (int unit = 0; unit < values.Length; unit++)
            errors.Add(Math.Clamp(exact[start + unit], -limit, limit), Math.ScaleB(values[unit], -bits));
    }

    private void Count(in GateFrame frame, string[] gates)
    {
        if (!_counts.TryGetValue(frame.Definition.Name, out Counts? counts))
            _counts[frame.Definition.Name] = counts = new Counts { Gates = gates.ToDictionary(static gate => gate, static _ => 0L) };
        for (int gate = 0; gate < gates.Length; gate++)
            counts.Gates[gates[gate]] += frame.GateSaturations[gate];
        counts.Steps++;
        counts.Cell += frame.CellSaturations;
        counts.Hidden += frame.HiddenSaturations;
        counts.Output += frame.OutputSaturations;
    }

    private sealed class Counts
    {
        public required Dictionary<string, long> Gates { get; init; }

        public long Steps { get; set; }

        public long Cell { get; set; }

        public long Hidden { get; set; }

        public long Output { get; set; }
    }
}

/// <summary>Hands each step of the integer model to the record of the float one.</summary>
internal readonly struct ComparingProbe(RecurrentRecord record, bool streaming) : IGateProbe
{
    public void OnStep(in GateFrame frame) => record.Compare(frame, streaming ? 0 : (int)frame.Step);
}
