using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.OnnxRuntime;

namespace Latch.Benchmarks.Report;

/// <summary>What a figure depends on besides the code.</summary>
internal static class Machine
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const string Cache = "/sys/devices/system/cpu/cpu0/cache";
    private static readonly string[] s_sets = ["ssse3", "avx2", "avx_vnni", "avx512f", "avx512_vnni", "asimddp", "i8mm"];

    /// <summary>The processor's name, or its architecture where the system does not tell.</summary>
    public static string Processor { get; } = Field("model name") ?? Field("CPU part") ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>The processor's name as part of a file name.</summary>
    public static string ProcessorFileName => string.Join('-', Processor.ToLowerInvariant().Split([.. Processor.ToLowerInvariant().Where(static letter => !char.IsAsciiLetterOrDigit(letter))], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Writes the head of a report.</summary>
    public static void Write(TextWriter writer, string kernel, string[] arguments)
    {
        string[] flags = (Field("flags") ?? Field("Features") ?? "").Split(' ');
        MarkdownTable.Head(writer, "", ["value"]);
        MarkdownTable.Row(writer, "command", [$"`dotnet run --project tests/Latch.Benchmarks -c Release -- {string.Join(' ', arguments)}`"]);
        MarkdownTable.Row(writer, "date", [DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)]);
        MarkdownTable.Row(writer, "commit", [Output("git", "describe", "--always", "--dirty", "--exclude=*")]);
        MarkdownTable.Row(writer, "processor", [$"{Processor}, family {Field("cpu family") ?? "?"}, model {Field("model") ?? "?"}, {Environment.ProcessorCount} cores seen, {Field("cpu MHz") ?? "?"} MHz now"]);
        MarkdownTable.Row(writer, "instruction sets", [string.Join(' ', s_sets.Where(flags.Contains))]);
        MarkdownTable.Row(writer, "caches", [Caches()]);
        MarkdownTable.Row(writer, "system", [$"{RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}"]);
        MarkdownTable.Row(writer, ".NET", [$"SDK {Output("dotnet", "--version")}, {RuntimeInformation.FrameworkDescription}, Vector512 {(Vector512.IsHardwareAccelerated ? "on" : "off")}"]);
        MarkdownTable.Row(writer, "ONNX Runtime", [OrtEnv.Instance().GetVersionString()]);
        MarkdownTable.Row(writer, "Latch kernel", [kernel]);
        writer.WriteLine();
    }

    // A field of the first processor.
    private static string? Field(string name)
    {
        if (!File.Exists(CpuInfo))
            return null;
        string? line = File.ReadLines(CpuInfo).FirstOrDefault(line => line.Split(':')[0].Trim() == name);
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string Caches()
    {
        if (!Directory.Exists(Cache))
            return "unknown";
        return string.Join(", ", Directory.EnumerateDirectories(Cache, "index*").Order(StringComparer.Ordinal)
            .Select(static index => $"L{Text(index, "level")} {Text(index, "type").ToLowerInvariant()} {Text(index, "size")}"));
    }

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();

    private static string Output(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
