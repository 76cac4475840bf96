namespace Latch.Anomaly.Tests;

public sealed class AnomalyProfileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Fit_GaussianResidual_LearnsMeanAndDeviation()
    {
        Series series = new(2, 20_000, seed: 1);
        for (int i = 0; i < series.Readings.Length; i += 2)
            series.Readings[i] = 5 + (3 * series.Readings[i]);
        ChannelResidual learnt = series.Fit().Residuals[0];
        Assert.Equal(5, learnt.Mean, 0.1);
        Assert.Equal(3, learnt.Deviation, 0.1);
    }

    [Fact]
    public void Fit_LaplaceResidual_ScoresItsTailProbability()
    {
        // Two-sided exponential of scale 1: the probability beyond 12 is exp(-12), 5.21 powers of ten.
        Series series = new(1, 100_000, seed: 2);
        Random random = new(3);
        for (int i = 0; i < series.Readings.Length; i++)
            series.Readings[i] = (float)-Math.Log(1 - random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1);
        AnomalyDetector detector = new(series.Fit());
        for (int i = 0; i < 200; i++)
            detector.Step([i % 2 == 0 ? 0.1f : -0.1f], [0], out _);
        Assert.Equal(12 / Math.Log(10), detector.Step([12], [0], out _), 0.5);
        Assert.Equal(AlarmReason.Jump, detector.TopReason);
    }

    [Fact]
    public void Threshold_FewerAlarms_IsHigher()
    {
        AnomalyProfile profile = new Series(3, 7200, seed: 3).Fit();
        Assert.True(profile.Threshold(0.1) > profile.Threshold(1));
        Assert.True(profile.Threshold(1) > profile.Threshold(5));
    }

    [Fact]
    public void Fit_ChannelThatNeverMoves_DoesNotAlarmWhileItStays()
    {
        Series series = new(2, 2000, seed: 4);
        Series later = new(2, 20_000, seed: 5);
        for (int i = 0; i < later.Readings.Length; i += 2)
        {
            later.Readings[i] = 7;
            if (i < series.Readings.Length)
                series.Readings[i] = 7;
        }

        List<Alarm> alarms = later.Watch(new AnomalyDetector(series.Fit(), 0.5));
        Assert.DoesNotContain(alarms, alarm => alarm.Channel == 0);
    }

    [Fact]
    public void Load_SavedProfile_ScoresAlike()
    {
        Series series = new(3, 2000, seed: 6);
        AnomalyProfile profile = series.Fit(new DetectorSettings { LongWindow = 25, Clip = 3 });
        profile.Save(_path);
        AnomalyProfile loaded = AnomalyProfile.Load(_path);
        Assert.Equal(profile.Channels, loaded.Channels);
        Assert.Equal(profile.Settings, loaded.Settings);
        Assert.Equal(profile.AlarmRate, loaded.AlarmRate);
        Assert.Equal(profile.Residuals.ToArray(), loaded.Residuals.ToArray());
        Assert.Equal(series.Watch(new AnomalyDetector(profile, 5)), series.Watch(new AnomalyDetector(loaded, 5)));
    }

    [Theory]
    [InlineData("\"latch-anomaly-profile\"", "\"other\"", "format 'other'")]
    [InlineData("\"version\": 1", "\"version\": 2", "version 2")]
    [InlineData("\"sampleRate\": 1", "\"sampleRate\": 0", "sample rate")]
    [InlineData("\"shortWindow\": 10", "\"shortWindow\": 1", "short window")]
    [InlineData("\"longWindow\": 30", "\"longWindow\": 2000000000", "long window")]
    [InlineData("\"warmUp\": 60", "\"warmUp\": 3", "warm-up")]
    [InlineData("\"perHour\": ", "\"perHour\": -", "alarm rate")]
    [InlineData("\"deviation\": ", "\"deviation\": -", "channel 'c0'")]
    [InlineData("\"name\": \"c0\"", "\"name\": \"\"", "channel ''")]
    [InlineData("\"channels\": [", "\"channels\": [null,", "channel")]
    [InlineData("\"channels\": [", "\"channels\": 3, \"x\": [", "not an anomaly profile")]
    [InlineData("\"alarmRate\"", "\"other\"", "not an anomaly profile")]
    [InlineData("{", "", "not an anomaly profile")]
    public void Load_BrokenProfile_NamesFileAndReason(string find, string replace, string reason)
    {
        new Series(2, 400, seed: 7).Fit().Save(_path);
        string text = File.ReadAllText(_path);
        int at = text.IndexOf(find, StringComparison.Ordinal);
        Assert.True(at >= 0);
        File.WriteAllText(_path, string.Concat(text.AsSpan(0, at), replace, text.AsSpan(at + find.Length)));
        string message = Assert.Throws<AnomalyProfileException>(() => AnomalyProfile.Load(_path)).Message;
        Assert.StartsWith(_path, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_TooFewSteps_SaysHowManyAreNeeded() =>
        Assert.Contains("260", Assert.Throws<ArgumentException>(() => new Series(2, 100, seed: 8).Fit()).Message, StringComparison.Ordinal);

    [Fact]
    public void Fit_InfiniteReading_NamesChannelAndStep()
    {
        Series series = new(2, 400, seed: 9);
        series[300, 1] = float.PositiveInfinity;
        string message = Assert.Throws<ArgumentException>(() => series.Fit()).Message;
        Assert.Contains("'c1' at step 300", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ChannelAlwaysMissing_NamesIt()
    {
        Series series = new(2, 400, seed: 10);
        for (int step = 0; step < 400; step++)
            series[step, 0] = float.NaN;
        Assert.Contains("'c0'", Assert.Throws<ArgumentException>(() => series.Fit()).Message, StringComparison.Ordinal);
    }
}
