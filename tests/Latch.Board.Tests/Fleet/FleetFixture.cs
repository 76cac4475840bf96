namespace Latch.Board.Tests.Fleet;

/// <summary>The two boards of a fleet, started when the first test asks for them.</summary>
public sealed class FleetFixture : IDisposable
{
    private TestFleet? _fleet;

    /// <summary>The fleet. Skips the test when something it needs is absent.</summary>
    internal TestFleet Fleet => _fleet ??= TestFleet.Start();

    /// <summary>Ends the boards.</summary>
    public void Dispose() => _fleet?.Dispose();
}
