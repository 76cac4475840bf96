using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Models;

namespace Latch.Agent.Tests;

public sealed class FaultWatchTests
{
    private const long Second = 1_000_000_000;

    private readonly LoadedModel _model = TestModels.Load();
    private readonly FaultCounts _counts = new();
    private readonly List<string> _told = [];
    private long _now;

    [Fact]
    public void Check_GoodSamples_AreStepsWithoutChange()
    {
        FaultWatch watch = Watch("{}");
        for (int step = 0; step < 50; step++)
        {
            float[] sample = TestModels.Sample(step);
            Assert.Equal(StepDecision.Step, Fresh(watch, sample));
            Assert.Equal(TestModels.Sample(step), sample);
        }

        Assert.Null(_counts.Present);
        Assert.Empty(_told);
    }

    [Fact]
    public void Check_BeforeTheFirstSample_TakesNoStep() => Assert.Equal(StepDecision.Skip, Old(Watch("{}"), [0, 0, 0]));

    [Theory]
    [InlineData("hold", StepDecision.Step)]
    [InlineData("skip", StepDecision.Skip)]
    [InlineData("reset", StepDecision.Step)]
    public void Check_ReadingIsNaN_FollowsThePolicy(string policy, object decision)
    {
        FaultWatch watch = Watch($$"""{"missing": "{{policy}}"}""");
        Fresh(watch, TestModels.Sample(0));
        float[] sample = [1, float.NaN, 0.5f];
        Assert.Equal((StepDecision)decision, Fresh(watch, sample));
        Assert.Equal([1, float.NaN, 0.5f], sample);
        Assert.Equal(FaultKind.Missing, _counts.Present);
        Assert.Equal(StepDecision.Step, Fresh(watch, TestModels.Sample(1)));
        Assert.Null(_counts.Present);
        Assert.Equal((1, 1), (_counts.Times(FaultKind.Missing), _counts.Steps(FaultKind.Missing)));
        Assert.Equal(["Missing began: b", "Missing ended: b"], _told);
    }

    [Fact]
    public void Check_InfiniteReading_IsMissing()
    {
        FaultWatch watch = Watch("{}");
        float[] sample = [float.PositiveInfinity, 0, 0];
        Fresh(watch, sample);
        Assert.Equal(FaultKind.Missing, _counts.Present);
        Assert.True(float.IsNaN(sample[0]));
    }

    [Theory]
    [InlineData("hold", StepDecision.Step)]
    [InlineData("skip", StepDecision.Skip)]
    public void Check_NothingNewForTooLong_IsATimeout(string policy, object decision)
    {
        FaultWatch watch = Watch($$"""{"timeout": "{{policy}}", "timeoutSeconds": 2}""");
        Fresh(watch, [1, 2, 3]);
        _now += 2 * Second - 1;
        float[] kept = [1, 2, 3];
        Assert.Equal(StepDecision.Step, Old(watch, kept));
        Assert.Equal([1, 2, 3], kept);
        _now += 1;
        Assert.Equal((StepDecision)decision, Old(watch, kept));
        Assert.All(kept, reading => Assert.True(float.IsNaN(reading)));
        Assert.Equal(FaultKind.Timeout, _counts.Present);
        Assert.Equal(StepDecision.Step, Fresh(watch, [1, 2, 4]));
        Assert.Null(_counts.Present);
    }

    [Fact]
    public void Check_ResetPolicy_HoldsThenResetsOnceThenWaits()
    {
        FaultWatch watch = Watch("""{"timeout": "reset", "timeoutSeconds": 1, "resetAfter": 3}""");
        Fresh(watch, [1, 2, 3]);
        _now += Second;
        StepDecision[] decisions = [.. Enumerable.Range(0, 6).Select(_ => Old(watch, [0, 0, 0]))];
        Assert.Equal([StepDecision.Step, StepDecision.Step, StepDecision.Reset, StepDecision.Skip, StepDecision.Skip, StepDecision.Skip], decisions);
        Assert.Equal(StepDecision.Step, Fresh(watch, [1, 2, 4]));
        _now += Second;
        Assert.Equal(StepDecision.Step, Old(watch, [0, 0, 0])); // counts anew
    }

    [Fact]
    public void Check_DeviceGoneAndBack_IsCountedOnceAndOver()
    {
        FaultWatch watch = Watch("{}");
        Fresh(watch, [1, 2, 3]);
        for (int step = 0; step < 4; step++)
            watch.Check(false, new float[3], _now, "/dev/i2c-1: it does not answer.");
        Assert.Equal(FaultKind.DeviceGone, _counts.Present);
        Fresh(watch, [1, 2, 4]);
        Assert.Null(_counts.Present);
        Assert.Equal((1, 4), (_counts.Times(FaultKind.DeviceGone), _counts.Steps(FaultKind.DeviceGone)));
        Assert.Equal("DeviceGone began: /dev/i2c-1: it does not answer.", _told[0]);
        Assert.Equal(0, _counts.Times(FaultKind.Timeout));
    }

