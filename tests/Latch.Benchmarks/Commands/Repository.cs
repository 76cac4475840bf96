namespace Latch.Benchmarks.Commands;

/// <summary>Where the sources lie: above the program.</summary>
internal static class Repository
{
    private static readonly string s_root = Find();

    /// <summary>A path inside the repository.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([s_root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Toolkit.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"no Toolkit.sln above {AppContext.BaseDirectory}");
    }
}
