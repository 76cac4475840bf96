using System.Xml.Linq;

namespace Latch.Conventions.Tests;

/// <summary>One csproj of the repository: its name and what it refers to.</summary>
internal sealed record ProjectFile(string RelativePath, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    internal string Name => Path.GetFileNameWithoutExtension(RelativePath);

    internal string Folder => RelativePath.Split('/')[0];

    internal static IReadOnlyList<ProjectFile> All { get; } = [.. RepositoryFiles.Tracked.Where(static path => path.EndsWith(".csproj", StringComparison.Ordinal)).Select(Load)];

    private static ProjectFile Load(string relativePath)
    {
        XDocument document = XDocument.Load(RepositoryFiles.FullPath(relativePath));
        return new ProjectFile(
            relativePath,
            [.. Includes(document, "ProjectReference").Select(static path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
            [.. Includes(document, "PackageReference")]);
    }

    private static IEnumerable<string> Includes(XDocument document, string element) =>
        document.Descendants(element).Select(static reference => (string?)reference.Attribute("Include")).OfType<string>();
}
