using Latch.Inspector.Tracks;
using Latch.Telemetry;

namespace Latch.Inspector.Documents;

/// <summary>The answer of /api/statistics.</summary>
internal static class StatisticsDocument
{
    /// <summary>Half-life that the gates' format can express at most: ln 2 x 2^24 steps.</summary>
    private static readonly double s_formatLimit = Math.Log(2) * (1 << 24);

    public static object Of(IntegerTrack track) => new
    {
        steps = track.Statistics.Layers.Select(static layer => layer.Steps).FirstOrDefault(),
        warmUp = (double?)null,
        layers = track.Statistics.Layers.Select((layer, index) => OfLayer(layer, track.Layers[index].Units)).ToArray(),
    };

    private static object OfLayer(LayerStatistics layer, int units) => new
    {
        layer.Layer,
        gates = layer.Gates.Select(static gate => new
        {
            gate = gate.Gate.ToString().ToLowerInvariant(),
            gate.Mean,
            gate.Deviation,
            gate.Below,
            gate.Above,
            railHits = gate.Saturations,
            quantiles = (double[]?)null,
        }).ToArray(),
        layer.CellSaturations,
        layer.HiddenSaturations,
        layer.OutputSaturations,
        units = Enumerable.Range(0, units).Select(unit => OfUnit(layer, unit)).ToArray(),
        inputs = new { outOfRange = (double?)null },
    };

    private static object OfUnit(LayerStatistics layer, int unit)
    {
        MemoryTime? memory = layer.UnitMemory.Count > unit ? layer.UnitMemory[unit] : null;
        return new
        {
            unit,
            halfLife = memory?.HalfLifeSteps,
            halfLifeSeconds = memory?.HalfLifeSeconds,
            formatLimit = s_formatLimit,
            below = (double[]?)null,
            above = (double[]?)null,
            mean = (double[]?)null,
            cSlope = layer.CellSlope.Count > unit ? layer.CellSlope[unit] : (double?)null,
            cDrift = layer.CellDrift.Count > unit ? layer.CellDrift[unit] : (double?)null,
            dead = (bool?)null,
        };
    }
}
