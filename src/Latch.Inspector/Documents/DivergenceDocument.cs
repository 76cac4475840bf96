using Latch.Anomaly;
using Latch.Inspector.Tracks;
using Latch.Telemetry;

namespace Latch.Inspector.Documents;

/// <summary>The answer of /api/force and /api/divergence.</summary>
internal static class DivergenceDocument
{
    /// <summary>What a counterfactual changes.</summary>
    /// <param name="run">The model.</param>
    /// <param name="forced">Its counterfactual; null when nothing is forced.</param>
    public static object Of(ModelRun run, ForcedRun? forced)
    {
        if (forced is null)
            return new { forces = Array.Empty<object>(), cut = Array.Empty<int>(), steps = 0 };
        Counterfactual counterfactual = forced.Counterfactual;
        return new
        {
            forces = forced.Forces.Select(OfForce).ToArray(),
            forced.Cut,
            forced.From,
            counterfactual.Steps,
            firstStep = counterfactual.Outputs.FirstStep + forced.From,
            counterfactual.Outputs.Largest,
            counterfactual.Outputs.Rms,
            quantities = counterfactual.Layers.SelectMany(layer => OfLayer(forced, layer)).ToArray(),
            // The session whose recurrence is cut knows the whole past only when it began at the first step.
            pastShare = forced.From == 0 ? counterfactual.PastShare : null,
            score = forced.Score,
            alarms = forced.Track.Scorer is { } scorer ? OfAlarms(run.Base.Scorer!, scorer) : null,
        };
    }

    /// <summary>A force as it is posted.</summary>
    public static object OfForce(ForcedGate force) => new
    {
        force.Layer,
        gate = force.Gate.ToString().ToLowerInvariant(),
        how = force.Force?.ToString().ToLowerInvariant() ?? "value",
        value = force.Force is null ? Math.ScaleB(force.Value, -24) : (double?)null,
        force.Units,
    };

    /// <summary>An alarm as the page takes it.</summary>
    public static object OfAlarm(Scorer scorer, Alarm alarm) => new
    {
        alarm.Start,
        alarm.End,
        channel = scorer.Channel(alarm),
        reason = alarm.Reason.ToString().ToLowerInvariant(),
        peak = alarm.PeakScore,
        alarm.PeakStep,
    };

    private static IEnumerable<object> OfLayer(ForcedRun forced, LayerDivergence layer)
    {
        Divergence[] divergences = [.. layer.Gates, .. layer.Cell is { } cell ? new[] { cell } : [], layer.Hidden];
        return divergences.Zip(forced.Track.Layers[layer.Layer].Quantities, (divergence, quantity) => new
        {
            layer.Layer,
            quantity = quantity.Id,
            firstStep = divergence.FirstStep + forced.From,
            divergence.Largest,
            largestStep = divergence.LargestStep + forced.From,
            divergence.Rms,
        });
    }

    // Alarms of the untouched run count from the step on at which the forced run's detector could raise one.
    private static object OfAlarms(Scorer untouched, Scorer forced)
    {
        Alarm[] before = [.. untouched.Alarms.Where(alarm => alarm.End > forced.FirstScored)];
        IReadOnlyList<Alarm> after = forced.Alarms;
        AlarmDifference difference = AlarmDifference.Between(before, after);
        return new
        {
            @base = before.Length,
            forced = after.Count,
            lost = difference.Lost.Select(alarm => OfAlarm(untouched, alarm)).ToArray(),
            gained = difference.Gained.Select(alarm => OfAlarm(forced, alarm)).ToArray(),
        };
    }
}
