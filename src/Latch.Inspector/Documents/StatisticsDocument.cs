using Latch.Inspector.Tracks;
using Latch.Telemetry;

namespace Latch.Inspector.Documents;

/// <summary>The answer of /api/statistics: figures of all steps since the track began, also of those no longer held; only cPeak is of the steps held.</summary>
internal static class StatisticsDocument
{
    private static readonly double[] s_shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    // Steps looked through at once, so that the session is not held up.
    private const int Block = 4096;

    public static object Of(InspectorSession session, IntegerTrack track)
    {
        IReadOnlyList<LayerSnapshot> layers = track.Statistics.Snapshot();
        return new
        {
            steps = layers.Select(static layer => layer.Steps).FirstOrDefault(),
            warmUp = layers.Max(static layer => layer.WarmUpSteps),
            layers = layers.Select((layer, index) => OfLayer(layer, track.Layers[index].Units, CellPeaks(session, track, index))).ToArray(),
        };
    }

    private static object OfLayer(LayerSnapshot layer, int units, double[]? peaks) => new
    {
        layer.Layer,
        warmUp = layer.WarmUpSteps,
        gates = layer.Gates.Select(static gate => new
        {
            gate = gate.Gate.ToString().ToLowerInvariant(),
            gate.All.Mean,
            gate.All.Deviation,
            gate.All.Below,
            gate.All.Above,
            railHits = gate.Saturations,
            quantiles = gate.All.Count == 0 ? null : s_shares.Select(gate.All.Quantile).ToArray(),
        }).ToArray(),
        layer.CellSaturations,
        layer.HiddenSaturations,
        layer.OutputSaturations,
        units = Enumerable.Range(0, units).Select(unit => OfUnit(layer, unit, peaks?[unit])).ToArray(),
        inputs = new
        {
            outOfRange = layer.Inputs.Count == 0 ? (double?)null : layer.InputsAtEnds,
            channels = layer.Inputs.Select(static input => new { input.Channel, input.Low, input.High, input.Least, input.Greatest, input.AtLow, input.AtHigh }).ToArray(),
        },
    };

    private static object OfUnit(LayerSnapshot layer, int unit, double? cPeak)
    {
        MemoryTime? memory = unit < layer.UnitMemory.Count ? layer.UnitMemory[unit] : null;
        DeadUnit? dead = layer.DeadUnits.FirstOrDefault(dead => dead.Unit == unit);
        return new
        {
            unit,
            halfLife = memory?.HalfLifeSteps,
            halfLifeSeconds = memory?.HalfLifeSeconds,
            formatLimit = layer.MemoryLimit?.Nearest.HalfLifeSteps,
            below = layer.Gates.Select(gate => gate.Units[unit].Below).ToArray(),
            above = layer.Gates.Select(gate => gate.Units[unit].Above).ToArray(),
            mean = layer.Gates.Select(gate => gate.Units[unit].Mean).ToArray(),
            cPeak,
            cSlope = At(layer.CellSlope, unit),
            cDrift = At(layer.CellDrift, unit),
            cSlopeRecent = At(layer.RecentCellSlope, unit),
            dead = layer.Steps < 2 ? (bool?)null : dead is { IsStill: true },
            stuck = (dead?.StuckGates ?? []).Select(static gate => gate.ToString().ToLowerInvariant()).ToArray(),
        };
    }

    // The largest |c| of each unit over the steps held; null for a layer without cells.
    private static double[]? CellPeaks(InspectorSession session, IntegerTrack track, int layer)
    {
        TrackLayer of = track.Layers[layer];
        if (of.Quantities.FirstOrDefault(static quantity => quantity.Kind == "cell") is not { } cell)
            return null;
        long[] peaks = new long[of.Units];
        (long from, long end) = session.Read(() => (track.First, track.End));
        while (from < end)
        {
            from = session.Read(() =>
            {
                long first = Math.Max(from, track.First), next = Math.Max(first, Math.Min(first + Block, end));
                track.RaisePeaks(layer, first, next, peaks);
                return next;
            });
        }
        return [.. peaks.Select(peak => Math.ScaleB(peak, -cell.FractionBits))];
    }

    private static double? At(IReadOnlyList<double> values, int unit) => unit < values.Count ? values[unit] : null;
}
