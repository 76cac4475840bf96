using System.Diagnostics.Metrics;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry.Sinks;

/// <summary>
/// Shows the last records as instruments of a meter named "Latch", for OpenTelemetry and whatever else listens to <see cref="System.Diagnostics.Metrics"/>. Attributes are
/// the layer's name (latch.layer) and the gate (latch.gate), never a unit: a model has at most layers x gates time series an instrument.
/// </summary>
/// <remarks>
/// latch.gate.mean, latch.gate.saturation (share of the units in the lowest or highest tenth of the gate's range) and, per layer, latch.cell.mean and latch.hidden.mean are gauges of the last step
/// summed up. latch.gate.limited, latch.cell.limited and latch.hidden.limited count saturated integers of the steps summed up. Of the queues under watch: latch.steps,
/// latch.telemetry.records (offered), latch.telemetry.dropped, latch.telemetry.failures.
/// </remarks>
public sealed class MetricsSink : ITelemetrySink
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Latch";

    private readonly Meter _meter = new(MeterName);
    private readonly Lock _access = new();
    private readonly Cell[][] _layers;
    private readonly List<TelemetryQueue> _queues = [];

    /// <summary>Makes the meter.</summary>
    /// <param name="model">The model whose sessions are watched.</param>
    public MetricsSink(LatchModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _layers = [.. model.Definition.Layers.Select(Cells)];
        Gauge("latch.gate.mean", IsGate, static cell => cell.Last.Mean, "Mean of a gate over its units.");
        Gauge("latch.gate.saturation", IsGate, static cell => cell.Last.Below + cell.Last.Above, "Share of a gate's units in the lowest or highest tenth of its range.");
        Gauge("latch.cell.mean", IsCell, static cell => cell.Last.Mean, "Mean of the cell state over its units.");
        Gauge("latch.hidden.mean", IsHidden, static cell => cell.Last.Mean, "Mean of the hidden state over its units.");
        Counter("latch.gate.limited", "{value}", IsGate, "Pre-activations that were limited.");
        Counter("latch.cell.limited", "{value}", IsCell, "Cell states that were limited.");
        Counter("latch.hidden.limited", "{value}", IsHidden, "Codes of the hidden state that were limited.");
        // Queues of one session see the same steps.
        Total("latch.steps", "{step}", static queues => queues.Select(static queue => queue.Steps).DefaultIfEmpty().Max(), "Steps watched.");
        Total("latch.telemetry.records", "{record}", static queues => queues.Sum(static queue => queue.Status.Offered), "Records offered to sinks.");
        Total("latch.telemetry.dropped", "{record}", static queues => queues.Sum(static queue => queue.Status.Dropped), "Records that no sink took.");
        Total("latch.telemetry.failures", "{failure}", static queues => queues.Sum(static queue => queue.Status.Failures), "Times a sink threw.");
    }

    /// <inheritdoc/>
    public string Name => "metrics";

    /// <summary>Adds a queue of the session under watch, this sink's own or another sink's: latch.telemetry.* sum them up, latch.steps is the most that one of them saw.</summary>
    public void Watch(TelemetryQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        lock (_access)
            _queues.Add(queue);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<TelemetryRecord> records)
    {
        lock (_access)
        {
            foreach (ref readonly TelemetryRecord record in records)
            {
                foreach (Cell cell in _layers[record.Layer])
                {
                    if (cell.Quantity == record.Quantity)
                        cell.Take(record);
                }
            }
        }
    }

    /// <summary>Ends the meter: its instruments are not observed any more.</summary>
    public void Dispose() => _meter.Dispose();

    private static bool IsGate(Cell cell) => cell.Quantity < TelemetryQuantity.CellState;

    private static bool IsCell(Cell cell) => cell.Quantity == TelemetryQuantity.CellState;

    private static bool IsHidden(Cell cell) => cell.Quantity == TelemetryQuantity.HiddenState;

    private static Cell[] Cells(RecurrentLayer layer)
    {
        KeyValuePair<string, object?> name = new("latch.layer", layer.Name);
        List<Cell> cells = [.. GateOrder.Of(layer.Kind).Select(gate => new Cell(TelemetryQuantityNames.Of(gate), [name, new("latch.gate", gate.ToString().ToLowerInvariant())]))];
        if (layer.Kind == CellKind.Lstm)
            cells.Add(new Cell(TelemetryQuantity.CellState, [name]));
        cells.Add(new Cell(TelemetryQuantity.HiddenState, [name]));
        return [.. cells];
    }

    private void Gauge(string name, Func<Cell, bool> which, Func<Cell, double> value, string description) =>
        _meter.CreateObservableGauge(name, () => Measure(which, value), "1", description);

    private void Counter(string name, string unit, Func<Cell, bool> which, string description) =>
        _meter.CreateObservableCounter(name, () => Measure(which, static cell => cell.Saturated), unit, description);

    private void Total(string name, string unit, Func<TelemetryQueue[], long> value, string description) => _meter.CreateObservableCounter(name, () =>
    {
        TelemetryQueue[] queues;
        lock (_access)
            queues = [.. _queues];
        return value(queues);
    }, unit, description);

    private List<Measurement<T>> Measure<T>(Func<Cell, bool> which, Func<Cell, T> value)
        where T : struct
    {
        lock (_access)
            return [.. _layers.SelectMany(static cells => cells).Where(cell => cell.IsSet && which(cell)).Select(cell => new Measurement<T>(value(cell), cell.Tags))];
    }

    private sealed class Cell(TelemetryQuantity quantity, KeyValuePair<string, object?>[] tags)
    {
        public TelemetryQuantity Quantity => quantity;

        public KeyValuePair<string, object?>[] Tags => tags;

        public TelemetryRecord Last { get; private set; }

        public long Saturated { get; private set; }

        public bool IsSet { get; private set; }

        public void Take(in TelemetryRecord record)
        {
            (Last, IsSet) = (record, true);
            Saturated += record.Saturated;
        }
    }
}
