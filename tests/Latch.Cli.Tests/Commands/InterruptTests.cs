using System.Diagnostics;

namespace Latch.Cli.Tests.Commands;

/// <summary>Ctrl-C, sent to the real program.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Quantize_Interrupted_CodeAndNothingWritten()
    {
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx"));
        string pipe = _scratch.Path("endless.csv");
        await Process.Start("mkfifo", pipe).WaitForExitAsync(TestContext.Current.CancellationToken);
        using Process latch = Start("quantize", onnx, "--calibration", pipe, "-o", _scratch.Path("out.latch"));
        await Until(latch, "Reading the calibration data");
        string rest = await Interrupt(latch);
        Assert.Equal(130, latch.ExitCode);
        Assert.Contains("latch: error: Interrupted", rest, StringComparison.Ordinal);
        Assert.Equal(["endless.csv", "tiny.onnx"], Directory.GetFileSystemEntries(_scratch.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Record_Interrupted_CompleteFile()
    {
        using Process latch = Start("record", "--source", "host", "--rate", "20", "-o", _scratch.Path("host.csv"));
        await Until(latch, "Recording");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await Interrupt(latch);
        Assert.Equal(0, latch.ExitCode);
        Assert.Equal(["host.csv"], Directory.GetFileSystemEntries(_scratch.Folder).Select(Path.GetFileName));
        string[] lines = await File.ReadAllLinesAsync(_scratch.Path("host.csv"), TestContext.Current.CancellationToken);
        Assert.True(lines.Length > 2);
        Assert.All(lines, line => Assert.Equal(lines[0].Count(c => c == ','), line.Count(c => c == ',')));
    }

    [Fact]
    public async Task Run_StandardInputInterrupted_ResultsSoFar()
    {
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx"));
        string data = _scratch.Write("train.csv", TinySeries.Csv(50));
        Assert.Equal(0, (await CommandRun.Of("quantize", onnx, "--calibration", data, "-o", _scratch.Path("tiny.latch"))).Code);
        using Process latch = Start("run", _scratch.Path("tiny.latch"), "--source", "-", "-o", _scratch.Path("out.csv"));
        await latch.StandardInput.WriteAsync(TinySeries.Csv(7));
        await latch.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        while (Directory.GetFiles(_scratch.Folder, "out.csv.*.tmp").Length == 0)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        await Interrupt(latch);
        Assert.Equal(0, latch.ExitCode);
        Assert.Equal(8, (await File.ReadAllLinesAsync(_scratch.Path("out.csv"), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Studio_Interrupted_EndsCleanlyThoughAPageFollows()
    {
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx"));
        string data = _scratch.Write("train.csv", TinySeries.Csv(50));
        Assert.Equal(0, (await CommandRun.Of("quantize", onnx, "--calibration", data, "-o", _scratch.Path("tiny.latch"))).Code);
        using Process latch = Start("studio", _scratch.Path("tiny.latch"), "--source", "-", "--port", "0");
        await latch.StandardInput.WriteAsync(TinySeries.Csv(7));
        await latch.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await Until(latch, "hold up to");
        string address = (await latch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
        using HttpClient client = new();
        using HttpResponseMessage live = await client.GetAsync(new Uri(address + "api/live"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await Interrupt(latch);
        Assert.Equal(0, latch.ExitCode);
    }

    // A shell that starts the tests in the background leaves SIGINT ignored, and children inherit that: env gives it back its meaning.
    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "latch.dll"), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task Until(Process process, string text)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        string? line;
        do
            line = await process.StandardError.ReadLineAsync(limit.Token);
        while (line is not null && !line.Contains(text, StringComparison.Ordinal));
        Assert.NotNull(line);
    }

    private static async Task<string> Interrupt(Process process)
    {
        await Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExitAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        try
        {
            string rest = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return rest;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
