using System.Text.RegularExpressions;

namespace Latch.Conventions.Tests;

/// <summary>Who may reference whom.</summary>
public sealed partial class ReferenceTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Latch.Model"] = [],
        ["Latch.Runtime"] = ["Latch.Model"],
        ["Latch.Telemetry"] = ["Latch.Runtime"],
        ["Latch.Telemetry.Parquet"] = ["Latch.Telemetry"],
        ["Latch.Anomaly"] = ["Latch.Telemetry"],
        ["Latch.Sensors"] = [],
        ["Latch.Sensors.Bindings"] = ["Latch.Sensors"],
        ["Latch.Bundle"] = ["Latch.Model", "Latch.Runtime"],
        ["Latch.Mqtt"] = ["Latch.Telemetry", "Latch.Sensors"],
        ["Latch.Metrics"] = ["Latch.Telemetry"],
        ["Latch.Agent"] = ["Latch.Runtime", "Latch.Telemetry", "Latch.Anomaly", "Latch.Sensors", "Latch.Bundle", "Latch.Mqtt", "Latch.Metrics"],
        // Checks with the agent's own code what it packs for it.
        ["Latch.Targets"] = ["Latch.Model", "Latch.Bundle", "Latch.Agent"],
        ["Latch.Inspector"] = ["Latch.Model", "Latch.Runtime", "Latch.Telemetry", "Latch.Anomaly"],
        ["Latch.Import"] = [],
        ["Latch.Quantize"] = ["Latch.Import", "Latch.Model", "Latch.Runtime"],
        ["Latch.Cli"] = ["Latch.Model", "Latch.Runtime", "Latch.Telemetry", "Latch.Telemetry.Parquet", "Latch.Anomaly", "Latch.Sensors", "Latch.Bundle", "Latch.Inspector", "Latch.Targets", "Latch.Import", "Latch.Quantize"],
    };

    // Out of the default build, because its package does not restore everywhere; run by hand as its README says.
    private const string OutOfTheSolution = "src/Latch.Sensors.Bindings/Latch.Sensors.Bindings.csproj";

    // What may run on a board brings no package with it.
    private static readonly string[] s_withoutPackages = ["Latch.Model", "Latch.Runtime", "Latch.Telemetry", "Latch.Anomaly", "Latch.Bundle"];

    [Fact]
    public void Solution_Projects_AreThoseInTheTree()
    {
        string solution = File.ReadAllText(RepositoryFiles.FullPath("Toolkit.sln"));
        IEnumerable<string> listed = SolutionProject().Matches(solution).Select(static match => match.Groups[1].Value.Replace('\\', '/'));
        IEnumerable<string> onDisk = Directory.EnumerateFiles(SharedData.Repository, "*.csproj", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(SharedData.Repository, path).Replace('\\', '/'))
            .Where(static path => !path.StartsWith("artifacts/", StringComparison.Ordinal));
        Assert.Equal(onDisk.Order(StringComparer.Ordinal), listed.Append(OutOfTheSolution).Order(StringComparer.Ordinal));
        Assert.Equal(onDisk.Order(StringComparer.Ordinal), ProjectFile.All.Select(static project => project.RelativePath).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Libraries_References_AreAllowed()
    {
        ProjectFile[] libraries = [.. ProjectFile.All.Where(static project => project.Folder is "src" or "quantize" or "targets")];
        Assert.Equal(s_allowed.Keys.Order(StringComparer.Ordinal), libraries.Select(static project => project.Name).Order(StringComparer.Ordinal));
        Assert.All(libraries, static project => Assert.Empty(project.Projects.Except(s_allowed[project.Name])));
        Assert.Contains(libraries, static project => project.Projects.Count > 0);
    }

    [Fact]
    public void BoardLibraries_Packages_AreNone()
    {
        ProjectFile[] libraries = [.. ProjectFile.All.Where(static project => s_withoutPackages.Contains(project.Name))];
        Assert.Equal(s_withoutPackages.Length, libraries.Length);
        Assert.All(libraries, static project => Assert.Empty(project.Packages));
        Assert.Contains(ProjectFile.All, static project => project.Packages.Count > 0);
    }

    [Fact]
    public void Tests_EveryLibrary_HasATestProject()
    {
        IEnumerable<string> tested = ProjectFile.All.Where(static project => project.Folder == "tests").Select(static project => project.Name);
        Assert.Equal([$"{Path.GetFileNameWithoutExtension(OutOfTheSolution)}.Tests"], s_allowed.Keys.Select(static name => $"{name}.Tests").Except(tested));
    }

    [Fact]
    public void Projects_Versions_StandInOnePlace()
    {
        Assert.NotEmpty(ProjectFile.All);
        Assert.All(ProjectFile.All, static project =>
        {
            string text = File.ReadAllText(RepositoryFiles.FullPath(project.RelativePath));
            Assert.DoesNotContain("Version=", text, StringComparison.Ordinal);
            Assert.DoesNotContain("TargetFramework", text, StringComparison.Ordinal);
        });
    }

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex SolutionProject();
}
