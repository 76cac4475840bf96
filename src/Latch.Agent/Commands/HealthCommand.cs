using Latch.Agent.Configuration;
using Latch.Agent.Status;

namespace Latch.Agent.Commands;

/// <summary><c>latch-agent health</c>.</summary>
internal sealed class HealthCommand(string path, TimeProvider clock, Action<TimeSpan> sleep)
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1.5);

    // A look may last so long also without a wait.
    private static readonly TimeSpan s_room = TimeSpan.FromSeconds(10);

    private StatusDocument? _before;
    private StatusDocument? _earlier;

    /// <summary>Reads the status twice; with a wait, until the agent is healthy or the time is over. That it is healthy is also waited for until its alarms can be judged.</summary>
    /// <param name="configuration">Names the status file.</param>
    /// <param name="waitSeconds">How long an agent may take to become healthy.</param>
    /// <param name="output">Receives "healthy", or the faults.</param>
    /// <param name="clock">The clock; the system's when null.</param>
    /// <param name="sleep">Waits by that clock.</param>
    /// <exception cref="AgentException">The configuration names no status file.</exception>
    public static ExitCode Run(AgentConfiguration configuration, double waitSeconds, TextWriter output, TimeProvider? clock = null, Action<TimeSpan>? sleep = null)
    {
        if (configuration.Status is not { } path)
            throw new AgentException("status: the configuration names no status file; health needs one.");
        return new HealthCommand(path, clock ?? TimeProvider.System, sleep ?? Thread.Sleep).Run(TimeSpan.FromSeconds(waitSeconds), output);
    }

    private ExitCode Run(TimeSpan wait, TextWriter output)
    {
        long start = clock.GetTimestamp();
        IReadOnlyList<string> faults;
        while (true)
        {
            faults = Look(wait - clock.GetElapsedTime(start));
            bool over = clock.GetElapsedTime(start) >= wait;
            if (faults.Count == 0 && (over || HealthCheck.IsJudged(_before)))
            {
                output.WriteLine("healthy");
                return ExitCode.Ok;
            }

            if (over)
                break;
        }

        foreach (string fault in faults)
            output.WriteLine(fault);
        return ExitCode.Faults;
    }

    private IReadOnlyList<string> Look(TimeSpan left)
    {
        try
        {
            StatusDocument before = _before ??= StatusFile.Read(path);
            // Two statuses and two steps must fit in between.
            TimeSpan whole = before.Rate > 0 ? TimeSpan.FromSeconds(Math.Max(s_between.TotalSeconds, 1 + (2 / before.Rate))) : s_between;
            // A look that the end of the wait cuts short sees the steps of the look before it as well.
            StatusDocument? earlier = _earlier?.Pid == before.Pid ? _earlier : null;
            TimeSpan room = earlier is null ? Max(left, s_room) : Max(left, s_between);
            bool cut = whole > room;
            sleep(cut ? room : whole);
            StatusDocument now = StatusFile.Read(path);
            (_before, _earlier) = (now, before);
            return HealthCheck.Faults(cut ? earlier ?? before : before, now, clock.GetUtcNow(), static process => Directory.Exists($"/proc/{process}"), stepsAreDue: !cut || earlier is not null);
        }
        catch (AgentException exception)
        {
            (_before, _earlier) = (null, null);
            sleep(TimeSpan.FromMilliseconds(250));
            return [exception.Message];
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
