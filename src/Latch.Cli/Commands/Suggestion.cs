using System.CommandLine;

namespace Latch.Cli.Commands;

/// <summary>The command or option that a misspelt word was meant to be.</summary>
internal static class Suggestion
{
    private const int MostEdits = 3;

    /// <summary>What is wrong with a word that is no command or option, with the nearest name; null when none is near.</summary>
    public static string? Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] names = [.. command.Subcommands.Select(child => child.Name), .. command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal))];
        // A misspelt option may have been taken for an argument, and what stands behind it is then left over.
        foreach (string word in parsed.UnmatchedTokens.Concat(parsed.Tokens.Select(token => token.Value).Where(token => token.StartsWith("--", StringComparison.Ordinal) && !names.Contains(token))))
            if (names.Select(name => (Name: name, Edits: Edits(word, name))).Where(near => near.Edits <= Math.Min(MostEdits, word.TrimStart('-').Length / 2)).OrderBy(near => near.Edits).FirstOrDefault().Name is { } nearest)
                return $"'{word}' is not known here: did you mean '{nearest}'?";
        return null;
    }

    // Levenshtein's distance.
    private static int Edits(string word, string name)
    {
        int[] row = [.. Enumerable.Range(0, name.Length + 1)];
        for (int i = 1; i <= word.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int k = 1; k <= name.Length; k++)
                (diagonal, row[k]) = (row[k], Math.Min(Math.Min(row[k], row[k - 1]) + 1, diagonal + (word[i - 1] == name[k - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
