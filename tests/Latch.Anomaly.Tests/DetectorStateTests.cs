using Latch.Model;

namespace Latch.Anomaly.Tests;

public sealed class DetectorStateTests
{
    private static readonly AnomalyProfile s_profile = new Series(3, 7200, seed: 1).Fit();

    [Theory]
    [InlineData(5)]
    [InlineData(200)]
    [InlineData(317)] // in the middle of an alarm
    public void LoadState_SavedAtAnyStep_GivesTheSameScoresAndAlarms(int saved)
    {
        Series series = Disturbed();
        AnomalyDetector first = new(s_profile), second = new(s_profile);
        Steps(first, series, 0, saved);
        double[] state = new double[first.StateSize];
        first.SaveState(state);
        second.LoadState(state);
        Assert.Equal(first.InAlarm, second.InAlarm);
        for (int step = saved; step < series.Steps; step++)
        {
            Assert.Equal(Step(first, series, step, out bool ended), Step(second, series, step, out bool alsoEnded));
            Assert.Equal(ended, alsoEnded);
            Assert.Equal((first.Steps, first.MissingReadings, first.InAlarm), (second.Steps, second.MissingReadings, second.InAlarm));
        }

        Assert.Equal(first.Alarm, second.Alarm);
        Assert.InRange(first.Alarm.Start, 310, 320);
    }

    [Fact]
    public void SaveState_SpanOfAnotherLength_IsRefused()
    {
        AnomalyDetector detector = new(s_profile);
        Assert.Throws<ArgumentException>(() => detector.SaveState(new double[detector.StateSize + 1]));
        Assert.Throws<ArgumentException>(() => detector.LoadState(new double[detector.StateSize - 1]));
    }

    [Fact]
    public void SetAlarmsPerHour_InTheMiddle_ScoresAsBeforeAgainstTheNewThreshold()
    {
        Series series = Disturbed();
        AnomalyDetector changed = new(s_profile, 1), fresh = new(s_profile, 1e-3);
        Steps(changed, series, 0, 200);
        Steps(fresh, series, 0, 200);
        changed.SetAlarmsPerHour(1e-3);
        Assert.Equal(s_profile.Threshold(1e-3), changed.Threshold);
        for (int step = 200; step < series.Steps; step++)
            Assert.Equal(Step(fresh, series, step, out _), Step(changed, series, step, out _));
        Assert.Equal(fresh.Alarm, changed.Alarm);
        Assert.Equal(series.Steps, changed.Steps);
    }

    [Fact]
    public void Scorer_RawReadings_ScoresAsTheDetectorDoesNormalisedOnes()
    {
        Channel[] channels = [new("c0", Mean: 5, Deviation: 2), new("c1"), new("c2", Mean: -1, Deviation: 4)];
        Series series = Disturbed();
        StreamScorer scorer = new(s_profile, 1, channels);
        AnomalyDetector detector = new(s_profile, 1);
        float[] raw = new float[3], observed = new float[3];
        for (int step = 0; step < series.Steps; step++)
        {
            for (int at = 0; at < raw.Length; at++)
            {
                raw[at] = (float)((series[step, at] * channels[at].Deviation) + channels[at].Mean);
                observed[at] = (float)((raw[at] - channels[at].Mean) / channels[at].Deviation);
            }

            Assert.Equal(detector.Step(observed, new float[3], out _), scorer.Step(raw, new float[3], out _));
        }

        Assert.StartsWith("c1 (", scorer.Describe(scorer.Detector.Alarm), StringComparison.Ordinal);
    }

    [Fact]
    public void Misfit_OtherChannels_SaysWhich()
    {
        Assert.Null(StreamScorer.Misfit(s_profile, [new("c0"), new("c1"), new("c2")], 3));
        Assert.Null(StreamScorer.Misfit(s_profile, [], 3));
        Assert.Equal("the profile has 3 channels, the model 4", StreamScorer.Misfit(s_profile, [], 4));
        Assert.Equal("channel 2 of the profile is 'c1', of the model 'x'", StreamScorer.Misfit(s_profile, [new("c0"), new("x"), new("c2")], 3));
    }

    // An alarm on channel 1 from step 310, missing readings before it.
    private static Series Disturbed()
    {
        Series series = new(3, 500, seed: 2);
        for (int step = 310; step < 325; step++)
            series[step, 1] += 9;
        series[250, 0] = float.NaN;
        return series;
    }

    private static void Steps(AnomalyDetector detector, Series series, int from, int to)
    {
        for (int step = from; step < to; step++)
            Step(detector, series, step, out _);
    }

    private static double Step(AnomalyDetector detector, Series series, int step, out bool ended) =>
        detector.Step(series.Readings.AsSpan(step * series.Channels, series.Channels), series.Forecasts.AsSpan(step * series.Channels, series.Channels), out ended);
}
