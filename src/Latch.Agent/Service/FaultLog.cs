using Latch.Agent.Loop;

namespace Latch.Agent.Service;

/// <summary>Lines about faults: at once, but for each kind not more often than every ten seconds; the counts tell the rest.</summary>
internal sealed class FaultLog(Log log, TimeProvider clock)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);
    private static readonly string[] s_words = ["device gone", "no new sample", "reading missing", "reading out of range", "readings stuck"];

    private readonly long?[] _told = new long?[s_words.Length];
    private readonly bool[] _silent = new bool[s_words.Length];
    private string? _last;

    /// <summary>The remark of the last fault that began.</summary>
    public string? Last => Volatile.Read(ref _last);

    /// <summary>A fault began or ended.</summary>
    public void Report(FaultKind kind, bool began, string detail)
    {
        int at = (int)kind;
        if (!began)
        {
            if (!_silent[at])
                log.Notice($"sensors: {s_words[at]}: over.");
            return;
        }

        Volatile.Write(ref _last, detail.Length > 0 ? $"{s_words[at]}: {detail}" : s_words[at]);
        _silent[at] = _told[at] is { } told && clock.GetElapsedTime(told) < s_quiet;
        if (_silent[at])
            return;
        _told[at] = clock.GetTimestamp();
        log.Warning($"sensors: {_last}");
    }
}
