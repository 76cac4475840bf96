using System.Diagnostics;

namespace Latch.Conventions.Tests;

/// <summary>The files under version control.</summary>
internal static class RepositoryFiles
{
    /// <summary>Paths from the repository's root, with forward slashes.</summary>
    internal static IReadOnlyList<string> Tracked { get; } = List();

    internal static string FullPath(string relativePath) => Path.Combine(SharedData.Repository, relativePath);

    /// <summary>The text of every tracked file that is text: it holds no zero byte.</summary>
    internal static IEnumerable<(string Path, string Text)> Texts()
    {
        foreach (string path in Tracked)
        {
            string text = File.ReadAllText(FullPath(path));
            if (!text.Contains('\0', StringComparison.Ordinal))
                yield return (path, text);
        }
    }

    private static List<string> List()
    {
        ProcessStartInfo start = new("git", ["ls-files", "-z"]) { WorkingDirectory = SharedData.Repository, RedirectStandardOutput = true };
        using Process git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(static path => File.Exists(FullPath(path)))];
    }
}
