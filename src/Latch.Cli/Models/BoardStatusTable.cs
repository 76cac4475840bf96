using System.Text.Json;
using Latch.Cli.Output;
using Latch.Targets.Deploy;

namespace Latch.Cli.Models;

/// <summary>A board's status for people.</summary>
internal static class BoardStatusTable
{
    // Name in the table, path in the agent's document.
    private static readonly (string Name, string Path, string Unit)[] s_figures =
    [
        ("agent", "state", ""), ("reason", "reason", ""), ("kernel", "model.kernel", ""), ("golden vectors", "model.golden", ""), ("signed by", "model.signedBy", ""), ("rate", "rate", " Hz"), ("steps", "steps", ""),
        ("step time, 99 %", "stepTime.p99", " us"), ("jitter, 99 %", "jitter.p99", " us"), ("missed deadlines", "missedDeadlines", ""),
        ("sensor fault", "faults.present", ""), ("missing readings", "missingReadings", ""), ("level", "alarm.level", ""), ("score", "alarm.score", ""),
        ("threshold", "alarm.threshold", ""), ("alarms", "alarm.count", ""), ("memory", "memoryMiB", " MiB"), ("status of", "time", ""),
    ];

    public static void Write(Terminal terminal, string board, BoardStatus status)
    {
        List<string[]> rows =
        [
            ["slot in use", status.Current.Length == 0 ? "none" : $"{status.Current}: {status.CurrentModel}"],
            ["slot before", status.Previous.Length == 0 ? "none" : $"{status.Previous}: {status.PreviousModel}"],
            ["on trial", status.Trial.Length == 0 ? "none" : status.Trial],
            ["last change", $"{status.LastResult} {status.LastTime}".Trim()],
        ];
        if (status.LastReason.Length > 0)
            rows.Add(["", status.LastReason]);
        rows.Add(["service", $"{status.Service}, {status.Restarts} restarts, since {status.Since}"]);
        if (status.Agent is { } agent)
            foreach ((string name, string path, string unit) in s_figures)
                if (Find(agent, path) is { } value)
                    rows.Add([name, $"{value}{unit}"]);
        terminal.WriteTable(board, ["", "value"], rows);
        if (status.Agent is null)
            terminal.Out.WriteLine("The agent has written no status.");
    }

    private static string? Find(JsonElement document, string path)
    {
        foreach (string part in path.Split('.'))
            if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(part, out document))
                return null;
        return document.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            JsonValueKind.Number => Figures.Number(document.GetDouble()),
            _ => document.ToString(),
        };
    }
}
