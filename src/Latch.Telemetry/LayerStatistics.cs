using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>One gate of one layer over all steps and units.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Mean">Mean value.</param>
/// <param name="Deviation">Standard deviation.</param>
/// <param name="Below">Saturation fraction below: share of values under 0.1.</param>
/// <param name="Above">Saturation fraction above: share of values over 0.9.</param>
/// <param name="Saturations">Pre-activations that were limited.</param>
public sealed record GateSummary(Gate Gate, double Mean, double Deviation, double Below, double Above, long Saturations);

/// <summary>
/// How long a memory lasts: with keep gate f (LSTM forget gate, GRU update gate) the e-fold time is -1 / mean(ln f), the half-life ln 2 times that.
/// </summary>
/// <param name="EFoldSteps">E-fold time in steps; infinite when the gate never left 1.</param>
/// <param name="SampleRateHz">Steps per second, 0 when unknown.</param>
public readonly record struct MemoryTime(double EFoldSteps, double SampleRateHz)
{
    /// <summary>Half-life in steps.</summary>
    public double HalfLifeSteps => Math.Log(2) * EFoldSteps;

    /// <summary>E-fold time in seconds, or null when the sample rate is unknown.</summary>
    public double? EFoldSeconds => SampleRateHz > 0 ? EFoldSteps / SampleRateHz : null;

    /// <summary>Half-life in seconds, or null when the sample rate is unknown.</summary>
    public double? HalfLifeSeconds => SampleRateHz > 0 ? HalfLifeSteps / SampleRateHz : null;
}

/// <summary>What one layer did over all steps watched.</summary>
public sealed class LayerStatistics
{
    /// <summary>A gate of exactly 0 counts as half a unit of Q7.24 in the mean of ln f, so that one closed step does not erase the figure.</summary>
    private const double SmallestKeep = 1.0 / (1 << 25);

    private readonly RecurrentLayer _definition;
    private readonly double _sampleRateHz;
    private readonly int _keepGate;
    private readonly GateTotals[] _gates;
    private readonly double[] _logKeep;
    private readonly TrendLine[] _cells;

    internal LayerStatistics(int layer, RecurrentLayer definition, double sampleRateHz)
    {
        (Layer, _definition, _sampleRateHz) = (layer, definition, sampleRateHz);
        _keepGate = definition.Kind switch { CellKind.Lstm => 2, CellKind.Gru => 0, _ => -1 };
        _gates = new GateTotals[definition.GateCount];
        _logKeep = new double[_keepGate < 0 ? 0 : definition.HiddenSize];
        _cells = new TrendLine[definition.Kind == CellKind.Lstm ? definition.HiddenSize : 0];
    }

    /// <summary>Index of the layer in <see cref="LatchModel.Layers"/>.</summary>
    public int Layer { get; }

    /// <summary>The layer's name.</summary>
    public string Name => _definition.Name;

    /// <summary>Steps watched.</summary>
    public long Steps { get; private set; }

    /// <summary>Cell states that were saturated.</summary>
    public long CellSaturations { get; private set; }

    /// <summary>Hidden state codes that were saturated.</summary>
    public long HiddenSaturations { get; private set; }

    /// <summary>Output codes that were saturated.</summary>
    public long OutputSaturations { get; private set; }

    /// <summary>The gates in storage order. Before the first step all figures are 0.</summary>
    public IReadOnlyList<GateSummary> Gates
    {
        get
        {
            double count = Math.Max(Steps * _definition.HiddenSize, 1);
            return [.. _gates.Select((totals, index) => totals.Summary(GateOrder.Of(_definition.Kind)[index], count))];
        }
    }

    /// <summary>Memory of the layer: the mean of ln f over all units; null for an RNN and before the first step.</summary>
    public MemoryTime? Memory => Steps == 0 || _keepGate < 0 ? null : Time(_logKeep.Sum() / _logKeep.Length);

    /// <summary>Memory of each unit; empty for an RNN and before the first step.</summary>
    public IReadOnlyList<MemoryTime> UnitMemory => Steps == 0 ? [] : [.. _logKeep.Select(Time)];

    /// <summary>Slope of each cell state over the steps watched, in real units per step; empty for GRU and RNN.</summary>
    public IReadOnlyList<double> CellSlope => [.. _cells.Select(cell => cell.Slope)];

    /// <summary>
    /// Drift of each cell state: slope times steps watched, as a share of the calibrated range. Beyond 1 a cell crossed the range it was calibrated for.
    /// Empty for GRU and RNN, and when the model states no range.
    /// </summary>
    public IReadOnlyList<double> CellDrift => _definition.CellRange > 0 ? [.. _cells.Select(cell => cell.Slope * Steps / _definition.CellRange)] : [];

    internal void Add(in GateFrame frame)
    {
        int units = _definition.HiddenSize;
        for (int gate = 0; gate < _gates.Length; gate++)
            _gates[gate].Add(frame.Gates.Slice(gate * units, units), frame.GateSaturations[gate]);
        for (int unit = 0; unit < _logKeep.Length; unit++)
            _logKeep[unit] += Math.Log(Math.Max(FixedPoint.ToReal(frame.Gates[(_keepGate * units) + unit], FixedPoint.GateBits), SmallestKeep));
        for (int unit = 0; unit < _cells.Length; unit++)
            _cells[unit].Add(Steps, FixedPoint.ToReal(frame.Cell[unit], _definition.CellFractionBits));
        CellSaturations += frame.CellSaturations;
        HiddenSaturations += frame.HiddenSaturations;
        OutputSaturations += frame.OutputSaturations;
        Steps++;
    }

    internal void Clear()
    {
        _gates.AsSpan().Clear();
        _logKeep.AsSpan().Clear();
        _cells.AsSpan().Clear();
        Steps = CellSaturations = HiddenSaturations = OutputSaturations = 0;
    }

    private MemoryTime Time(double sumOfLogs) => new(sumOfLogs == 0 ? double.PositiveInfinity : -Steps / sumOfLogs, _sampleRateHz);

    private struct GateTotals
    {
        private double _sum;
        private double _squares;
        private long _below;
        private long _above;
        private long _saturations;

        public void Add(ReadOnlySpan<int> values, int saturations)
        {
            foreach (int value in values)
            {
                double real = FixedPoint.ToReal(value, FixedPoint.GateBits);
                _sum += real;
                _squares += real * real;
                _below += real < 0.1 ? 1 : 0;
                _above += real > 0.9 ? 1 : 0;
            }
            _saturations += saturations;
        }

        public readonly GateSummary Summary(Gate gate, double count)
        {
            double mean = _sum / count;
            return new GateSummary(gate, mean, Math.Sqrt(Math.Max((_squares / count) - (mean * mean), 0)), _below / count, _above / count, _saturations);
        }
    }

    /// <summary>A straight line by least squares through values at x = 0, 1, 2, ...</summary>
    private struct TrendLine
    {
        private double _count;
        private double _meanX;
        private double _meanY;
        private double _covariance;
        private double _variance;

        public readonly double Slope => _variance > 0 ? _covariance / _variance : 0;

        public void Add(double x, double y)
        {
            _count++;
            double fromMeanX = x - _meanX;
            _meanX += fromMeanX / _count;
            _variance += fromMeanX * (x - _meanX);
            _meanY += (y - _meanY) / _count;
            _covariance += fromMeanX * (y - _meanY);
        }
    }
}
