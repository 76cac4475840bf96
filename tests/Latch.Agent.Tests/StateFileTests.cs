using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.State;

namespace Latch.Agent.Tests;

public sealed class StateFileTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly Scratch _scratch = new();

    [Fact]
    public void Restore_SavedState_GoesOnWithTheSameIntegersAndScores()
    {
        using RunningModel first = new(TestModels.Load(profile: true), TestModels.Plain());
        using RunningModel second = new(TestModels.Load(profile: true), TestModels.Plain());
        for (int step = 0; step < 150; step++)
            first.Step(TestModels.Sample(step), s_now, out _);
        StateImage image = new();
        first.Save(image);
        image.Time = s_now.ToUnixTimeMilliseconds();
        StateFile.Write(_scratch["state.bin"], image);
        Assert.True(second.Restore(StateFile.Read(Options(60), first.Loaded.Fingerprint, s_now, out _)!));
        for (int step = 150; step < 400; step++)
        {
            float[] sample = TestModels.Sample(step);
            if (step is > 300 and < 310)
                sample[1] = 5; // an alarm, so that scores are not all zero
            Assert.Equal(first.Step(sample, s_now, out bool ended), second.Step(sample, s_now, out bool alsoEnded));
            Assert.Equal(ended, alsoEnded);
            Assert.Equal(first.Checksum(), second.Checksum());
            Assert.Equal(first.Result, second.Result);
        }

        Assert.True(first.Detector!.Alarm.PeakScore > first.Detector.Threshold);
        Assert.Equal(first.Detector.Alarm, second.Detector!.Alarm);
        Assert.Equal(400, second.Session.StepCount);
    }

    [Fact]
    public void Restore_StateOfAnotherProfile_TakesTheSessionAndScoresAnew()
    {
        using RunningModel first = new(TestModels.Load(profile: true), TestModels.Plain());
        using RunningModel second = new(TestModels.Load(profile: true) with { ProfileHash = 8 }, TestModels.Plain());
        for (int step = 0; step < 150; step++)
            first.Step(TestModels.Sample(step), s_now, out _);
        StateImage image = new();
        first.Save(image);
        Assert.False(second.Restore(image));
        Assert.Equal((150, first.Checksum()), (second.Session.StepCount, second.Checksum()));
        Assert.Equal((150, 0), (first.Detector!.Steps, second.Detector!.Steps));
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        byte[] good = StateFile.ToBytes(Image());
        Assert.NotNull(StateFile.Parse(good));
        for (int at = 0; at < good.Length; at++)
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x10;
            Assert.Null(StateFile.Parse(bad));
        }
    }

    [Fact]
    public void Read_CutShort_IsRefused()
    {
        byte[] good = StateFile.ToBytes(Image());
        for (int length = 0; length < good.Length; length++)
            Assert.Null(StateFile.Parse(good.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(61, "60 s allowed")]
    [InlineData(-61, "from the future")]
    [InlineData(60, "")]
    public void Read_Age_IsLimited(int seconds, string expected)
    {
        StateFile.Write(_scratch["state.bin"], Image());
        StateImage? image = StateFile.Read(Options(60), new string('a', 64), s_now.AddSeconds(seconds), out string refusal);
        Assert.Equal(expected.Length == 0, image is not null);
        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyAgeAllowed_TakesAnOldState()
    {
        StateFile.Write(_scratch["state.bin"], Image());
        Assert.NotNull(StateFile.Read(Options(0), new string('a', 64), s_now.AddYears(3), out _));
    }

    [Fact]
    public void Read_StateOfAnotherModel_IsRefused()
    {
        StateFile.Write(_scratch["state.bin"], Image());
        Assert.Null(StateFile.Read(Options(60), new string('b', 64), s_now, out string refusal));
        Assert.Contains("is of the model aaaaaaaa, not bbbbbbbb", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OverAnOldState_LeavesNoOtherFile()
    {
        StateFile.Write(_scratch["state.bin"], Image());
        StateFile.Write(_scratch["state.bin"], Image());
        Assert.Equal([_scratch["state.bin"]], Directory.GetFiles(_scratch.Folder));
    }

    public void Dispose() => _scratch.Dispose();

    private static StateImage Image() =>
        new() { Fingerprint = new string('a', 64), ProfileHash = 5, Time = s_now.ToUnixTimeMilliseconds(), Session = [1, -2, 3], Result = [float.NaN, 1.5f], Detector = [0.1, double.MaxValue] };

    private StateOptions Options(double age) => new(_scratch["state.bin"], 60, age);
}
