using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>From the sums of a layer's tiles to figures.</summary>
internal sealed class SnapshotMaker(RecurrentLayer layer, StatisticsOptions options, double sampleRateHz, UnitTile[] tiles)
{
    /// <summary>Share of the units that have to be warm.</summary>
    private const double WarmShare = 0.95;

    private const int LeastSteps = 2;

    public LayerSnapshot Make(int index, in LayerTotals totals, long[] saturations, InputWatch inputs, IReadOnlyList<Channel> channels)
    {
        GateSummary[] gates = [.. saturations.Select((count, gate) => Gate(gate, count))];
        MemoryTime[] memory = tiles[0].Taken == 0 ? [] : [.. Lanes((tile, lane) => tile.Keep is { } keep ? Time(keep.LogSum(lane) / tile.Taken) : (MemoryTime?)null).OfType<MemoryTime>()];
        double[] slopes = Slopes(static cell => cell.All);
        long? warmUp = WarmUp();
        double steps = totals.Steps * (double)options.Every;
        return new LayerSnapshot
        {
            Layer = index,
            Name = layer.Name,
            Kind = layer.Kind,
            Steps = totals.Steps,
            Every = options.Every,
            Gates = gates,
            CellSaturations = totals.CellSaturations,
            HiddenSaturations = totals.HiddenSaturations,
            OutputSaturations = totals.OutputSaturations,
            Memory = memory.Length == 0 ? null : Time(Lanes((tile, lane) => tile.Keep!.LogSum(lane) / tile.Taken).Average()),
            UnitMemory = memory,
            MemoryLimit = MemoryLimit.Of(layer, sampleRateHz),
            CellSlope = slopes,
            CellDrift = layer.CellRange > 0 ? [.. slopes.Select(slope => slope * steps / layer.CellRange)] : [],
            RecentCellSlope = Slopes(static cell => cell.Recent()),
            DeadUnits = totals.Steps < LeastSteps ? [] : [.. DeadUnits(gates)],
            WarmUpSteps = warmUp,
            WarmUpSeconds = sampleRateHz > 0 ? warmUp / sampleRateHz : null,
            Inputs = [.. Enumerable.Range(0, layer.InputSize).Select(input => inputs.Range(input, layer.Input, input < channels.Count ? channels[input].Name : null)).OfType<InputRange>()],
        };
    }

    private GateSummary Gate(int gate, long saturations)
    {
        GateValues[] units = [.. Lanes((tile, lane) => tile.Gates[gate].Values(lane, tile.Taken))];
        return new GateSummary(GateOrder.Of(layer.Kind)[gate], GateValues.Together(GateRange.Of(layer, gate), units), units, saturations);
    }

    private double[] Slopes(Func<CellTile, Trend> stretch)
    {
        if (layer.Kind != CellKind.Lstm)
            return [];
        double unit = Math.ScaleB(1, -layer.CellFractionBits) / options.Every;
        return [.. tiles.SelectMany(tile =>
        {
            Trend trend = stretch(tile.Cell!);
            return Enumerable.Range(0, tile.Count).Select(lane => trend.Slope(lane) * unit);
        })];
    }

    private IEnumerable<DeadUnit> DeadUnits(GateSummary[] gates)
    {
        double codes = Math.ScaleB(1 / layer.Hidden.Scale, -FixedPoint.GateBits);
        double[] moves = [.. Lanes((tile, lane) => tile.HiddenSpan(lane) * codes)];
        for (int unit = 0; unit < moves.Length; unit++)
        {
            Gate[] stuck = [.. gates.Where(gate => IsStuck(gate.Units[unit])).Select(static gate => gate.Gate)];
            bool still = moves[unit] <= options.DeadCodes;
            if (still || stuck.Length > 0)
                yield return new DeadUnit(unit, moves[unit], still, stuck);
        }
    }

    private bool IsStuck(GateValues values) => values.Greatest - values.Least <= options.StuckRange * values.BinWidth * GateRange.Bins;

    private long? WarmUp()
    {
        if (tiles[0].Keep is null)
            return null;
        long[] reached = [.. Lanes(static (tile, lane) => tile.Keep!.Warm[lane]).Order()];
        long last = reached[(int)Math.Ceiling(WarmShare * reached.Length) - 1];
        return last == KeepTile.NotReached ? null : last;
    }

    private MemoryTime Time(double meanLog) => new(meanLog == 0 ? double.PositiveInfinity : -1 / meanLog, sampleRateHz);

    private IEnumerable<T> Lanes<T>(Func<UnitTile, int, T> figure) => tiles.SelectMany(tile => Enumerable.Range(0, tile.Count).Select(lane => figure(tile, lane)));
}
