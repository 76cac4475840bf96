using System.Reflection;
using PublicApiGenerator;

namespace Latch.Conventions.Tests;

/// <summary>The public API of each library is a file under review. With LATCH_APPROVE=1 the files are written anew; nothing else writes them.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly[] s_libraries =
    [
        typeof(Model.ModelDefinition).Assembly,
        typeof(Runtime.LatchModel).Assembly,
        Assembly.Load("Latch.Telemetry"),
        Assembly.Load("Latch.Telemetry.Parquet"),
        typeof(Anomaly.AnomalyDetector).Assembly,
        typeof(Sensors.ISensorSource).Assembly,
        Assembly.Load("Latch.Bundle"),
        Assembly.Load("Latch.Mqtt"),
        Assembly.Load("Latch.Metrics"),
        typeof(Inspector.InspectorSession).Assembly,
        typeof(Import.OnnxImporter).Assembly,
        typeof(Quantize.Quantizer).Assembly,
    ];

    public static TheoryData<string> Names => new(s_libraries.Select(static library => library.GetName().Name!));

    [Theory]
    [MemberData(nameof(Names))]
    public void PublicApi_OfLibrary_IsAsApproved(string name)
    {
        Assembly library = s_libraries.Single(candidate => candidate.GetName().Name == name);
        string actual = library.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        string path = RepositoryFiles.FullPath($"tests/Latch.Conventions.Tests/Approved/{name}.txt");
        if (Environment.GetEnvironmentVariable("LATCH_APPROVE") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; run the test once with LATCH_APPROVE=1 and review the file.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    [Fact]
    public void Libraries_Approved_AreAllBelowSrcAndQuantize()
    {
        IEnumerable<string> projects = ProjectFile.All.Where(static project => project.Folder is "src" or "quantize" && project.Name is not ("Latch.Cli" or "Latch.Agent" or "Latch.Sensors.Bindings")).Select(static project => project.Name);
        Assert.Equal(projects.Order(StringComparer.Ordinal), s_libraries.Select(static library => library.GetName().Name!).Order(StringComparer.Ordinal));
    }
}
