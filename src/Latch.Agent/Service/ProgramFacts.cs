using System.Reflection;

namespace Latch.Agent.Service;

/// <summary>What the program knows of itself.</summary>
internal static class ProgramFacts
{
    private static readonly DateTimeOffset s_started = ProcessStart();

    /// <summary>Version of the program.</summary>
    public static string Version { get; } = typeof(ProgramFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Name of the target it was built for (LatchTarget); empty for a build without one.</summary>
    public static string Target { get; } = TargetOf(typeof(ProgramFacts).Assembly);

    /// <summary>When the process was started.</summary>
    public static DateTimeOffset Started => s_started;

    /// <summary>Number of the slot the program was started from; null outside of a slot.</summary>
    public static string? Slot { get; } = SlotOf(File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)?.FullName ?? "");

    /// <summary>Resident memory, in MiB.</summary>
    public static double MemoryMiB => Environment.WorkingSet / 1048576.0;

    /// <summary>The N of a path .../slots/N/program.</summary>
    internal static string? SlotOf(string program)
    {
        string? folder = Path.GetDirectoryName(program);
        return folder is not null && Path.GetFileName(Path.GetDirectoryName(folder)) == "slots" ? Path.GetFileName(folder) : null;
    }

    /// <summary>What the project file has written into a program.</summary>
    internal static string TargetOf(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(static attribute => attribute.Key == "LatchTarget")?.Value ?? "";

    private static DateTimeOffset ProcessStart()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime.ToUniversalTime());
    }
}
