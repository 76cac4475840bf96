using System.Text.RegularExpressions;

namespace Latch.Import.Passes.States;

/// <summary>
/// Whether the names of an input and an output say that they are one state: the same words but for those that say "before" and "after", as in h0/hn,
/// state/stateN, hidden_in/hidden_out, prev_c/next_c; and one of the words is one that states are called by.
/// </summary>
internal static partial class StateNames
{
    private static readonly HashSet<string> s_before = ["in", "input", "inputs", "prev", "previous", "old", "init", "initial", "past", "before", "0"];
    private static readonly HashSet<string> s_after = ["out", "output", "outputs", "n", "new", "next", "final", "last", "present", "updated", "after", "1"];

    private static readonly HashSet<string> s_state =
    [
        "state", "states", "h", "c", "hx", "cx", "hc", "hs", "cs", "hidden", "cell", "mem", "memory", "memories", "recurrent", "rnn", "lstm", "gru", "cache", "caches",
        "context", "ctx", "carry", "buffer", "buffers", "history", "hist",
    ];

    public static bool ArePair(string input, string output)
    {
        string[] before = Words(input), after = Words(output);
        return before.Any(s_state.Contains) && Stems(before, s_before).Any(stem => Stems(after, s_after).Contains(stem));
    }

    /// <summary>What remains of a name without the words of a role. A number is one (h0) or that of a layer (h_0, h_in_0): only without another word of the role it can be both.</summary>
    private static IEnumerable<string> Stems(string[] words, HashSet<string> role)
    {
        string[] rest = [.. words.Where(word => !role.Contains(word) || char.IsAsciiDigit(word[0]))];
        yield return string.Join(' ', rest);
        if (rest.Length == words.Length)
            yield return string.Join(' ', rest.Where(word => !role.Contains(word)));
    }

    private static string[] Words(string name) =>
        [.. Word().Matches(ShortState().Replace(name, "$1 $2")).Select(match => match.Value.ToLowerInvariant())];

    /// <summary>hn, cn: the letter of the state and the role in one word.</summary>
    [GeneratedRegex("(?<![A-Za-z])([hcHC])(n|N)(?![A-Za-z])")]
    private static partial Regex ShortState();

    /// <summary>Words within a name: up to a digit, another case, or a sign.</summary>
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")]
    private static partial Regex Word();
}
