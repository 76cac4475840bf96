namespace Latch.Import.Tests.Support;

/// <summary>Files that are not part of the project. A test without its file is skipped, or fails where all must run.</summary>
internal static class SharedFiles
{
    /// <summary>A file below the shared folder: LATCH_SHARED, or "shared" beside the folder of Toolkit.sln.</summary>
    public static string Require(string relative)
    {
        string? root = Environment.GetEnvironmentVariable("LATCH_SHARED") ?? BesideSolution();
        string? path = root is null ? null : Path.Combine(root, relative);
        return RequireFile(path is not null && File.Exists(path) ? path : null, $"{relative} is not in the shared folder (LATCH_SHARED)");
    }

    /// <summary>Skips, or fails when LATCH_REQUIRE_ALL is 1, unless a path was found.</summary>
    public static string RequireFile(string? path, string reason)
    {
        if (path is null && Environment.GetEnvironmentVariable("LATCH_REQUIRE_ALL") == "1")
            Assert.Fail($"LATCH_REQUIRE_ALL is set, but {reason}");
        Assert.SkipWhen(path is null, reason);
        return path!;
    }

    private static string? BesideSolution()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
                return Path.Combine(folder.Parent!.FullName, "shared");
        }
        return null;
    }
}
