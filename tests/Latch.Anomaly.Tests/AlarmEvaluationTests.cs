namespace Latch.Anomaly.Tests;

public sealed class AlarmEvaluationTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Evaluate_FoundMissedAndFalse_AreCountedApart()
    {
        FaultLabel[] labels = [new(100, 160, "leak", "a"), new(300, 360, "stuck", "b"), new(500, 560, "drift", "c")];
        Alarm[] alarms =
        [
            At(50, 60),    // before any fault: false
            At(90, 105),   // began before the first fault, which the next one finds: false
            At(110, 150),  // finds the first fault after 10 steps
            At(155, 170),  // a second alarm on it: neither found nor false
            At(295, 320),  // began before the second fault, which is missed: false
            At(589, 600),  // within 30 s after the end of the third
            At(700, 710),  // false
        ];
        AlarmEvaluation result = AlarmEvaluation.Evaluate(alarms, labels, steps: 3600, sampleRate: 1);
        Assert.Equal((2, 1), (result.Found, result.Missed));
        Assert.Equal([alarms[0], alarms[1], alarms[4], alarms[6]], result.FalseAlarms);
        Assert.Equal([10, double.NaN, 89], result.Faults.Select(fault => fault.Delay));
        Assert.Equal(49.5, result.MedianDelay);
        Assert.Equal(1, result.Hours);
    }

    [Fact]
    public void Evaluate_TwoHertz_CountsDelayAndToleranceInSeconds()
    {
        FaultLabel[] labels = [new(100, 120, "leak", "a")];
        Assert.Equal(5, AlarmEvaluation.Evaluate([At(110, 111)], labels, 1000, 2).Faults[0].Delay);
        Assert.Equal(1, AlarmEvaluation.Evaluate([At(179, 181)], labels, 1000, 2).Found);
        Assert.Equal(0, AlarmEvaluation.Evaluate([At(180, 181)], labels, 1000, 2).Found);
    }

    [Fact]
    public void Evaluate_NoAlarm_MissesEverything()
    {
        AlarmEvaluation result = AlarmEvaluation.Evaluate([], [new(1, 2, "leak", "a")], 100, 1);
        Assert.Equal((0, 1, 0), (result.Found, result.Missed, result.FalseAlarms.Count));
        Assert.True(double.IsNaN(result.MedianDelay));
    }

    [Fact]
    public void Load_Labels_GivesThem()
    {
        File.WriteAllText(_path, "start,end,kind,target\n10,20,leak,a process\n30,45,stuck,mem.used\n");
        Assert.Equal([new(10, 20, "leak", "a process"), new FaultLabel(30, 45, "stuck", "mem.used")], FaultLabel.Load(_path));
    }

    [Theory]
    [InlineData("", "first line")]
    [InlineData("start,end,kind,target\n20,10,leak,a\n", "line 2")]
    [InlineData("start,end,kind,target\n1,2,leak,a\n1,x,leak,a\n", "line 3")]
    [InlineData("start,end,kind,target\n1,2,leak\n", "line 2")]
    public void Load_BrokenLabels_NamesTheLine(string text, string reason)
    {
        File.WriteAllText(_path, text);
        Assert.Contains(reason, Assert.Throws<AnomalyProfileException>(() => FaultLabel.Load(_path)).Message, StringComparison.Ordinal);
    }

    private static Alarm At(long start, long end) => new(start, end, 0, AlarmReason.Jump, 5, start);
}
