using Latch.Agent.Status;

namespace Latch.Agent.Tests;

public sealed class HealthCheckTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly FaultCount s_none = new(0, 0);

    [Fact]
    public void Faults_HealthyAgent_AreNone() => Assert.Empty(Check(Good(), Later()));

    [Fact]
    public void Faults_NothingScored_AreNone() => Assert.Empty(Check(Good() with { Alarm = null }, Later() with { Alarm = null }));

    [Fact]
    public void Faults_StepsDoNotGrow_NamesTheSensorFault()
    {
        StatusDocument now = Good() with { Reason = "device gone: /dev/i2c-1", Faults = new FaultStatus("deviceGone", s_none, s_none, s_none, s_none, s_none) };
        Assert.Equal(["no step was taken; sensor fault deviceGone: device gone: /dev/i2c-1"], Check(Good(), now));
    }

    [Fact]
    public void Faults_EachRuleBroken_IsSaid()
    {
        Assert.Contains("does not run: failed, no model", One(Later() with { State = "failed", Reason = "no model" }), StringComparison.Ordinal);
        Assert.Contains("120 us, more than the 100 us", One(Later() with { StepTime = new TimeStatus(10, 120, 500) }), StringComparison.Ordinal);
        Assert.Contains("30.5 MiB", One(Later() with { MemoryMiB = 30.5 }), StringComparison.Ordinal);
        Assert.Contains("11 s old", One(Later() with { Time = s_now.AddSeconds(-11) }), StringComparison.Ordinal);
        Assert.Contains("no model runs", One(Later() with { Model = null }), StringComparison.Ordinal);
        Assert.Contains("golden vectors: different", One(Later() with { Model = Later().Model! with { Golden = "different" } }), StringComparison.Ordinal);
        Assert.Contains("31 alarms", One(Later() with { Alarm = Later().Alarm! with { InLastHour = 31 } }), StringComparison.Ordinal);
        Assert.Contains("of the steps are in alarm", One(Later() with { Alarm = Later().Alarm! with { Share = 0.6 } }), StringComparison.Ordinal);
        Assert.Contains("started anew", One(Later() with { Pid = 43 }), StringComparison.Ordinal);
        Assert.Equal(["process 42 is not there any more"], HealthCheck.Faults(Good(), Later(), s_now, static _ => false));
    }

    [Fact]
    public void Faults_AlarmsBeforeTheScoresAreWarm_AreNotJudged() =>
        Assert.Empty(Check(Good(), Later() with { Alarm = Later().Alarm! with { InLastHour = 99, Share = 1, ScoredSteps = 29 } }));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Faults_FirstStepOnly_IsNotJudgedByItsTime(long steps, int expected) =>
        Assert.Equal(expected, Check(Good() with { Steps = 0 }, Later() with { Steps = steps, StepTime = new TimeStatus(900, 900, 900) }).Count);

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void IsJudged_ModelWithAProfile_NeedsThirtyScores(long scored, bool expected) =>
        Assert.Equal(expected, HealthCheck.IsJudged(Later() with { Alarm = Later().Alarm! with { Threshold = 3, ScoredSteps = scored } }));

    [Fact]
    public void IsJudged_ModelWithoutAProfile_NeedsNone() =>
        Assert.True(HealthCheck.IsJudged(Later() with { Alarm = Later().Alarm! with { Threshold = null, ScoredSteps = 0 } }));

    [Fact]
    public void StatusFile_WrittenAndRead_IsTheSame()
    {
        using Scratch scratch = new();
        StatusFile.Write(scratch["status.json"], Good());
        Assert.Equal(Good() with { Telemetry = [] }, StatusFile.Read(scratch["status.json"]) with { Telemetry = [] });
        Assert.Throws<AgentException>(() => StatusFile.Read(scratch["other.json"]));
        Assert.Throws<AgentException>(() => StatusFile.Read(scratch.Write("bad.json", "{}")));
    }

    private static string One(StatusDocument now) => Assert.Single(Check(Good(), now));

    private static IReadOnlyList<string> Check(StatusDocument before, StatusDocument now) => HealthCheck.Faults(before, now, s_now, static _ => true);

    private static StatusDocument Later() => Good() with { Steps = 110 };

    private static StatusDocument Good() => new()
    {
        State = "running",
        Pid = 42,
        Version = "1",
        Started = s_now.AddMinutes(-1),
        Time = s_now.AddSeconds(-1),
        UptimeSeconds = 59,
        Model = new ModelStatus("m", 1, "f", null, "scalar", "equal", 64, 100, 30),
        Steps = 100,
        StepTime = new TimeStatus(10, 100, 500),
        MemoryMiB = 30,
        Alarm = new AlarmStatus("normal", 1, 5, false, 0, 30, 60, 0.5, 30, 0.5),
    };
}
