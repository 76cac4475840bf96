using Latch.Targets.Build;
using Latch.Targets.Profiles;

namespace Latch.Targets.Tests.Build;

/// <summary>What is said when the agent cannot be compiled.</summary>
public sealed class AgentProviderTests
{
    private const string Cross = "sudo apt-get install clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross";

    private static bool IsArm => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64;

    [Fact]
    public void MissingTool_NoCompiler_NamesProgramsAndPackages()
    {
        Assert.EndsWith("sudo apt-get install clang llvm", AgentProvider.MissingTool(Target("x64"), static program => program == "dotnet"), StringComparison.Ordinal);
        Assert.SkipWhen(IsArm, "arm64 is this machine's own processor");
        string? missing = AgentProvider.MissingTool(Target("pi-4"), static program => program == "dotnet");
        Assert.Equal($"there is no clang, llvm-objcopy, aarch64-linux-gnu-gcc on PATH; on Debian and Ubuntu: {Cross}", missing);
    }

    [Fact]
    public void MissingTool_OnePartMissing_NamesIt()
    {
        Assert.SkipWhen(IsArm, "arm64 is this machine's own processor");
        Assert.StartsWith("there is no llvm-objcopy on PATH", AgentProvider.MissingTool(Target("pi-4"), static program => program != "llvm-objcopy"), StringComparison.Ordinal);
        Assert.Null(AgentProvider.MissingTool(Target("pi-4"), static _ => true));
        Assert.Null(AgentProvider.MissingTool(Target("x64"), static program => program is "dotnet" or "gcc"));
    }

    [Fact]
    public void Readme_Packages_AreThoseOfTheMessage() =>
        Assert.Contains(Cross, File.ReadAllText(Path.Combine(SharedData.Repository, "README.md")), StringComparison.Ordinal);

    private static TargetProfile Target(string name) => TargetCatalog.Load().Find(name);
}
