using Latch.Targets.Profiles;

namespace Latch.Targets.Build;

/// <summary>
/// Finds the agent's program for a target: the one named; else published from the sources when this program lies in a source tree and the compilers are there; else a
/// prebuilt one, of the folder LATCH_PREBUILT or `prebuilt` beside this program.
/// </summary>
internal static class AgentProvider
{
    public const string ProgramName = "latch-agent", PrebuiltVariable = "LATCH_PREBUILT";

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
        string? missing = MissingTool(target), sources = Sources();
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
            $"There is no agent for {target.LatchTarget}: it cannot be compiled here ({missing ?? "this program does not lie in a source tree"}), and there is no prebuilt one at {prebuilt}. Install what is missing, name an agent with --agent, or set {PrebuiltVariable}.");
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

    private static string? MissingTool(TargetProfile target)
    {
        if (CommandLine.Find("dotnet") is null)
            return "the .NET SDK is not on PATH";
        if (CommandLine.Find("clang") is null && CommandLine.Find("gcc") is null)
            return "there is no clang or gcc";
        bool cross = target.Architecture == "arm64" && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.Arm64;
        if (cross && (CommandLine.Find("aarch64-linux-gnu-gcc") is null || CommandLine.Find("clang") is null))
            return "the cross compiler is not there (Debian: clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)";
        return null;
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
