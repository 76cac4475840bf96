using System.Diagnostics;
using System.Globalization;
using Latch.Runtime;

namespace Latch.EndToEnd.Tests;

/// <summary>README's section "In your own program", done word for word: the project made by its commands, its program compiled and run.</summary>
public sealed class OwnProgramTests : IDisposable
{
    private const string Folder = "../pump", Runtime = "src/Latch.Runtime";

    private readonly string _folder = Directory.CreateTempSubdirectory("latch-own-program-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Readme_OwnProgram_CompilesAndStepsTheModel()
    {
        string[] section = [.. File.ReadLines(Path.Combine(SharedData.Repository, "README.md")).SkipWhile(static line => line != "## In your own program").Skip(1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal))];
        string[] make = Block(section, "text", 0), run = Block(section, "text", 1);
        Assert.All([.. make, .. run], static line => Assert.StartsWith("dotnet ", line, StringComparison.Ordinal));
        await Quantize();
        foreach (string command in make)
            await Dotnet(command);
        await File.WriteAllLinesAsync(Path.Combine(_folder, "pump", "Program.cs"), Block(section, "csharp", 0), TestContext.Current.CancellationToken);
        // The runtime is built into a folder of this test's own: others build it meanwhile.
        string output = await Dotnet($"{Assert.Single(run)} -p:ArtifactsPath={Path.Combine(_folder, "artifacts")}");
        // The build may have had something to say before.
        string[] expected = Expected();
        Assert.Equal(expected, output.TrimEnd('\n').Split('\n').TakeLast(expected.Length));
    }

    private static string[] Block(string[] lines, string language, int index)
    {
        int[] starts = [.. Enumerable.Range(0, lines.Length).Where(at => lines[at] == $"```{language}")];
        return [.. lines.Skip(starts[index] + 1).TakeWhile(static line => line != "```")];
    }

    private string[] Expected()
    {
        using LatchModel model = LatchModel.Load(Path.Combine(_folder, "host.latch"));
        Session session = model.CreateSession();
        float[] sample = new float[model.InputSize], result = new float[model.OutputSize];
        sample.AsSpan().Fill(0.5f);
        List<string> lines = [];
        for (int step = 0; step < 10; step++)
        {
            session.Step(sample, result);
            lines.Add($"{step}: {string.Join(' ', result.Select(static value => value.ToString(CultureInfo.InvariantCulture)))}");
        }
        return [.. lines];
    }

    private async Task Quantize()
    {
        string samples = Path.Combine(SharedData.Repository, "samples", "host-sensors");
        LatchProcess run = await LatchProcess.Run(
            "quantize", Path.Combine(samples, "host-lstm.onnx"), "--calibration", Path.Combine(samples, "train.csv.gz"), "--channels", Path.Combine(samples, "host-channels.json"), "-o", Path.Combine(_folder, "host.latch"));
        Assert.True(run.Code == 0, run.Error);
    }

    /// <summary>A command of the README, run beside the model; the repository stands where it is.</summary>
    private async Task<string> Dotnet(string command)
    {
        string[] words = [.. command.Split(' ').Skip(1).Select(word => word == Folder ? Path.Combine(_folder, "pump") : word == Runtime ? Path.Combine(SharedData.Repository, Runtime) : word)];
        ProcessStartInfo start = new("dotnet", words) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{command}: exit {process.ExitCode}\n{await output}\n{await error}");
        return await output;
    }
}
