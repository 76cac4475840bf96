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
        StepEstimate? estimate = Estimate(model, profile);
        return new
        {
            profile.Name,
            profile.Board,
            weightBytes = model.WeightBytes,
            sessionBytes = SessionBytes(model),
            fits = StepEstimate.Place(profile, Working(model)),
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
        StepEstimate? estimate = Estimate(model, profile);
        CoreCosts? core = CoreCosts.Find(profile.Core);
        List<string[]> rows =
        [
            ["memory of weights", $"{Figures.Bytes(model.WeightBytes)} as packed for the kernel {model.Kernel} here"],
            ["memory of a session", Figures.Bytes(SessionBytes(model))],
            ["a step works on", $"{Figures.Bytes(Working(model))}: fits {StepEstimate.Place(profile, Working(model))}{(core is null ? "" : $" of the {core.Name}")}"],
            ["limits of the health gate", $"{profile.Limits.StepMicroseconds} us a step, {profile.Limits.MemoryMiB} MiB for the agent"],
        ];
        if (estimate is not null)
        {
            rows.Add(["step time, ESTIMATE", $"{Figures.Number(estimate.ShortestMicroseconds)} to {Figures.Number(estimate.LongestMicroseconds)} us at {profile.ClockMHz} MHz (not measured)"]);
            rows.Add(["of which weights", $"0 to {Figures.Number(estimate.WeightCycles / profile.ClockMHz)} us from {estimate.WeightsFrom}"]);
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

    private static StepEstimate? Estimate(LatchModel model, TargetProfile profile) => StepEstimate.Of(model.Definition, model.WeightBytes, profile);

    private static long SessionBytes(LatchModel model) => model.CreateSession().MemoryBytes;

    private static long Working(LatchModel model) => model.WeightBytes + SessionBytes(model);
}
