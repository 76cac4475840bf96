namespace Latch.Anomaly.Tests;

public sealed class AnomalyDetectorTests
{
    private const int Hour = 3600;
    private static readonly AnomalyProfile s_profile = new Series(4, 4 * Hour, seed: 1).Fit();

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Step_FreshDataLikeTraining_RaisesTheStatedAlarmRate(double alarmsPerHour)
    {
        // One training of 4 hours knows the rate to a factor of about 1.6; five together must come within 2.
        const int Trainings = 5, Hours = 16;
        int alarms = 0;
        for (int seed = 0; seed < Trainings; seed++)
        {
            AnomalyProfile profile = new Series(3, 4 * Hour, 100 + seed).Fit();
            alarms += new Series(3, Hours * Hour, 200 + seed).Watch(new AnomalyDetector(profile, alarmsPerHour)).Count;
        }

        Assert.InRange(alarms / (double)(Trainings * Hours), alarmsPerHour / 2, alarmsPerHour * 2);
    }

    [Fact]
    public void Step_StuckReading_RaisesStillOnThatChannel()
    {
        Series series = Quiet(seed: 3);
        for (int step = 300; step < 360; step++)
            series[step, 2] = series[299, 2];
        Alarm alarm = Assert.Single(series.Watch(new AnomalyDetector(s_profile, 0.1)));
        Assert.Equal((2, AlarmReason.Still), (alarm.Channel, alarm.Reason));
        Assert.InRange(alarm.Start, 300, 315);
        Assert.InRange(alarm.End, 355, 360 + 1);
    }

    [Fact]
    public void Step_SlowDrift_RaisesDriftBeforeAnyReadingIsStrange()
    {
        Series series = Quiet(seed: 4);
        for (int step = 300; step < 420; step++)
            series[step, 1] += 2f * (step - 300) / 120;
        Alarm alarm = series.Watch(new AnomalyDetector(s_profile, 0.1))[0];
        Assert.Equal(1, alarm.Channel);
        Assert.Contains(alarm.Reason, new[] { AlarmReason.Drift, AlarmReason.Shift });
        Assert.InRange(alarm.Start, 320, 420);
    }

    [Fact]
    public void Step_OneHugeReading_RaisesJumpAtOnce()
    {
        Series series = Quiet(seed: 5);
        series[400, 3] = 50;
        Alarm alarm = Assert.Single(series.Watch(new AnomalyDetector(s_profile, 0.1)));
        Assert.Equal((400, 3, AlarmReason.Jump), (alarm.Start, alarm.Channel, alarm.Reason));
        Assert.Equal(400, alarm.PeakStep);
    }

    [Fact]
    public void Step_RougherThanForecast_RaisesBurst()
    {
        Series series = Quiet(seed: 6);
        for (int step = 300; step < 330; step++)
            series[step, 0] = step % 2 == 0 ? 3 : -3;
        Alarm alarm = Assert.Single(series.Watch(new AnomalyDetector(s_profile, 0.1)));
        Assert.Equal((0, AlarmReason.Burst), (alarm.Channel, alarm.Reason));
    }

    [Fact]
    public void Step_MissingReadings_AreCountedAndRaiseMissing()
    {
        Series series = Quiet(seed: 7);
        for (int step = 300; step < 330; step++)
            series[step, 1] = float.NaN;
        AnomalyDetector detector = new(s_profile, 0.1);
        Alarm alarm = Assert.Single(series.Watch(detector));
        Assert.Equal((1, AlarmReason.Missing), (alarm.Channel, alarm.Reason));
        Assert.InRange(alarm.Start, 302, 312);
        Assert.Equal(30, detector.MissingReadings);
    }

    [Fact]
    public void Step_OneMissingReading_RaisesNothing()
    {
        Series series = Quiet(seed: 8);
        series[300, 1] = float.NaN;
        Assert.Empty(series.Watch(new AnomalyDetector(s_profile, 0.1)));
    }

    [Fact]
    public void Step_HugeReadingsInTheWarmUp_ScoreZero()
    {
        Series series = Quiet(seed: 9);
        AnomalyDetector detector = new(s_profile, 0.1);
        float[] huge = [50, 50, 50, 50];
        for (int step = 0; step < s_profile.Settings.WarmUp; step++)
        {
            Assert.Equal(0, detector.Step(huge, new float[4], out _));
            Assert.True(detector.IsWarmingUp);
        }

        Assert.True(detector.Step(huge, new float[4], out _) > detector.Threshold);
        Assert.False(detector.IsWarmingUp);
        Assert.True(detector.InAlarm);
    }

    [Theory]
    [InlineData(19, 1)]
    [InlineData(70, 2)]
    public void Step_TwoJumpsApart_AreOneAlarmWithinTheHoldAndTwoBeyond(int apart, int expected)
    {
        Series series = Quiet(seed: 10);
        series[300, 0] = 50;
        series[300 + apart, 0] = -50;
        Assert.Equal(expected, series.Watch(new AnomalyDetector(s_profile, 0.1)).Count);
    }

    [Fact]
    public void Step_TenThousandSteps_AllocatesNothing()
    {
        AnomalyDetector detector = new(s_profile);
        float[] observed = [1, 2, 3, 4];
        float[] forecast = new float[4];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () => detector.Step(observed, forecast, out _)));
    }

    [Fact]
    public void Reset_AfterSteps_GivesTheSameScoresAgain()
    {
        Series series = new(4, 500, seed: 11);
        AnomalyDetector detector = new(s_profile);
        double[] first = Scores(series, detector);
        detector.Reset();
        Assert.Equal(first, Scores(series, detector));
    }

    [Fact]
    public void Step_WrongLength_SaysBoth()
    {
        string message = Assert.Throws<ArgumentException>(() => new AnomalyDetector(s_profile).Step(new float[3], new float[4], out _)).Message;
        Assert.Contains("4 channels", message, StringComparison.Ordinal);
        Assert.Contains("3 readings", message, StringComparison.Ordinal);
    }

    private static Series Quiet(int seed) => new(4, 600, seed);

    private static double[] Scores(Series series, AnomalyDetector detector) =>
        [.. Enumerable.Range(0, series.Steps).Select(step => detector.Step(series.Readings.AsSpan(step * 4, 4), series.Forecasts.AsSpan(step * 4, 4), out _))];
}
