using Latch.Agent.Live;
using Latch.Agent.Models;
using Latch.Agent.Service;
using Latch.Agent.State;
using Latch.Anomaly;

namespace Latch.Agent.Loop;

/// <summary>What the loop works with; all but model and mailbox may be missing.</summary>
internal sealed record LoopParts
{
    public required ILoopClock Clock { get; init; }

    public required SampleMailbox Mailbox { get; init; }

    public required RunningModel Model { get; init; }

    public required FaultWatch Faults { get; init; }

    public required LoopCounters Counters { get; init; }

    /// <summary>Steps per second; 0 for as fast as the source yields.</summary>
    public required double Rate { get; init; }

    /// <summary>Whether the source is read when the loop asks.</summary>
    public required bool OnDemand { get; init; }

    public required Log Log { get; init; }

    public ServiceManager? Service { get; init; }

    public LiveFeed? Live { get; init; }

    public StateKeeper? State { get; init; }

    /// <summary>Told after every step and every point without one.</summary>
    public IStepObserver? Observer { get; init; }
}

/// <summary>Hears what the loop did. Must not wait, and must not allocate when nothing changed.</summary>
internal interface IStepObserver
{
    /// <summary>A step was taken.</summary>
    void OnStep(RunningModel model, ReadOnlySpan<float> sample, DateTimeOffset time, double score, long nanoseconds);

    /// <summary>A point of the grid has passed, with a step or without.</summary>
    void OnPoint(RunningModel model, long jitter);
}

/// <summary>What goes into effect between two steps.</summary>
/// <param name="Model">Another model; null to go on with the one there is.</param>
/// <param name="Loaded">What was loaded.</param>
/// <param name="Scorer">Scorer of the same model with another profile; null without one.</param>
/// <param name="AlarmsPerHour">The rate of alarms.</param>
/// <param name="Faults">Limits and policies.</param>
internal sealed record LoopChange(RunningModel? Model, LoadedModel Loaded, StreamScorer? Scorer, double AlarmsPerHour, FaultWatch Faults);

/// <summary>Source, faults, step, score, alarm: one step at a time, at a fixed rate. Allocates nothing while nothing changes.</summary>
internal sealed class InferenceLoop
{
    // How long the loop looks at nothing else while it waits for a sample, in milliseconds.
    private const int LongestWait = 100;

    private readonly LoopParts _parts;
    private readonly Func<bool> _idle;
    private RunningModel _model;
    private FaultWatch _faults;
    private LoopChange? _change;
    private object? _mappedFor;
    private int[] _map = [];
    private float[] _row = [];
    private float[] _sample;
    private DateTimeOffset _time;
    private long _number;
    private long _lastSign = long.MinValue / 2;
    private string? _misfit;
    private volatile bool _record;
    private volatile bool _stop;

    public InferenceLoop(LoopParts parts)
    {
        (_parts, _model, _faults, _idle) = (parts, parts.Model, parts.Faults, Idle);
        _sample = new float[_model.Loaded.Model.InputSize];
        Grid = parts.Rate > 0 ? new StepGrid(parts.Clock, parts.Rate) : null;
    }

    /// <summary>The grid; null when the source sets the pace.</summary>
    public StepGrid? Grid { get; }

    /// <summary>The model at work.</summary>
    public RunningModel Model => Volatile.Read(ref _model);

    /// <summary>Called with a model that another one has replaced.</summary>
    public Action<RunningModel>? Replaced { get; set; }

    /// <summary>Another thread: puts a change into effect before the next step.</summary>
    public void Apply(LoopChange change) => Volatile.Write(ref _change, change);

    /// <summary>Another thread: whether the last change is in effect.</summary>
    public bool IsApplied => Volatile.Read(ref _change) is null;

    /// <summary>Another thread: begins the recording of a model that took the place of another one, whose recording has ended.</summary>
    public void Record() => _record = true;

    /// <summary>Another thread: ends the loop after the step at hand.</summary>
    public void Stop() => _stop = true;

    /// <summary>Steps until it is stopped or the series ends.</summary>
    public void Run()
    {
        while (Idle() && TakeStep())
        {
        }
    }

    /// <summary>One point of the grid.</summary>
    /// <returns>False at the end of the series, or when the loop was stopped.</returns>
    internal bool TakeStep()
    {
        if (Volatile.Read(ref _change) is { } change)
            Change(change);
        if (_record)
            Record(_model);
        if (Grid is not null && !Grid.WaitForNext(_idle))
            return false;
        bool fresh = TryTake(out bool ended);
        if (ended)
            return false;
        switch (_faults.Check(fresh, _sample, _parts.Clock.Now, _misfit ?? _parts.Mailbox.Gone))
        {
            case StepDecision.Step when Grid is not null || fresh:
                Step();
                break;
            case StepDecision.Reset:
                Reset();
                break;
            default:
                if (Grid is not null)
                    _parts.Counters.Skip();
                break;
        }

        _parts.Observer?.OnPoint(_model, Grid?.LastJitter ?? 0);
        _parts.State?.AfterStep(_model);
        return true;
    }

