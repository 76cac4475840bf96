using System.Diagnostics;
using System.Runtime.InteropServices;
using Latch.Benchmarks.Commands;

namespace Latch.Benchmarks.Cold;

/// <summary>Publishes the programs of the cold start ahead of time, apart from the repository's own build.</summary>
internal static class ColdPublisher
{
    // What a target profile of a present x64 machine says; an arm64 build looks for dot products at run time by itself.
    private const string X64InstructionSet = "-p:IlcInstructionSet=x86-64-v3";

    /// <summary>Publishes one of them.</summary>
    /// <returns>The program.</returns>
    /// <exception cref="InvalidOperationException">The publisher failed.</exception>
    public static string Publish(string project, string folder)
    {
        bool isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        string output = Path.Combine(folder, project);
        string[] arguments =
        [
            "publish", Repository.Path("tests/Latch.Benchmarks", project, $"Latch.{project}.csproj"), "-c", "Release", "-r", isX64 ? "linux-x64" : "linux-arm64",
            "-o", output, $"-p:ArtifactsPath={Path.Combine(folder, "build")}", .. isX64 ? (string[])[X64InstructionSet] : [],
        ];
        Console.Error.WriteLine($"publishing {project} ...");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} returned {process.ExitCode}:\n{log}");
        return Path.Combine(output, $"Latch.{project}");
    }
}
