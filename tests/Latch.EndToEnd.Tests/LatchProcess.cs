using System.Diagnostics;
using System.Text.Json;

namespace Latch.EndToEnd.Tests;

/// <summary>What the real program said when it ended.</summary>
internal sealed record LatchProcess(int Code, string Out, string Error)
{
    /// <summary>Runs the program with pipes for its streams.</summary>
    public static Task<LatchProcess> Run(params string[] arguments) => RunProgram("latch.dll", arguments);

    /// <summary>Runs another program that was built beside the tests.</summary>
    public static async Task<LatchProcess> RunProgram(string assembly, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new LatchProcess(process.ExitCode, await output, await error);
    }

    /// <summary>The one document on standard output of a run that succeeded.</summary>
    public JsonElement Document()
    {
        Assert.True(Code == 0, Error);
        using JsonDocument document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }
}
