using System.Diagnostics;
using Latch.Agent.Configuration;
using Latch.Agent.Status;

namespace Latch.Agent.Commands;

/// <summary><c>latch-agent health</c>.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1.5);

    /// <summary>Reads the status twice; with a wait, until the agent is healthy or the time is over. That it is healthy is also waited for until its alarms can be judged.</summary>
    public static ExitCode Run(AgentConfiguration configuration, double waitSeconds, TextWriter output)
    {
        if (configuration.Status is not { } path)
            throw new AgentException("status: the configuration names no status file; health needs one.");
        long start = Stopwatch.GetTimestamp();
        StatusDocument? before = null;
        IReadOnlyList<string> faults;
        while (true)
        {
            (before, faults) = Look(path, before);
            bool over = Stopwatch.GetElapsedTime(start).TotalSeconds >= waitSeconds;
            if (faults.Count == 0 && (over || HealthCheck.IsJudged(before)))
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

    private static (StatusDocument? Status, IReadOnlyList<string> Faults) Look(string path, StatusDocument? before)
    {
        try
        {
            before ??= StatusFile.Read(path);
            // Two statuses and two steps must fit in between.
            Thread.Sleep(before.Rate > 0 ? TimeSpan.FromSeconds(Math.Max(s_between.TotalSeconds, 1 + (2 / before.Rate))) : s_between);
            StatusDocument now = StatusFile.Read(path);
            return (now, HealthCheck.Faults(before, now, DateTimeOffset.UtcNow, static process => Directory.Exists($"/proc/{process}")));
        }
        catch (AgentException exception)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(250));
            return (null, [exception.Message]);
        }
    }
}
