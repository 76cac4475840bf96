using System.Diagnostics;
using Latch.Runtime;
using Latch.Runtime.Equality;

namespace Latch.AotSmoke;

/// <summary>Compares every kernel with "scalar" and says what was covered.</summary>
internal static class EqualityCommand
{
    public static int Run(ReadOnlySpan<string> options)
    {
        string? kernel = Usage.Option(options, "--kernel");
        if (kernel is not null && !LatchModel.AvailableKernels.Contains(kernel))
            return Usage.Show($"there is no kernel '{kernel}'; there are: {string.Join(", ", LatchModel.AvailableKernels)}.");
        using var run = new EqualityRun(options.Contains("--quick"), kernel is null ? null : [kernel]);
        Console.WriteLine($"kernels      {string.Join(' ', run.Kernels)} against scalar");
        Console.WriteLine($"lengths      {run.Lengths.Count} of 1 to {EqualityRun.LongestLength}");
        foreach (EqualityCheck check in EqualitySuite.Checks)
        {
            (long models, long comparisons, long start) = (run.Models, run.Comparisons, Stopwatch.GetTimestamp());
            run.Execute(check);
            Console.WriteLine($"{check.Name,-12} {run.Models - models} models, {run.Comparisons - comparisons} comparisons, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        }
        Console.WriteLine($"comparisons  {run.Comparisons} of {run.Integers} integers");
        Console.WriteLine($"differences  {run.Differences.Count}");
        foreach (string difference in run.Differences)
            Console.Error.WriteLine(difference);
        if (run.Kernels.Count == 0 || run.Comparisons == 0)
        {
            Console.Error.WriteLine("aot-smoke: nothing was compared: the only kernel here is scalar.");
            return Usage.Unusable;
        }
        return run.Differences.Count == 0 ? Usage.Ok : Usage.Different;
    }
}
