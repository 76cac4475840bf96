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
        // As with two fingerprints that begin alike.
        StateFile.Write(_scratch["state.bin"], Image());
        File.Move(_scratch["state-aaaaaaaa.bin"], _scratch["state-bbbbbbbb.bin"]);
        Assert.Null(StateFile.Read(Options(60), new string('b', 64), s_now, out string refusal));
        Assert.Contains("is of the model aaaaaaaa, not bbbbbbbb", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OverAnOldState_LeavesNoOtherFile()
    {
        StateFile.Write(_scratch["state.bin"], Image());
        StateFile.Write(_scratch["state.bin"], Image());
        Assert.Equal([_scratch["state-aaaaaaaa.bin"]], Directory.GetFiles(_scratch.Folder));
    }

    [Fact]
    public void Write_AnotherModelOnTrial_LeavesTheStateThatARollbackGoesOnFrom()
    {
        StateFile.Write(_scratch["state.bin"], Image());
        StateImage trial = Image();
        (trial.Fingerprint, trial.Session) = (new string('b', 64), [9]);
        StateFile.Write(_scratch["state.bin"], trial);
        Assert.Equal([1, -2, 3], StateFile.Read(Options(60), new string('a', 64), s_now, out _)!.Session);
        Assert.Equal([9], StateFile.Read(Options(60), new string('b', 64), s_now, out _)!.Session);
        Assert.Null(StateFile.Read(Options(60), new string('c', 64), s_now, out string refusal));
        Assert.Equal("there is none", refusal);
    }

    [Fact]
    public void Write_ManyModels_KeepsTheNewestOfTheOthersAndNothingElseIsDeleted()
    {
        string[] kept = [_scratch.Write("state-notadigi.bin", ""), _scratch.Write("state-0.bin", ""), _scratch.Write("state-00000000.txt", ""), _scratch.Write("other-00000000.bin", "")];
        foreach ((char model, int minutes) in (ReadOnlySpan<(char, int)>)[('b', 1), ('c', 3), ('a', 2)])
        {
            StateImage image = Image();
            image.Fingerprint = new string(model, 64);
            StateFile.Write(_scratch["state.bin"], image);
            File.SetLastWriteTimeUtc(_scratch[$"state-{new string(model, 8)}.bin"], s_now.UtcDateTime.AddMinutes(minutes));
        }

        // When a came, the others were b and c, which is newer.
        Assert.Equal([.. kept.Append(_scratch["state-aaaaaaaa.bin"]).Append(_scratch["state-cccccccc.bin"]).Order()], Directory.GetFiles(_scratch.Folder).Order());
    }

    public void Dispose() => _scratch.Dispose();

    private static StateImage Image() =>
        new() { Fingerprint = new string('a', 64), ProfileHash = 5, Time = s_now.ToUnixTimeMilliseconds(), Session = [1, -2, 3], Result = [float.NaN, 1.5f], Detector = [0.1, double.MaxValue] };

    private StateOptions Options(double age) => new(_scratch["state.bin"], 60, age);
}
