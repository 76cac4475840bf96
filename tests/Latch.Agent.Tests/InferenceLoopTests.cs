using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Models;
using Latch.Agent.State;
using Latch.Runtime;

namespace Latch.Agent.Tests;

public sealed class InferenceLoopTests
{
    [Fact]
    public void TakeStep_Samples_GiveTheIntegersOfASession()
    {
        using LoopFixture loop = new(TestModels.Load());
        Session session = loop.Model.Loaded.Model.CreateSession();
        short[] expected = new short[3], actual = new short[3];
        float[] result = new float[3];
        for (int step = 0; step < 300; step++)
        {
            float[] sample = TestModels.Sample(step);
            if (step % 17 == 3)
                sample[step % 3] = float.NaN;
            session.Step(sample, result);
            Assert.True(loop.Step(sample));
            session.ReadOutputCodes(expected);
            loop.Model.Session.ReadOutputCodes(actual);
            Assert.Equal(expected, actual);
        }

        Assert.Equal(300, loop.Counters.Steps);
        Assert.Equal(18, loop.Counters.Missing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void TakeStep_TenThousandSteps_AllocatesNothing(double rate)
    {
        using LoopFixture loop = new(TestModels.Load(profile: true), rate: rate);
        float[] sample = TestModels.Sample(0);
        int step = 0;
        Assert.Equal(0, AllocatedBytes.Of(10_000, () =>
        {
            sample[0] = MathF.Sin(0.1f * step);
            sample[1] = step++ % 100 == 0 ? float.NaN : 0.3f;
            loop.Step(sample);
        }));
        Assert.Equal(20_000, loop.Counters.Steps);
    }

    [Fact]
    public void TakeStep_UnchangedAlarmAndLive_AllocateNothing()
    {
        Live.LiveFeed feed = new(10, 3);
        using LoopFixture loop = new(TestModels.Load(profile: true), live: feed);
        feed.Join();
        float[] sample = TestModels.Sample(0);
        long step = 0;
        loop.Step(sample);
        Assert.Equal(0, AllocatedBytes.Of(5_000, () =>
        {
            sample[0] = MathF.Sin(0.1f * step++);
            loop.Step(sample);
            while (feed.TryPeek(out _))
                feed.Advance();
        }));
    }

    [Fact]
    public void TakeStep_GridAndNoNewSample_HoldsThenFaultThenGoesOn()
    {
        using LoopFixture loop = new(TestModels.Load(), """{"timeoutSeconds": 0.35}""", rate: 10);
        loop.Step([1, 2, 3]);
        for (int point = 0; point < 3; point++)
            loop.Loop.TakeStep();
        Assert.Null(loop.Faults.Present);
        Assert.Equal(0, loop.Counters.Missing);
        loop.Loop.TakeStep();
        Assert.Equal(FaultKind.Timeout, loop.Faults.Present);
        Assert.Equal((5, 3), (loop.Counters.Steps, loop.Counters.Missing));
        loop.Step([1, 2, 4]);
        Assert.Null(loop.Faults.Present);
        Assert.Equal(6, loop.Model.Session.StepCount);
    }

    [Fact]
    public void TakeStep_ReadingOutOfRangeAndNoNewSample_StaysMissing()
    {
        using LoopFixture loop = new(TestModels.Load(), """{"ranges": {"a": {"min": -2, "max": 2}}}""", rate: 10);
        loop.Step([1, 2, 3]);
        loop.Step([50, 2, 3]);
        Assert.Equal(1, loop.Counters.Missing);
        loop.Loop.TakeStep();
        Assert.Equal((3, 2, FaultKind.OutOfRange), (loop.Counters.Steps, loop.Counters.Missing, loop.Faults.Present));
        Session session = loop.Model.Loaded.Model.CreateSession();
        foreach (float[] sample in (float[][])[[1, 2, 3], [float.NaN, 2, 3], [float.NaN, 2, 3]])
            session.Step(sample, new float[3]);
        int[] expected = new int[session.StateSize], actual = new int[session.StateSize];
        session.SaveState(expected);
        loop.Model.Session.SaveState(actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void TakeStep_SkipPolicy_LeavesTheSessionAsItIs()
    {
        using LoopFixture loop = new(TestModels.Load(), """{"missing": "skip"}""", rate: 10);
        loop.Step([1, 2, 3]);
        ulong before = loop.Model.Checksum();
        loop.Step([1, float.NaN, 3]);
        Assert.Equal(before, loop.Model.Checksum());
        Assert.Equal((1, 1), (loop.Counters.Steps, loop.Counters.Skipped));
    }

    [Fact]
    public void TakeStep_ResetPolicy_NextSampleIsTheFirstOfASession()
    {
        using LoopFixture loop = new(TestModels.Load(profile: true), """{"deviceGone": "reset", "resetAfter": 2}""", rate: 10);
        for (int step = 0; step < 20; step++)
            loop.Step(TestModels.Sample(step));
        loop.Mailbox.Fail("unplugged");
        loop.Loop.TakeStep();
        Assert.Equal(21, loop.Model.Session.StepCount);
        loop.Loop.TakeStep();
        Assert.Equal((0, 1), (loop.Model.Session.StepCount, loop.Counters.Resets));
        loop.Loop.TakeStep();
        loop.Mailbox.Open(loop.Mailbox.Channels!);
        loop.Step(TestModels.Sample(7));
        using LoopFixture fresh = new(TestModels.Load());
        fresh.Step(TestModels.Sample(7));
        Assert.Equal(fresh.Model.Checksum(), loop.Model.Checksum());
        Assert.Equal(1, loop.Model.Detector!.Steps);
    }

    [Fact]
    public void TakeStep_SourceWithoutAChannel_IsDeviceGone()
    {
        using LoopFixture loop = new(TestModels.Load(), rate: 10);
        loop.Mailbox.Open([new Sensors.SensorChannel("a", ""), new Sensors.SensorChannel("b", "")]);
        loop.Mailbox.Put([1, 2], LoopFixture.Time);
        Assert.True(loop.Loop.TakeStep());
        Assert.Equal(FaultKind.DeviceGone, loop.Faults.Present);
        Assert.Equal(0, loop.Counters.Steps);
    }

    [Fact]
    public void TakeStep_EndOfTheSeries_TakesTheLastSampleAndEnds()
    {
        using LoopFixture loop = new(TestModels.Load());
        loop.Put([1, 2, 3]);
        loop.Mailbox.End();
        Assert.True(loop.Loop.TakeStep());
        Assert.False(loop.Loop.TakeStep());
        Assert.Equal(1, loop.Counters.Steps);
    }

    [Fact]
    public void Apply_SameModel_KeepsTheStateAndChangesTheThreshold()
    {
        using LoopFixture loop = new(TestModels.Load(profile: true));
        for (int step = 0; step < 100; step++)
            loop.Step(TestModels.Sample(step));
        double threshold = loop.Model.Detector!.Threshold;
        ulong checksum = loop.Model.Checksum();
        LoadedModel again = TestModels.Load(profile: true);
        loop.Loop.Apply(new LoopChange(null, again, RunningModel.NewScorer(again, loop.Configuration.Alarms), 0.01, loop.Watch(again, loop.Configuration)));
        Assert.False(loop.Loop.IsApplied);
        Assert.Equal(checksum, loop.Model.Checksum());
        loop.Step(TestModels.Sample(100));
        Assert.True(loop.Loop.IsApplied);
        Assert.Equal(101, loop.Model.Session.StepCount);
        Assert.Equal(101, loop.Model.Detector.Steps);
        Assert.Equal(again.Profile!.Threshold(0.01), loop.Model.Detector.Threshold);
        Assert.True(loop.Model.Detector.Threshold > threshold);
    }

    [Fact]
    public void Apply_SameModelAndAnotherProfile_KeepsTheStateAndScoresAnew()
    {
        using LoopFixture loop = InAlarm();
        ulong checksum = loop.Model.Checksum();
        LoadedModel again = TestModels.Load(profile: true) with { ProfileHash = 8 };
        loop.Loop.Apply(new LoopChange(null, again, RunningModel.NewScorer(again, loop.Configuration.Alarms), 0.01, loop.Watch(again, loop.Configuration)));
        loop.Loop.TakeStep(); // without a sample: only the change
        Assert.Equal(checksum, loop.Model.Checksum());
        Assert.Equal((0, 8ul), (loop.Model.Detector!.Steps, loop.Model.Loaded.ProfileHash));
        Assert.Equal((false, double.NaN), (loop.Counters.IsAlarm, loop.Counters.Score));
        loop.Step(TestModels.Sample(205));
        Assert.Equal((1, 206), (loop.Model.Detector.Steps, loop.Model.Session.StepCount));
        Assert.Equal(loop.Model.Detector.Threshold, loop.Counters.Threshold);
    }

    [Fact]
    public void Apply_WithoutAProfile_NothingIsScoredAndNoAlarmLasts()
    {
        using LoopFixture loop = InAlarm();
        LoadedModel again = TestModels.Load();
        loop.Loop.Apply(new LoopChange(null, again, null, 1, loop.Watch(again, loop.Configuration)));
        loop.Step(TestModels.Sample(205));
        Assert.Null(loop.Model.Detector);
        Assert.Equal((false, double.NaN, double.NaN), (loop.Counters.IsAlarm, loop.Counters.Score, loop.Counters.Threshold));
    }

    [Fact]
    public void Reset_DuringAnAlarm_NoAlarmLasts()
    {
        using LoopFixture loop = InAlarm("""{"deviceGone": "reset", "resetAfter": 1}""");
        loop.Mailbox.Fail("unplugged");
        loop.Loop.TakeStep();
        Assert.Equal(1, loop.Counters.Resets);
        Assert.Equal((false, double.NaN, double.NaN), (loop.Counters.IsAlarm, loop.Counters.Score, loop.Counters.Threshold));
    }

    [Fact]
    public void Apply_AnotherModel_BeginsAtItsFirstStep()
    {
        using LoopFixture loop = new(TestModels.Load());
        for (int step = 0; step < 10; step++)
            loop.Step(TestModels.Sample(step));
        LoadedModel other = TestModels.Load(seed: 9);
        RunningModel? replaced = null;
        loop.Loop.Replaced = model => replaced = model;
        loop.Loop.Apply(new LoopChange(new RunningModel(other, loop.Configuration), other, null, 1, loop.Watch(other, loop.Configuration)));
        loop.Step(TestModels.Sample(10));
        Assert.Same(loop.Model, replaced);
        Session session = other.Model.CreateSession();
        session.Step(TestModels.Sample(10), new float[3]);
        int[] expected = new int[session.StateSize], actual = new int[session.StateSize];
        session.SaveState(expected);
        loop.Loop.Model.Session.SaveState(actual);
        Assert.Equal(expected, actual);
        replaced!.Dispose();
    }

    [Fact]
    public void Alarm_BeginsAndEnds_IsCountedAndLogged()
    {
        using LoopFixture loop = new(TestModels.Load(profile: true));
        for (int step = 0; step < 300; step++)
        {
            float[] sample = TestModels.Sample(step);
            if (step is >= 200 and < 210)
                sample[1] = 6;
            loop.Step(sample);
        }

        Assert.Equal(1, loop.Counters.Alarms);
        Assert.InRange(loop.Model.Detector!.Alarm.Start, 200, 209);
        Assert.Equal(1, loop.Counters.AlarmsInLastHour(loop.Clock.Now));
        Assert.Equal(0, loop.Counters.AlarmsInLastHour(loop.Clock.Now + 3_700_000_000_000));
        Assert.InRange(loop.Counters.InAlarm, 10, 60);
        loop.Log.Dispose();
        Assert.Contains("<4>alarm: b (", loop.Lines.ToString(), StringComparison.Ordinal);
        Assert.Contains("<5>alarm over after", loop.Lines.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void State_SavedBetweenSteps_IsThatOfTheStep()
    {
        using Scratch scratch = new();
        StateOptions options = new(scratch["state.bin"], 0.1, 60);
        using var log = new Service.Log(new StringWriter());
        ManualTime time = new();
        StateKeeper keeper = new(options, time, log);
        using LoopFixture loop = new(TestModels.Load(), state: keeper);
        for (int step = 0; step < 5; step++)
            loop.Step(TestModels.Sample(step));
        time.Advance(TimeSpan.FromSeconds(0.09));
        keeper.Work(); // it is not time yet
        loop.Step(TestModels.Sample(5));
        keeper.Work();
        Assert.Empty(Directory.GetFiles(scratch.Folder));
        time.Advance(TimeSpan.FromSeconds(0.01));
        keeper.Work(); // asks
        loop.Step(TestModels.Sample(6));
        ulong saved = loop.Model.Checksum();
        loop.Step(TestModels.Sample(7));
        keeper.Work(); // writes
        using RunningModel other = new(TestModels.Load(), loop.Configuration);
        keeper.Restore(other);
        Assert.Equal((7, saved), (other.Session.StepCount, other.Checksum()));
    }

    private static LoopFixture InAlarm(string faults = "{}")
    {
        LoopFixture loop = new(TestModels.Load(profile: true), faults, rate: 10);
        for (int step = 0; step < 205; step++)
        {
            float[] sample = TestModels.Sample(step);
            if (step >= 200)
                sample[1] = 6;
            loop.Step(sample);
        }

        Assert.True(loop.Counters.IsAlarm);
        return loop;
    }
}