    private void Step()
    {
        AnomalyDetector? detector = _model.Detector;
        bool before = detector is { InAlarm: true };
        long start = _parts.Clock.Now;
        double score = _model.Step(_sample, _time, out bool ended);
        long end = _parts.Clock.Now;
        _parts.Counters.StepTime.Add(end - start);
        _parts.Counters.Step(_sample);
        bool began = detector is { InAlarm: true } && !before;
        if (detector is not null)
            _parts.Counters.Take(score, detector.Threshold, !detector.IsWarmingUp, detector.InAlarm, began, end);
        _parts.Live?.AfterStep(_model, _sample, _time, score);
        _parts.Observer?.OnStep(_model, _sample, _time, score, end - start);
        if (began)
        {
            _parts.Log.Warning(FormattableString.Invariant($"alarm: {_model.Describe(detector!.Alarm)}, score {score:0.0} of {detector.Threshold:0.0}."));
        }
        else if (ended)
        {
            Alarm alarm = detector!.Alarm;
            _parts.Log.Notice(FormattableString.Invariant($"alarm over after {alarm.End - alarm.Start} steps, peak {alarm.PeakScore:0.0} in {_model.Describe(alarm)}."));
        }
    }

    private void Reset()
    {
        _model.Reset();
        _parts.Live?.Break();
        _parts.Counters.Reset();
        _parts.Counters.Unscored();
        _parts.Log.Warning("session: reset after a lasting sensor fault.");
    }

    private void Change(LoopChange change)
    {
        AnomalyDetector? scored = _model.Detector;
        if (change.Model is { } model)
        {
            RunningModel before = _model;
            Volatile.Write(ref _model, model);
            (_sample, _mappedFor) = (new float[model.Loaded.Model.InputSize], null);
            _parts.Live?.Break();
            Replaced?.Invoke(before);
        }
        else
        {
            _model.Continue(change.Loaded, change.Scorer, change.AlarmsPerHour);
        }

        // What another detector has found is over, or found anew.
        if (_model.Detector is null || _model.Detector != scored)
            _parts.Counters.Unscored();
        _faults = change.Faults;
        Volatile.Write(ref _change, null);
    }

    private void Record(RunningModel model)
    {
        _record = false;
        try
        {
            model.Record();
        }
        catch (AgentException exception)
        {
            _parts.Log.Error(exception.Message);
        }
    }

    // Only a new sample is copied: of one that the watch has marked as missing no reading comes back at the next point.
    private bool TryTake(out bool ended)
    {
        SampleMailbox mailbox = _parts.Mailbox;
        if (_mappedFor is null && mailbox.Channels is { } channels)
            Map(channels);
        long known = _number;
        if (_parts.OnDemand)
        {
            // A sample that came late, for the point before, is not the answer: it would be late for good.
            long before = mailbox.Ask();
            known = Grid is null ? known : before;
        }

        if (Grid is null || _parts.OnDemand)
            WaitForSample(mailbox, known);
        if (!mailbox.TryTake(_row, ref _number, out DateTimeOffset time, out ended) || _misfit is not null)
            return false;
        for (int at = 0; at < _map.Length; at++)
            _sample[at] = _row[_map[at]];
        _time = time;
        return true;
    }

    // Half a period is left for the step: what comes later than that is taken at the next point.
    private void WaitForSample(SampleMailbox mailbox, long known)
    {
        long limit = Grid is null ? LongestWait : Math.Clamp(Grid.Period / 2_000_000, 1, 3_600_000);
        while (limit > 0 && mailbox.Number == known && !mailbox.IsEnded && Idle())
        {
            if (mailbox.Gone is not null && Grid is not null)
                return;
            int part = (int)Math.Min(limit, LongestWait);
            if (mailbox.Gone is null)
                mailbox.Wait(known, part);
            else
                _parts.Clock.SleepUntil(_parts.Clock.Now + (part * 1_000_000L));
            limit -= part;
        }
    }

    private void Map(IReadOnlyList<Sensors.SensorChannel> channels)
    {
        try
        {
            _map = ChannelMap.Match(channels, _model.Loaded.Model.Channels, _model.Loaded.Model.InputSize);
            _misfit = null;
        }
        catch (AgentException exception)
        {
            _misfit = exception.Message;
        }

        (_row, _mappedFor) = (new float[channels.Count], channels);
    }

    /// <summary>Whether to go on; gives the watchdog its sign of life, which only this loop does.</summary>
    private bool Idle()
    {
        if (_parts.Service is { WatchdogInterval: > 0 } service && _parts.Clock.Now - _lastSign >= service.WatchdogInterval)
        {
            _lastSign = _parts.Clock.Now;
            service.Watchdog();
        }

        return !_stop;
    }
}
