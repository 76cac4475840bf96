using System.Runtime.InteropServices;
using Latch.Targets.Profiles;

namespace Latch.Targets.Build;

/// <summary>
/// Finds the agent's program for a target: the one named; else published from the sources when this program lies in a source tree and the compilers are there; else a
/// prebuilt one, of the folder LATCH_PREBUILT or `prebuilt` beside this program.
/// </summary>
internal static class AgentProvider
{
    public const string ProgramName = "latch-agent", PrebuiltVariable = "LATCH_PREBUILT";

    /// <summary>Debian packages that compile the agent, for another processor and for this one.</summary>
    internal const string CrossPackages = "clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross", NativePackages = "clang llvm";

    private static readonly string[] s_crossPrograms = ["clang", "llvm-objcopy", "aarch64-linux-gnu-gcc"];

    private static readonly byte[] s_elf = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];

    /// <summary>The path of the program, checked to be one for the target.</summary>
    public static async Task<string> GetAsync(TargetProfile target, string? named, string work, Action<string> tell, CancellationToken cancellation)
    {
        if (named is not null)
        {
            Check(named, target);
            tell($"agent: {named}");
            return named;
        }
        string? missing = MissingTool(target, static program => CommandLine.Find(program) is not null), sources = Sources();
        if (sources is not null && missing is null)
            return await PublishAsync(target, sources, work, tell, cancellation).ConfigureAwait(false);
        string prebuilt = Path.Combine(
            Environment.GetEnvironmentVariable(PrebuiltVariable) is { Length: > 0 } folder ? folder : Path.Combine(AppContext.BaseDirectory, "prebuilt"), target.LatchTarget, ProgramName);
        if (File.Exists(prebuilt))
        {
            Check(prebuilt, target);
            tell($"agent: {prebuilt} (prebuilt: {missing ?? "no source tree"})");
            return prebuilt;
        }
        throw new TargetException(
            $"There is no agent for {target.LatchTarget}: it cannot be compiled here ({missing ?? "this program does not lie in a source tree"}), and there is no prebuilt one at {prebuilt}. Install what is missing, give a compiled agent with --agent FILE, or name the folder of prebuilt ones in {PrebuiltVariable}.");
    }

    /// <summary>Refuses a file that is no program for the target's processor; scripts pass, for they say themselves what runs them.</summary>
    public static void Check(string path, TargetProfile target)
    {
        byte[] head = new byte[20];
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) >= 2 && head is [(byte)'#', (byte)'!', ..])
                return;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"{path}: the agent cannot be read: {exception.Message}", exception);
        }
        int machine = head[18] | (head[19] << 8), expected = target.Architecture == "arm64" ? 183 : 62;
        if (!head.AsSpan().StartsWith(s_elf) || machine != expected)
            throw new TargetException($"{path}: it is no program for {target.Machine} (ELF machine {machine}, not {expected}). Give an agent that was compiled for {target.LatchTarget}.");
    }

    /// <summary>What compiling needs and is not there, with the packages that bring it; null when all is.</summary>
    /// <param name="target">What for.</param>
    /// <param name="has">Whether a program is on PATH.</param>
    internal static string? MissingTool(TargetProfile target, Predicate<string> has)
    {
        if (!has("dotnet"))
            return "the .NET SDK is not on PATH: install the .NET 10 SDK";
        if (target.Architecture == "arm64" && RuntimeInformation.OSArchitecture != Architecture.Arm64)
        {
            string[] missing = [.. s_crossPrograms.Where(program => !has(program))];
            return missing.Length == 0 ? null : $"there is no {string.Join(", ", missing)} on PATH; on Debian and Ubuntu: sudo apt-get install {CrossPackages}";
        }
        return has("clang") || has("gcc") ? null : $"there is no clang or gcc on PATH; on Debian and Ubuntu: sudo apt-get install {NativePackages}";
    }

    private static string? Sources()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "src", "Latch.Agent", "Latch.Agent.csproj")))
                return folder.FullName;
        return null;
    }

    private static async Task<string> PublishAsync(TargetProfile target, string sources, string work, Action<string> tell, CancellationToken cancellation)
    {
        tell($"agent: dotnet publish src/Latch.Agent -c Release -p:LatchTarget={target.LatchTarget}");
        ProgramResult result = await CommandLine.RunAsync(
            "dotnet", ["publish", Path.Combine(sources, "src", "Latch.Agent"), "-c", "Release", $"-p:LatchTarget={target.LatchTarget}", "-o", work, "--nologo"], cancellation)
            .ConfigureAwait(false);
        string program = Path.Combine(work, ProgramName);
        if (result.Code != 0 || !File.Exists(program))
            throw new TargetException($"The agent could not be compiled: {result.Text.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? result.LastLine}");
        Check(program, target);
        return program;
    }
}
