using Latch.Agent.Commands;
using Latch.Agent.Status;

namespace Latch.Agent.Tests;

/// <summary>The health gate on an agent whose steps are a function of the time.</summary>
public sealed class HealthCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new();

    [Theory]
    [InlineData(1, 60, 3)]
    [InlineData(100, 60, 1.5)]
    [InlineData(0.1, 60, 21)]
    [InlineData(0.5, 0, 5)]
    public void Run_TwoPeriodsFit_LooksForThatLong(double rate, double wait, double expected)
    {
        Assert.Equal((ExitCode.Ok, expected), Run(rate, wait, seconds => (long)(seconds * rate) + 1));
        Assert.Equal("healthy\n", _output.ToString());
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(0, 10)]
    public void Run_OneSampleAMinute_OneStepSinceTheStartWillDo(double wait, double expected) =>
        Assert.Equal((ExitCode.Ok, expected), Run(1 / 60.0, wait, static _ => 1));

    [Fact]
    public void Run_OneSampleAMinuteAndNoStep_IsAFaultWhenTheWaitIsOver()
    {
        Assert.Equal((ExitCode.Faults, 60), Run(1 / 60.0, 60, static _ => 0));
        Assert.Equal("no step was taken\n", _output.ToString());
    }

    [Fact]
    public void Run_LastLookIsCutShort_SeesTheStepsOfTheLookBefore()
    {
        // A look lasts 41 s, and a model with a profile is looked at until the wait is over.
        Assert.Equal((ExitCode.Ok, 60), Run(0.05, 60, static seconds => seconds < 30 ? 1 : 2, scored: 1));
        Assert.Equal("healthy\n", _output.ToString());
    }

    [Fact]
    public void Run_StepsEndBeforeTheLastLook_IsAFault()
    {
        Assert.Equal((ExitCode.Faults, 60), Run(0.05, 60, static _ => 5, scored: 1));
        Assert.Equal("no step was taken\n", _output.ToString());
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _output.Dispose();
    }

    private (ExitCode Code, double Seconds) Run(double rate, double wait, Func<double, long> steps, long scored = 0)
    {
        double passed = 0;
        void Write() => StatusFile.Write(_scratch["status.json"], new StatusDocument
        {
            State = "running",
            Pid = Environment.ProcessId,
            Version = "1",
            Started = LoopFixture.Time,
            Time = _time.GetUtcNow(),
            UptimeSeconds = passed,
            Model = new ModelStatus("m", 1, "f", null, "scalar", "none", 0, null, null),
            Rate = rate,
            Steps = steps(passed),
            Alarm = new AlarmStatus("normal", 0, scored > 0 ? 5 : null, false, 0, 0, scored, 0, 30, 0.5),
        });
        Write();
        ExitCode code = HealthCommand.Run(TestModels.Plain() with { Status = _scratch["status.json"] }, wait, _output, _time, time =>
        {
            _time.Advance(time);
            passed += time.TotalSeconds;
            Write();
        });
        return (code, passed);
    }
}
