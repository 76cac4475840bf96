namespace Latch.Conventions.Tests;

/// <summary>A fenced block of a Markdown file.</summary>
internal sealed record MarkdownBlock(string Path, int Line, string Language, IReadOnlyList<string> Lines)
{
    /// <summary>Lines of a shell block, with continued lines joined, without blank lines and comments.</summary>
    internal IEnumerable<string> Commands => string.Join('\n', Lines)
        .Replace("\\\n", " ", StringComparison.Ordinal)
        .Split('\n')
        .Select(static line => line.Trim())
        .Where(static line => line.Length > 0 && line[0] != '#');

    internal static IReadOnlyList<MarkdownBlock> Of(string path)
    {
        string[] lines = File.ReadAllLines(RepositoryFiles.FullPath(path));
        List<MarkdownBlock> blocks = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            int end = Array.FindIndex(lines, i + 1, static line => line.StartsWith("```", StringComparison.Ordinal));
            Assert.True(end > i, $"{path}:{i + 1}: the block has no end.");
            blocks.Add(new MarkdownBlock(path, i + 1, lines[i][3..].Trim(), lines[(i + 1)..end]));
            i = end;
        }
        return blocks;
    }
}
