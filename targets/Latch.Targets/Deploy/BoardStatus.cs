using System.Text.Json;

namespace Latch.Targets.Deploy;

/// <summary>Slots and service of a board, and what the agent says of itself.</summary>
internal sealed record BoardStatus
{
    /// <summary>Prints the slot engine's status, the unit's, and the agent's own document.</summary>
    public const string Script = SshBoard.AsRoot + """

        [ -x /usr/lib/latch/latch-slot ] || { echo "no Latch agent is installed" >&2; exit 4; }
        /usr/lib/latch/latch-slot status
        systemctl show latch-agent.service -p ActiveState -p SubState -p NRestarts -p ActiveEnterTimestamp | sed 's/=/: /; s/^/unit-/'
        echo document:
        cat /run/latch/status.json 2>/dev/null || $run cat /run/latch/status.json 2>/dev/null || :
        """;

    private const string Separator = "\ndocument:\n";

    public string Current { get; private init; } = "";

    public string CurrentModel { get; private init; } = "";

    public string Previous { get; private init; } = "";

    public string PreviousModel { get; private init; } = "";

    public string Trial { get; private init; } = "";

    public string LastResult { get; private init; } = "";

    public string LastReason { get; private init; } = "";

    public string LastTime { get; private init; } = "";

    /// <summary>The unit: active (running).</summary>
    public string Service { get; private init; } = "";

    public string Restarts { get; private init; } = "";

    public string Since { get; private init; } = "";

    /// <summary>The agent's status.json; null when there is none.</summary>
    public JsonElement? Agent { get; private init; }

    public static BoardStatus Parse(string text)
    {
        int at = text.IndexOf(Separator, StringComparison.Ordinal);
        Dictionary<string, string> values = [];
        foreach (string line in (at < 0 ? text : text[..at]).Split('\n'))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0)
                values[line[..colon]] = line[(colon + 2)..].Trim();
        }
        string Value(string key) => values.GetValueOrDefault(key, "");
        return new BoardStatus
        {
            Current = Value("current"),
            CurrentModel = Value("current-model"),
            Previous = Value("previous"),
            PreviousModel = Value("previous-model"),
            Trial = Value("trial"),
            LastResult = Value("last-result"),
            LastReason = Value("last-reason"),
            LastTime = Value("last-time"),
            Service = Value("unit-ActiveState").Length == 0 ? "" : $"{Value("unit-ActiveState")} ({Value("unit-SubState")})",
            Restarts = Value("unit-NRestarts"),
            Since = Value("unit-ActiveEnterTimestamp"),
            Agent = at < 0 ? null : Document(text[(at + Separator.Length)..]),
        };
    }

    private static JsonElement? Document(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
