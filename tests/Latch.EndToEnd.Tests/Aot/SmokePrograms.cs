using Latch.EndToEnd.Tests.Aot;

[assembly: AssemblyFixture(typeof(SmokePrograms))]

namespace Latch.EndToEnd.Tests.Aot;

/// <summary>The smoke program, published once per target, and the sample models it runs; all made when first asked for.</summary>
public sealed class SmokePrograms : IDisposable
{
    private const string Packages = "(Debian: qemu-user-static clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)";

    private readonly string _folder = Directory.CreateTempSubdirectory("latch-aot-test-").FullName;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Dictionary<string, string> _made = [];

    /// <summary>The program for the runtime with its just-in-time compiler.</summary>
    internal static string Managed => Path.Combine(AppContext.BaseDirectory, "aot-smoke.dll");

    internal static string Recording => Path.Combine(Samples, "train.csv.gz");

    private static string Samples => Path.Combine(SharedData.Repository, "samples", "host-sensors");

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _oneAtATime.Dispose();
    }

    /// <summary>The native program for a target of targets/InstructionSets.props; "linux-x64" for none of them.</summary>
    internal Task<string> Native(string target) => Make(target, _ => Publish("tests/Latch.AotSmoke", "aot-smoke", target));

    /// <summary>The agent for a target.</summary>
    internal Task<string> Agent(string target) => Make($"agent {target}", _ => Publish("src/Latch.Agent", "latch-agent", target));

    /// <summary>The quantized sample model of that name.</summary>
    internal Task<string> Model(string name) => Make(name, Quantize);

    /// <summary>The command line that runs a linux-arm64 program on an emulated core.</summary>
    internal static string[] Arm64Emulator(string core) =>
        [Required("/usr/bin/qemu-aarch64-static"), "-L", Path.GetDirectoryName(Path.GetDirectoryName(Required("/usr/aarch64-linux-gnu/lib/libc.so")))!, "-cpu", core];

    /// <summary>The command line that runs a linux-x64 program on an emulated processor.</summary>
    internal static string[] X64Emulator(string processor) => [Required("/usr/bin/qemu-x86_64-static"), "-cpu", processor];

    private static string Required(string file)
    {
        SharedData.RequirePath(file, $"'{file}' {Packages}");
        return file;
    }

    private async Task<string> Make(string name, Func<string, Task<string>> make)
    {
        await _oneAtATime.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _made.TryGetValue(name, out string? made) ? made : _made[name] = await make(name);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<string> Publish(string project, string program, string target)
    {
        Required("/usr/bin/clang");
        if (target == "linux-arm64")
            Required("/usr/bin/aarch64-linux-gnu-gcc");
        string folder = Path.Combine(_folder, program, target);
        string[] choice = target == "linux-x64" ? ["-r", target] : [$"-p:LatchTarget={target}"];
        SmokeRun run = await SmokeRun.Of("dotnet", ["publish", Path.Combine(SharedData.Repository, project), "-c", "Release", "-o", folder, $"-p:ArtifactsPath={Path.Combine(_folder, "build")}", .. choice]);
        Assert.True(run.Code == 0, run.Everything);
        return Path.Combine(folder, program);
    }

    private async Task<string> Quantize(string name)
    {
        string model = Path.Combine(_folder, $"{name}.latch");
        LatchProcess run = await LatchProcess.Run(
            "quantize", Path.Combine(Samples, $"{name}.onnx"), "--calibration", Recording, "--channels", Path.Combine(Samples, "host-channels.json"), "-o", model);
        Assert.True(run.Code == 0, run.Error);
        return model;
    }
}
