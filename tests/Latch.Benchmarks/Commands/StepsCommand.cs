using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace Latch.Benchmarks.Commands;

/// <summary>Our own steps under BenchmarkDotNet.</summary>
internal static class StepsCommand
{
    /// <summary>Hands the rest of the command line to BenchmarkDotNet.</summary>
    public static int Run(string[] arguments)
    {
        if (arguments.Length == 0)
            arguments = ["--filter", "*"];
        IConfig config = DefaultConfig.Instance.WithArtifactsPath(Repository.Path("artifacts", "benchmarks"));
        return BenchmarkSwitcher.FromTypes([typeof(StepBenchmarks)]).Run(arguments, config).Any(static summary => summary.HasCriticalValidationErrors) ? 2 : 0;
    }
}
