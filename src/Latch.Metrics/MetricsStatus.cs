namespace Latch.Metrics;

/// <summary>What became of the pushes so far.</summary>
/// <param name="Pushed">Pushes the collector took.</param>
/// <param name="Failed">Pushes that were lost.</param>
/// <param name="LastError">The last failure; null without one.</param>
public readonly record struct MetricsStatus(long Pushed, long Failed, string? LastError);
