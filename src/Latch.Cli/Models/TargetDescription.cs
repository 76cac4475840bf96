using Latch.Cli.Output;
using Latch.Runtime;
using Latch.Targets.Estimates;
using Latch.Targets.Profiles;

namespace Latch.Cli.Models;

/// <summary>What <c>inspect --target</c> says about a model on a board.</summary>
internal static class TargetDescription
{
    public static object Document(LatchModel model, TargetProfile profile)
    {
        (long weightBytes, long sessionBytes) = model.MemoryWith(profile.Kernel);
        StepEstimate? estimate = StepEstimate.Of(model.Definition, weightBytes, profile);
        return new
        {
            profile.Name,
            profile.Board,
            profile.Kernel,
            weightBytes,
            sessionBytes,
            fits = StepEstimate.Place(profile, weightBytes + sessionBytes),
            estimate = estimate is null ? null : new
            {
                isMeasured = false,
                estimate.Macs,
                estimate.Cycles,
                estimate.WeightCycles,
                estimate.WeightsFrom,
                estimate.ShortestMicroseconds,
                estimate.LongestMicroseconds,
                formula = StepEstimate.Formula,
                assumptions = StepEstimate.Assumptions,
            },
            profile.Limits,
        };
    }

    public static void Write(Terminal terminal, LatchModel model, TargetProfile profile)
    {
        (long weightBytes, long sessionBytes) = model.MemoryWith(profile.Kernel);
        StepEstimate? estimate = StepEstimate.Of(model.Definition, weightBytes, profile);
        CoreCosts? core = CoreCosts.Find(profile.Core);
        List<string[]> rows =
        [
            ["memory of weights", $"{Figures.Bytes(weightBytes)}, packed for {profile.Kernel}, the kernel of this board"],
            ["memory of a session", Figures.Bytes(sessionBytes)],
            ["a step works on", $"{Figures.Bytes(weightBytes + sessionBytes)}: {Fits(StepEstimate.Place(profile, weightBytes + sessionBytes), core?.Name ?? profile.Core)}"],
            ["limits of the health gate", $"{profile.Limits.StepMicroseconds} us a step, {profile.Limits.MemoryMiB} MiB for the agent"],
        ];
        if (estimate is not null)
        {
            rows.Add(["step time, ESTIMATE", $"{Range(estimate.ShortestMicroseconds, estimate.LongestMicroseconds)} us at {profile.ClockMHz} MHz (not measured)"]);
            rows.Add(["of which weights", $"{Range(0, estimate.WeightCycles / profile.ClockMHz)} us, read from the {estimate.WeightsFrom}"]);
            rows.Add(["multiply-accumulates", $"{estimate.Macs}"]);
        }
        terminal.WriteTable($"On {profile.Name} ({profile.Board})", ["", "value"], rows);
        if (estimate is null)
        {
            terminal.Out.WriteLine($"The time of a step is not estimated: nothing is known about the core '{profile.Core}' ({string.Join(", ", CoreCosts.All.Select(each => each.Id))} are).");
            return;
        }
        terminal.Out.WriteLine($"The step time is an estimate: {StepEstimate.Formula} ({core!.Source}).");
        foreach (string assumption in StepEstimate.Assumptions)
            terminal.Out.WriteLine($"- {assumption}");
    }

    private static string Fits(string place, string core) =>
        place == StepEstimate.Memory ? $"more than the caches of the {core} hold" : $"fits into the {place} of the {core}";

    private static string Range(double least, double most)
    {
        (string from, string to) = (Figures.Number(least), Figures.Number(most));
        return from == to ? from : $"{from} to {to}";
    }
}
