using System.Diagnostics;

namespace Latch.Board.Tests;

/// <summary>What a program gave: run to its end, within a limit.</summary>
internal sealed record ProcessRun(string Command, int Code, string Out, string Error)
{
    /// <summary>Runs a program without input.</summary>
    /// <param name="limit">After this time it is ended, and the test fails.</param>
    /// <param name="program">Path or name.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    internal static ProcessRun Of(TimeSpan limit, string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string command = string.Join(' ', [program, .. start.ArgumentList]);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!Task.WaitAll([output, error], limit) || !process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{command}' did not end within {limit.TotalSeconds:F0} s.");
        }
        return new ProcessRun(command, process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The standard output without its last line end; fails the test when the exit code is not 0.</summary>
    internal string Succeeded()
    {
        Assert.True(Code == 0, $"'{Command}' ended with {Code}.\n{Error}{Out}");
        return Out.TrimEnd('\n');
    }
}
