using Latch.Anomaly;
using Latch.Cli.Output;
using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Cli.Models;

/// <summary>The alarms of a forced session, counted beside those of the untouched one on the same samples.</summary>
internal sealed class ForcedWatch
{
    private readonly Counterfactual _counterfactual;
    private readonly LatchModel _model;
    private readonly AlarmWatch _watch;
    private readonly float[] _forecast;
    private readonly ScoreChange _change = new();

    /// <param name="force">What is forced.</param>
    /// <param name="model">A forecaster.</param>
    /// <param name="watch">Scores the forced forecasts.</param>
    /// <exception cref="CommandException">The model has no such layer, gate or unit.</exception>
    public ForcedWatch(GateForceOption force, LatchModel model, AlarmWatch watch)
    {
        (_counterfactual, _model, _watch) = (force.Beside(model), model, watch);
        _forecast = new float[model.OutputSize];
        _forecast.AsSpan().Fill(float.NaN);
    }

    /// <summary>One step of both sessions.</summary>
    /// <param name="sample">The readings.</param>
    /// <param name="score">Score of the untouched session in this step.</param>
    /// <param name="forecast">Receives the untouched session's forecast of the next step.</param>
    public void Step(ReadOnlySpan<float> sample, double score, Span<float> forecast)
    {
        double forced = _watch.Step(sample, _forecast);
        if (!_watch.Detector.IsWarmingUp)
            _change.Add(_counterfactual.Steps, score, forced);
        _counterfactual.Step(sample, forecast, _forecast);
    }

    /// <summary>Ends the series.</summary>
    public void Finish() => _watch.Finish();

    /// <summary>One object of the command's document.</summary>
    public object Json(AlarmWatch untouched)
    {
        AlarmDifference alarms = AlarmDifference.Between(untouched.Alarms, _watch.Alarms);
        return new
        {
            divergence = new CounterfactualSummary(_counterfactual, _model).Json(),
            score = _change,
            stepsInAlarm = StepsInAlarm(_watch),
            stepsInAlarmUntouched = StepsInAlarm(untouched),
            alarms = _watch.Alarms.Select(_watch.ToJson),
            lost = alarms.Lost.Select(_watch.ToJson),
            gained = alarms.Gained.Select(_watch.ToJson),
        };
    }

    /// <summary>Writes the tables.</summary>
    public void Write(Terminal terminal, AlarmWatch untouched)
    {
        new CounterfactualSummary(_counterfactual, _model).Write(terminal);
        AlarmDifference alarms = AlarmDifference.Between(untouched.Alarms, _watch.Alarms);
        terminal.Out.WriteLine($"Forced: {_watch.Alarms.Count} alarms over {StepsInAlarm(_watch)} steps (untouched: {untouched.Alarms.Count} over {StepsInAlarm(untouched)}), "
            + $"{alarms.Lost.Count} lost and {alarms.Gained.Count} gained; the score changes by {Figures.Fixed(_change.MeanChange, 2)} on average, at most by {Figures.Fixed(_change.LargestChange, 1)} in step {_change.LargestStep}.");
        if (alarms.Lost.Count + alarms.Gained.Count > 0)
            terminal.WriteTable("", ["", "from step", "to", "peak", "by"], alarms.Lost.Select(alarm => Row("lost", alarm)).Concat(alarms.Gained.Select(alarm => Row("gained", alarm))));
    }

    // Alarms that run into one another become one: their number alone does not tell.
    private static long StepsInAlarm(AlarmWatch watch) => watch.Alarms.Sum(static alarm => alarm.End - alarm.Start);

    private string[] Row(string what, Alarm alarm) => [what, $"{alarm.Start}", $"{alarm.End}", Figures.Fixed(alarm.PeakScore, 1), _watch.Describe(alarm)];
}