    [Fact]
    public void Check_SampleStaysTheSame_IsStuckAfterItsTime()
    {
        FaultWatch watch = Watch("""{"stuck": "skip", "stuckSeconds": 0.5}"""); // 5 samples at 10 Hz
        StepDecision[] decisions = [.. Enumerable.Range(0, 7).Select(_ => Fresh(watch, [1, 2, 3]))];
        Assert.Equal(5, decisions.TakeWhile(static decision => decision == StepDecision.Step).Count());
        Assert.Equal(FaultKind.Stuck, _counts.Present);
        Assert.Equal(StepDecision.Step, Fresh(watch, [1, 2, 3.5f]));
    }

    [Fact]
    public void Check_OneChannelStaysTheSame_IsStuckOnlyWhereItIsNamed()
    {
        FaultWatch all = Watch("""{"stuckSeconds": 0.5}"""), named = Watch("""{"stuckSeconds": 0.5, "stuckChannels": ["b"]}""");
        for (int step = 0; step < 20; step++)
            Fresh(all, [step, 2, 3]);
        Assert.Null(_counts.Present);
        for (int step = 0; step < 20; step++)
            Fresh(named, [step, 2, 3]);
        Assert.Equal(FaultKind.Stuck, _counts.Present);
    }

    [Fact]
    public void Check_StuckAfterAnotherFault_IsToldWithItsOwnChannelOrNone()
    {
        FaultWatch all = Watch("""{"stuckSeconds": 0.5}"""), named = Watch("""{"stuckSeconds": 0.5, "stuckChannels": ["b", "c"]}""");
        Fresh(all, [float.NaN, 2, 3]);
        for (int step = 0; step < 6; step++)
            Fresh(all, [1, 2, 3]);
        Assert.Equal("Stuck began: ", _told[^1]);
        Fresh(named, [float.NaN, 2, 3]);
        for (int step = 0; step < 6; step++)
            Fresh(named, [step, step, 3]);
        Assert.Equal("Stuck began: c", _told[^1]);
    }

    [Fact]
    public void Check_ReadingFarBeyondTheCalibratedRange_IsHeld()
    {
        FaultWatch watch = Watch("""{"rangeFactor": 10}""");
        double edge = 10 * 127 * _model.Model.Definition.Step!.Tensors[0].Quantization.Scale;
        float[] inside = [(float)(0.9 * edge), 0, 0], outside = [(float)(1.2 * edge), 0, 0];
        Fresh(watch, inside);
        Assert.Null(_counts.Present);
        Fresh(watch, outside);
        Assert.Equal(FaultKind.OutOfRange, _counts.Present);
        Assert.Equal([float.NaN, 0, 0], outside);
    }

    [Fact]
    public void Check_RangeGivenForAChannel_IsUsedInsteadOfTheFactor()
    {
        FaultWatch watch = Watch("""{"outOfRange": "skip", "ranges": {"c": {"min": -1, "max": 1}}}""");
        Assert.Equal(StepDecision.Step, Fresh(watch, [0, 0, 1]));
        Assert.Equal(StepDecision.Skip, Fresh(watch, [0, 0, 1.001f]));
        Assert.Equal(StepDecision.Skip, Fresh(watch, [0, 0, -1.001f]));
        Assert.Equal(2, _counts.Steps(FaultKind.OutOfRange));
        Assert.Equal(1, _counts.Times(FaultKind.OutOfRange));
    }

    [Theory]
    [InlineData("""{"ranges": {"x": {"min": 0}}}""", "faults.ranges")]
    [InlineData("""{"stuckChannels": ["x"]}""", "faults.stuckChannels")]
    public void Constructor_ChannelThatTheModelHasNot_IsRefusedByName(string faults, string path)
    {
        AgentException exception = Assert.Throws<AgentException>(() => Watch(faults));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("a, b, c", exception.Message, StringComparison.Ordinal);
    }

    private FaultWatch Watch(string faults)
    {
        AgentConfiguration configuration = TestModels.Configuration($$"""{"model": "m", "source": {"kind": "stdin"}, "faults": {{faults}}}""");
        return new FaultWatch(_model.Model, configuration.Faults, 10, _now, _counts, (kind, began, detail) => _told.Add($"{kind} {(began ? "began" : "ended")}: {detail}"));
    }

    private StepDecision Fresh(FaultWatch watch, float[] sample) => watch.Check(true, sample, _now, null);

    private StepDecision Old(FaultWatch watch, float[] sample) => watch.Check(false, sample, _now, null);
}
