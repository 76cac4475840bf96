using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry.Sinks;

/// <summary>Sums up the frames of one layer, in integers until the last division.</summary>
internal sealed class LayerAggregation
{
    private readonly TelemetryQuantity[] _gates;
    private readonly int _units;
    private readonly Scale[] _gateScales;
    private readonly Scale _cellScale;
    private readonly Scale _hiddenScale = new(FixedPoint.GateBits, -1, 1);

    public LayerAggregation(RecurrentLayer definition)
    {
        _gates = [.. GateOrder.Of(definition.Kind).Select(TelemetryQuantityNames.Of)];
        _units = definition.HiddenSize;
        _gateScales = [.. Enumerable.Range(0, _gates.Length).Select(gate => Scale.Of(GateRange.Of(definition, gate)))];
        // Without a calibrated range, that of the format.
        double range = definition.CellRange > 0 ? definition.CellRange : Math.ScaleB(1, 31 - definition.CellFractionBits);
        _cellScale = new Scale(definition.CellFractionBits, -range, range);
        Count = _gates.Length + (definition.Kind == CellKind.Lstm ? 2 : 1);
    }

    /// <summary>Records of one frame: the gates in storage order, c where there is one, h.</summary>
    public int Count { get; }

    /// <summary>Sums up a frame.</summary>
    /// <param name="frame">A frame of this layer.</param>
    /// <param name="records">Receives <see cref="Count"/> records.</param>
    public void Take(in GateFrame frame, Span<TelemetryRecord> records)
    {
        for (int gate = 0; gate < _gates.Length; gate++)
            records[gate] = _gateScales[gate].Record(frame, _gates[gate], frame.Gates.Slice(gate * _units, _units), frame.GateSaturations[gate]);
        if (frame.Cell.Length > 0)
            records[_gates.Length] = _cellScale.Record(frame, TelemetryQuantity.CellState, frame.Cell, frame.CellSaturations);
        records[Count - 1] = _hiddenScale.Record(frame, TelemetryQuantity.HiddenState, frame.Hidden, frame.HiddenSaturations);
    }

    /// <summary>A format and its limits of saturation, the lowest and the highest tenth of a range, as comparisons of integers.</summary>
    private readonly struct Scale(int fractionBits, double least, double greatest)
    {
        private readonly int _below = Limit(Math.Ceiling(Math.ScaleB(least + (0.1 * (greatest - least)), fractionBits)));
        private readonly int _above = Limit(Math.Floor(Math.ScaleB(least + (0.9 * (greatest - least)), fractionBits)));

        public static Scale Of(GateRange range) =>
            new(FixedPoint.GateBits, Math.ScaleB(range.Low, -FixedPoint.GateBits), Math.ScaleB(range.Low + range.Span, -FixedPoint.GateBits));

        public TelemetryRecord Record(in GateFrame frame, TelemetryQuantity quantity, ReadOnlySpan<int> values, int saturated)
        {
            long sum = 0;
            int low = int.MaxValue, high = int.MinValue, below = 0, above = 0;
            foreach (int value in values)
            {
                sum += value;
                low = Math.Min(low, value);
                high = Math.Max(high, value);
                below += value < _below ? 1 : 0;
                above += value > _above ? 1 : 0;
            }
            double count = values.Length;
            return new TelemetryRecord(frame.Step, frame.Layer, quantity, Math.ScaleB(sum / count, -fractionBits), FixedPoint.ToReal(low, fractionBits),
                FixedPoint.ToReal(high, fractionBits), below / count, above / count, saturated);
        }

        private static int Limit(double value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
    }
}
