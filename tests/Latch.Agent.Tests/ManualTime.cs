namespace Latch.Agent.Tests;

/// <summary>A time of day that stands still until the test moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _passed += time;

    public override long GetTimestamp() => _passed.Ticks;

    public override DateTimeOffset GetUtcNow() => LoopFixture.Time + _passed;
}
