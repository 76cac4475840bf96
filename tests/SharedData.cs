namespace Latch.Tests;

/// <summary>
/// The data and models that are shared beside the repository but never committed: the folder named by LATCH_SHARED, or ../shared from the
/// folder of Toolkit.sln. A test that needs an absent file is skipped with the reason; with LATCH_REQUIRE_ALL=1 it fails instead.
/// </summary>
internal static class SharedData
{
    private static readonly Lazy<string> s_repository = new(FindRepository);

    /// <summary>The folder of Toolkit.sln.</summary>
    internal static string Repository => s_repository.Value;

    /// <summary>The shared folder; it may not exist.</summary>
    internal static string Root =>
        Environment.GetEnvironmentVariable("LATCH_SHARED") is { Length: > 0 } named ? named : Path.Combine(Repository, "..", "shared");

    /// <summary>True when an absent file is a failure.</summary>
    internal static bool RequireAll => Environment.GetEnvironmentVariable("LATCH_REQUIRE_ALL") == "1";

    /// <summary>The full path of a file or folder of the shared data; skips or fails the test when it is absent.</summary>
    internal static string Require(string relativePath)
    {
        string path = Path.GetFullPath(Path.Combine(Root, relativePath));
        RequirePath(path, $"the shared data '{relativePath}' (set LATCH_SHARED or put the folder 'shared' beside the repository)");
        return path;
    }

    /// <summary>Skips or fails the test when <paramref name="path"/> is neither a file nor a folder.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="what">What it is and where to get it, for the message.</param>
    internal static void RequirePath(string path, string what)
    {
        if (File.Exists(path) || Directory.Exists(path))
            return;
        Missing($"Needs {what}.");
    }

    /// <summary>Skips the test with <paramref name="reason"/>, or fails it when everything is required.</summary>
    internal static void Missing(string reason)
    {
        Assert.False(RequireAll, reason);
        Assert.Skip(reason);
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds Toolkit.sln.");
    }
}
