using System.Diagnostics;

namespace Latch.EndToEnd.Tests;

/// <summary>The first-step sample on this machine, and as the native linux-arm64 program under emulation: the same integers.</summary>
public sealed class FirstStepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-first-step-test-").FullName;

    private static string Repository => SharedData.Repository;

    private static string Recording => Path.Combine(Repository, "samples", "host-sensors", "train.csv.gz");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FirstStep_OnArm64Cores_SameIntegersAsHere()
    {
        string emulator = Emulator(), native = await Publish();
        foreach (string cell in (string[])["lstm", "gru"])
        {
            string model = await Quantize(cell);
            string here = await Output("dotnet", Path.Combine(AppContext.BaseDirectory, "first-step.dll"), model, Recording);
            Assert.Contains("allocated    0 bytes", here, StringComparison.Ordinal);
            Assert.Matches("fingerprint  [0-9a-f]{16}", here);
            foreach ((string core, string kernel) in ((string, string)[])[("cortex-a53", "advsimd"), ("cortex-a72", "advsimd"), ("cortex-a76", "dotprod")])
            {
                string there = await Output(emulator, "-L", "/usr/aarch64-linux-gnu", "-cpu", core, native, model, Recording);
                Assert.Contains($"kernel       {kernel}\n", there, StringComparison.Ordinal);
                Assert.Equal(Integers(here), Integers(there));
            }
        }
    }

    /// <summary>What does not depend on the machine: all but the kernel and the time.</summary>
    private static string[] Integers(string output) =>
        [.. output.Split('\n').Where(static line => !line.StartsWith("kernel", StringComparison.Ordinal)).Select(static line => line.StartsWith("steps", StringComparison.Ordinal) ? line.Split(',')[0] : line)];

    private async Task<string> Quantize(string cell)
    {
        string samples = Path.Combine(Repository, "samples", "host-sensors"), model = Path.Combine(_folder, $"{cell}.latch");
        LatchProcess run = await LatchProcess.Run(
            "quantize", Path.Combine(samples, $"host-{cell}.onnx"), "--calibration", Recording, "--channels", Path.Combine(samples, "host-channels.json"), "-o", model);
        Assert.True(run.Code == 0, run.Error);
        return model;
    }

    private static string Emulator()
    {
        string[] needed = ["/usr/bin/qemu-aarch64-static", "/usr/bin/aarch64-linux-gnu-gcc", "/usr/bin/clang", "/usr/aarch64-linux-gnu/lib/libc.so"];
        foreach (string file in needed)
            SharedData.RequirePath(file, $"'{file}' (Debian: qemu-user-static clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)");
        return needed[0];
    }

    private async Task<string> Publish()
    {
        string folder = Path.Combine(_folder, "arm64"), project = Path.Combine(Repository, "samples", "first-step", "first-step.csproj");
        await Output("dotnet", "publish", project, "-c", "Release", "-r", "linux-arm64", "-o", folder, $"-p:ArtifactsPath={Path.Combine(_folder, "build")}");
        return Path.Combine(folder, "first-step");
    }

    private static async Task<string> Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit {process.ExitCode}\n{await output}\n{await error}");
        return await output;
    }
}
