namespace Latch.Board.Tests.Walkthrough;

/// <summary>A block of commands of a page (sh or bash), and what the page says they print (the text block right after it).</summary>
/// <param name="Line">Of the block in the page.</param>
/// <param name="Commands">As a user copies them.</param>
/// <param name="Printed">Lines; one of three dots stands for any lines, an ellipsis within a line for any text.</param>
internal sealed record PageStep(int Line, string Commands, IReadOnlyList<string> Printed)
{
    private const string Fence = "```", AnyText = "…", AnyLines = "...";

    /// <summary>The steps of a page. Fails the test when a text block does not follow commands.</summary>
    internal static IReadOnlyList<PageStep> Of(string path)
    {
        string[] lines = File.ReadAllLines(path);
        List<PageStep> steps = [];
        for (int at = 0; at < lines.Length; at++)
        {
            if (!lines[at].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            int end = Array.FindIndex(lines, at + 1, static line => line.StartsWith(Fence, StringComparison.Ordinal));
            Assert.True(end > at, $"{path}:{at + 1}: the block has no end.");
            string[] block = lines[(at + 1)..end];
            switch (lines[at][Fence.Length..].Trim())
            {
                case "sh" or "bash":
                    steps.Add(new PageStep(at + 1, string.Join('\n', block), []));
                    break;
                case "text":
                    Assert.True(steps.Count > 0 && steps[^1].Printed.Count == 0, $"{path}:{at + 1}: no commands print this.");
                    steps[^1] = steps[^1] with { Printed = block };
                    break;
                default:
                    Assert.Fail($"{path}:{at + 1}: blocks are sh and bash, which are run, or text, which those print.");
                    break;
            }

            at = end;
        }

        return steps;
    }

    /// <summary>The first line of the page that is not in the output, in the page's order; null when it is as the page says. Blanks count as one.</summary>
    internal string? FirstDifference(string output)
    {
        string[] actual = [.. output.Split('\n').Select(Squeeze).Where(static line => line.Length > 0)];
        (int next, bool anywhere) = (0, false);
        foreach (string expected in Printed.Select(Squeeze).Where(static line => line.Length > 0))
        {
            if (expected == AnyLines)
            {
                anywhere = true;
                continue;
            }

            int found = anywhere ? Array.FindIndex(actual, next, line => IsLike(line, expected)) : next < actual.Length && IsLike(actual[next], expected) ? next : -1;
            if (found < 0)
                return expected;
            (next, anywhere) = (found + 1, false);
        }

        return null;
    }

    private static string Squeeze(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static bool IsLike(string line, string expected)
    {
        string[] parts = expected.Split(AnyText);
        if (parts.Length == 1)
            return line == expected;
        if (!line.StartsWith(parts[0], StringComparison.Ordinal))
            return false;
        int at = parts[0].Length;
        foreach (string part in parts[1..^1])
        {
            int found = line.IndexOf(part.Trim(), at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + part.Trim().Length;
        }

        return line.Length - at >= parts[^1].Length && line.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
