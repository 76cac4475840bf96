using System.Diagnostics;
using System.Globalization;

namespace Latch.Benchmarks.Cold;

/// <summary>One of the two programs and what was measured of it.</summary>
internal sealed class ColdProgram(string name, string path, string model)
{
    // Asks the program for its memory; as in ColdReport, which belongs to the programs.
    private const string MemoryOption = "--memory";

    private static readonly string[] s_notNeeded = [".dbg", ".pdb", ".xml", ".json"];

    /// <summary>Whose runtime it is.</summary>
    public string Name => name;

    /// <summary>Times from start to exit.</summary>
    public List<double> Milliseconds { get; } = [];

    /// <summary>Peaks of the resident memory, of runs that were not timed.</summary>
    public List<double> Kilobytes { get; } = [];

    /// <summary>Bytes of the model file.</summary>
    public long ModelBytes => new FileInfo(model).Length;

    /// <summary>Bytes of the program and the libraries beside it.</summary>
    public long FolderBytes => new DirectoryInfo(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!).EnumerateFiles()
        .Where(static file => !s_notNeeded.Contains(file.Extension)).Sum(static file => file.Length);

    /// <summary>Runs it twice: once for the time, once for the memory.</summary>
    public void Measure()
    {
        Milliseconds.Add(ChildProcess.Time(path, model).TotalMilliseconds);
        Kilobytes.Add(Read().Kilobytes);
    }

    /// <summary>Runs it and reads what it prints.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public (double Sum, double Kilobytes) Read()
    {
        using Process process = Process.Start(new ProcessStartInfo(path, [model, MemoryOption]) { RedirectStandardOutput = true })!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0 || lines.Length != 2)
            throw new InvalidOperationException($"{path} returned {process.ExitCode} and {lines.Length} lines.");
        return (double.Parse(lines[0], CultureInfo.InvariantCulture), double.Parse(lines[1], CultureInfo.InvariantCulture));
    }
}
