namespace Latch.Benchmarks.Timing;

/// <summary>Something that is timed against others.</summary>
/// <param name="Group">What it counts for: of a group's contenders the fastest speaks.</param>
/// <param name="Variant">Which way of doing it this is; empty when there is one only.</param>
/// <param name="StepsPerCall">Steps one call takes; times are given per step.</param>
/// <param name="Run">Makes that many calls.</param>
internal sealed record Contender(string Group, string Variant, int StepsPerCall, Action<int> Run);

/// <summary>What one contender took.</summary>
/// <param name="Contender">The contender.</param>
/// <param name="Rounds">Microseconds per step, by round.</param>
internal sealed record Measurement(Contender Contender, double[] Rounds)
{
    /// <summary>Median over the rounds, in microseconds per step.</summary>
    public double Median { get; } = Statistics.Median(Rounds);
}
