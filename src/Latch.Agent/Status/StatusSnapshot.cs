using Latch.Agent.Configuration;
using Latch.Agent.Live;
using Latch.Agent.Loop;
using Latch.Agent.Service;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Status;

/// <summary>Where the figures of a status come from.</summary>
internal sealed record StatusSources(
    AlarmOptions Alarms, RunningModel Model, StepGrid? Grid, LoopCounters Counters, FaultCounts Faults, FaultLog FaultLog, AgentObserver Observer, Outputs Outputs,
    LiveServer? Live, string? Reload, long Now);

/// <summary>Takes a status of a running agent, from another thread than the loop's.</summary>
internal static class StatusSnapshot
{
    private const double NanosecondsPerMicrosecond = 1000;

    public static StatusDocument Take(StatusSources from)
    {
        FaultKind? present = from.Faults.Present;
        LoopCounters counters = from.Counters;
        return new StatusDocument
        {
            State = present is null ? "running" : "fault",
            Reason = present is null ? null : from.FaultLog.Last,
            Pid = Environment.ProcessId,
            Version = ProgramFacts.Version,
            Slot = ProgramFacts.Slot,
            Started = ProgramFacts.Started,
            Time = DateTimeOffset.UtcNow,
            UptimeSeconds = Math.Round((DateTimeOffset.UtcNow - ProgramFacts.Started).TotalSeconds, 3),
            Model = Model(from.Model),
            Rate = from.Grid is { } grid ? 1e9 / grid.Period : 0,
            Steps = counters.Steps,
            Skipped = counters.Skipped,
            Resets = counters.Resets,
            FirstResultMilliseconds = Finite(from.Observer.FirstResult),
            StepTime = Times(counters.StepTime),
            Jitter = from.Grid is null ? null : Times(from.Grid.Jitter),
            MissedDeadlines = from.Grid?.Missed ?? 0,
            Faults = Faults(from.Faults, present),
            Alarm = Alarm(from, counters),
            MissingReadings = counters.Missing,
            MemoryMiB = Math.Round(ProgramFacts.MemoryMiB, 1),
            Recording = Recording(from.Model),
            Telemetry = [.. (from.Model.OffBoard?.Queues ?? []).Select(static queue => queue.Status).Select(static status => new QueueStatus(status.Name, status.Offered, status.Dropped, status.Failures, status.LastError))],
            Mqtt = from.Model.OffBoard?.Publisher?.Status is { } mqtt ? new MqttReport(mqtt.Connected, mqtt.Published, mqtt.Queued, mqtt.Dropped, mqtt.LastError) : null,
            Otlp = from.Model.OffBoard?.Otlp is { } otlp ? new OtlpReport(otlp.Pushed, otlp.Failed, otlp.LastError) : null,
            Live = from.Live is null ? null : new LiveStatus(from.Live.Clients, from.Live.Dropped),
            Reload = from.Reload,
        };
    }

    private static ModelStatus Model(RunningModel running) => new(
        running.Loaded.Name, running.Loaded.Version, running.Loaded.Fingerprint, running.Loaded.SignedBy, running.Loaded.Model.Kernel,
        running.Loaded.GoldenSteps > 0 ? "equal" : "none", running.Loaded.GoldenSteps, running.Loaded.Limits?.StepMicroseconds, running.Loaded.Limits?.MemoryMiB);

    private static TimeStatus Times(Histogram times) => new(Micro(times.Percentile(0.5)), Micro(times.Percentile(0.99)), Micro(times.Max));

    private static double Micro(long nanoseconds) => Math.Round(nanoseconds / NanosecondsPerMicrosecond, 1);

    private static FaultStatus Faults(FaultCounts counts, FaultKind? present)
    {
        FaultCount Of(FaultKind kind) => new(counts.Times(kind), counts.Steps(kind));
        return new FaultStatus(
            present is { } kind ? FaultCounts.Names[(int)kind] : null, Of(FaultKind.DeviceGone), Of(FaultKind.Timeout), Of(FaultKind.Missing), Of(FaultKind.OutOfRange), Of(FaultKind.Stuck));
    }

    private static AlarmStatus Alarm(StatusSources from, LoopCounters counters)
    {
        string level = from.Outputs.Level switch
        {
            AlarmLevel.Normal => "normal",
            AlarmLevel.Warning => "warning",
            AlarmLevel.Alarm => "alarm",
            _ => "fault",
        };
        double share = counters.Scored == 0 ? 0 : (double)counters.InAlarm / counters.Scored;
        return new AlarmStatus(
            level, Finite(counters.Score), Finite(counters.Threshold), counters.IsAlarm, counters.Alarms, counters.AlarmsInLastHour(from.Now), counters.Scored, Math.Round(share, 4),
            from.Alarms.StormPerHour, from.Alarms.StormShare);
    }

    private static RecordingStatus? Recording(RunningModel model) => model.Recorder?.Status is { } status
        ? new RecordingStatus(status.Written, status.Dropped, status.Failures, status.LastError, status.DiskBytes)
        : null;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
