namespace Latch.Accuracy;

/// <summary>Where the shared data and models lie.</summary>
public static class SharedFolder
{
    /// <summary>The folder named by LATCH_SHARED, or "shared" beside the folder of Toolkit.sln; it may not exist.</summary>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable("LATCH_SHARED") is { Length: > 0 } named)
            return named;
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            folder = folder.Parent;
        return Path.GetFullPath(Path.Combine(folder?.FullName ?? ".", "..", "shared"));
    }
}
