using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Latch.Targets.Build;

/// <summary>What a program said and how it ended.</summary>
internal sealed record ProgramResult(int Code, string Out, string Error)
{
    /// <summary>Both streams, without the last newline.</summary>
    public string Text => (Out + Error).TrimEnd();

    /// <summary>The last line that says something.</summary>
    public string LastLine => Text.Split('\n').LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "";
}

/// <summary>Runs programs of the host.</summary>
internal static class CommandLine
{
    /// <summary>Where a program is on PATH; null when it is not there.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments, passed without a shell.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="environment">Variables to set for it.</param>
    /// <param name="line">Receives each line of standard output as it comes; it is not kept then.</param>
    public static async Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellation, IReadOnlyDictionary<string, string>? environment = null, Action<string>? line = null)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using Process process = new() { StartInfo = start };
        StringBuilder output = new(), error = new();
        process.OutputDataReceived += (_, data) => Take(data.Data, line ?? Keep(output));
        process.ErrorDataReceived += (_, data) => Take(data.Data, Keep(error));
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new TargetException($"The program '{program}' cannot be run: {exception.Message} Install it or put it on PATH.", exception);
        }
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new ProgramResult(process.ExitCode, output.ToString(), error.ToString());
    }

    private static Action<string> Keep(StringBuilder text) => line =>
    {
        lock (text)
            text.Append(line).Append('\n');
    };

    // The end of a stream comes as null.
    private static void Take(string? line, Action<string> to)
    {
        if (line is not null)
            to(line);
    }
}
