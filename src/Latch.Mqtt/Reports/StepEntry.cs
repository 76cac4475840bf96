using Latch.Sensors.Outputs;

namespace Latch.Mqtt;

/// <summary>A copy of a <see cref="StepReport"/>.</summary>
internal sealed class StepEntry(int channels)
{
    private readonly float[] _sample = new float[channels];
    private readonly float[] _forecast = new float[channels];
    private int _forecasts;

    public DateTimeOffset Time { get; private set; }

    public long Step { get; private set; }

    public double Score { get; private set; }

    public double Threshold { get; private set; }

    public AlarmLevel Level { get; private set; }

    public ReadOnlySpan<float> Sample => _sample;

    public ReadOnlySpan<float> Forecast => _forecast.AsSpan(0, _forecasts);

    public void Take(in StepReport report)
    {
        (Time, Step, Score, Threshold, Level) = (report.Time, report.Step, report.Score, report.Threshold, report.Level);
        report.Sample.CopyTo(_sample);
        report.Forecast.CopyTo(_forecast);
        _forecasts = report.Forecast.Length;
    }

    public void Take(StepEntry other) => Take(new StepReport
    {
        Time = other.Time,
        Step = other.Step,
        Sample = other.Sample,
        Forecast = other.Forecast,
        Score = other.Score,
        Threshold = other.Threshold,
        Level = other.Level,
    });
}
