using Latch.Agent.Loop;
using Latch.Anomaly;
using Latch.Mqtt;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Service;

/// <summary>Tells the world what the loop did: outputs, meters, the service manager.</summary>
internal sealed class AgentObserver(LoopCounters counters, FaultCounts faults, AgentMeters meters, Outputs outputs, ServiceManager service, Log log, double warningShare)
    : IStepObserver
{
    private AlarmLevel _level = AlarmLevel.Normal;
    private DateTimeOffset _time;
    private bool _ready;
    private double _firstResult = double.NaN;

    /// <summary>Share of the threshold from which the level is warning.</summary>
    public double WarningShare { get; set; } = warningShare;

    /// <summary>Milliseconds from the start of the process to the first result; NaN before it.</summary>
    public double FirstResult => Volatile.Read(ref _firstResult);

    /// <summary>Points missed; set by the host when the loop has a grid.</summary>
    public StepGrid? Grid { get; set; }

    public void OnStep(RunningModel model, ReadOnlySpan<float> sample, DateTimeOffset time, double score, long nanoseconds)
    {
        if (double.IsNaN(_firstResult))
        {
            double first = (DateTimeOffset.UtcNow - ProgramFacts.Started).TotalMilliseconds;
            Volatile.Write(ref _firstResult, first);
            log.Info(FormattableString.Invariant($"first result {first:0} ms after the start."));
        }

        _time = time;
        meters.Step(nanoseconds);
        model.OffBoard?.Publisher?.Report(new StepReport
        {
            Time = time,
            Step = model.Session.StepCount - 1,
            Sample = sample,
            Forecast = model.Detector is null ? default : model.Result,
            Score = score,
            Threshold = counters.Threshold,
            Level = Level(),
        });
    }

    public void OnPoint(RunningModel model, long jitter)
    {
        if (Grid is { } grid)
            meters.Point(jitter, grid.Missed);
        Show(model, Level());
        if (_ready)
            return;
        _ready = true;
        service.Ready($"{model.Loaded}, kernel {model.Loaded.Model.Kernel}");
    }

    private void Show(RunningModel model, AlarmLevel level)
    {
        if (level == _level)
            return;
        outputs.Set(level);
        Alarm? alarm = counters.IsAlarm ? model.Detector?.Alarm : null;
        string? reason = alarm is { } known ? StreamScorer.Name(known.Reason) : faults.Present is { } fault ? FaultCounts.Names[(int)fault] : null;
        model.OffBoard?.Publisher?.ReportAlarm(
            new AlarmReport(_time, model.Session.StepCount - 1, level, _level, counters.Score, counters.Threshold, alarm?.Channel ?? -1, reason));
        _level = level;
    }

    private AlarmLevel Level() =>
        counters.IsAlarm ? AlarmLevel.Alarm
        : faults.Present is not null ? AlarmLevel.Fault
        : counters.Score >= WarningShare * counters.Threshold ? AlarmLevel.Warning
        : AlarmLevel.Normal;
}
