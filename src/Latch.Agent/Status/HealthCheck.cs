using System.Globalization;

namespace Latch.Agent.Status;

/// <summary>Whether an agent is healthy: judged by two readings of its status, some time apart.</summary>
internal static class HealthCheck
{
    // A status is written once a second.
    private const double OldestSeconds = 10;

    // Alarms are judged after this many steps with a score.
    private const long WarmSteps = 30;

    /// <summary>What is wrong; empty for a healthy agent.</summary>
    /// <param name="before">An earlier status.</param>
    /// <param name="now">The status now.</param>
    /// <param name="time">The time of day.</param>
    /// <param name="isAlive">Whether a process lives.</param>
    /// <param name="stepsAreDue">Whether the two are far enough apart for a step in between; otherwise any step since the start will do.</param>
    public static IReadOnlyList<string> Faults(StatusDocument before, StatusDocument now, DateTimeOffset time, Func<int, bool> isAlive, bool stepsAreDue = true)
    {
        List<string> faults = [];
        if (now.State is "failed" or "stopped" or "ended")
            return [$"the agent does not run: {now.State}{(now.Reason is null ? "" : $", {now.Reason}")}"];
        if (!isAlive(now.Pid))
            faults.Add($"process {now.Pid} is not there any more");
        if ((time - now.Time).TotalSeconds > OldestSeconds)
            faults.Add(Invariant($"the status is {(time - now.Time).TotalSeconds:0} s old"));
        if (before.Pid != now.Pid)
            faults.Add($"the agent was started anew (process {before.Pid}, then {now.Pid})");
        else if (now.Steps <= (stepsAreDue ? before.Steps : 0))
            faults.Add($"no step was taken{(now.Faults?.Present is { } fault ? $"; sensor fault {fault}{(now.Reason is null ? "" : $": {now.Reason}")}" : "")}");
        Model(now, faults);
        Alarms(now.Alarm, faults);
        return faults;
    }

    /// <summary>False while too few steps have a score to tell an alarm storm.</summary>
    public static bool IsJudged(StatusDocument? status) => status?.Alarm is not { Threshold: not null, ScoredSteps: < WarmSteps };

    private static void Model(StatusDocument now, List<string> faults)
    {
        if (now.Model is not { } model)
        {
            faults.Add("no model runs");
            return;
        }

        if (model.Golden is not ("equal" or "none"))
            faults.Add($"golden vectors: {model.Golden}");
        // The first step is a cold one: alone it tells nothing.
        if (model.LimitStepMicroseconds is { } limit && now.Steps > 1 && now.StepTime is { } step && step.P99 > limit)
            faults.Add(Invariant($"99 % of the steps take up to {step.P99:0} us, more than the {limit} us allowed"));
        if (model.LimitMemoryMiB is { } memory && now.MemoryMiB > memory)
            faults.Add(Invariant($"{now.MemoryMiB:0.0} MiB of memory are in use, more than the {memory} MiB allowed"));
    }

    private static void Alarms(AlarmStatus? alarm, List<string> faults)
    {
        if (alarm is null || alarm.ScoredSteps < WarmSteps)
            return;
        if (alarm.InLastHour > alarm.StormPerHour)
            faults.Add($"alarm storm: {alarm.InLastHour} alarms in the last hour, more than {alarm.StormPerHour}");
        if (alarm.Share > alarm.StormShare)
            faults.Add(Invariant($"alarm storm: {alarm.Share:0%} of the steps are in alarm, more than {alarm.StormShare:0%}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
