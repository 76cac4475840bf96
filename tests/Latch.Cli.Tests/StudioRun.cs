using Latch.Cli.Output;

namespace Latch.Cli.Tests;

/// <summary>A studio that runs in this process until it is interrupted.</summary>
internal sealed class StudioRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly StringWriter _error = new();
    private readonly Task<int> _run;

    private StudioRun(string input, string[] arguments, AddressWriter output)
    {
        _run = Task.Run(() => LatchApp.RunAsync(arguments, Terminal.Of(new StringReader(input), output, TextWriter.Synchronized(_error)), _interrupt.Token));
        Client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The address as it was printed.</summary>
    public string Address { get; private set; } = "";

    public HttpClient Client { get; }

    public string Error => _error.ToString();

    public static Task<StudioRun> Start(params string[] arguments) => WithInput("", arguments);

    public static async Task<StudioRun> WithInput(string input, params string[] arguments)
    {
        AddressWriter output = new();
        StudioRun run = new(input, arguments, output);
        if (await Task.WhenAny(output.Line, run._run) != output.Line)
            Assert.Fail($"The studio ended with {await run._run}: {run._error}");
        run.Address = await output.Line;
        run.Client.BaseAddress = new Uri(new Uri(run.Address).GetLeftPart(UriPartial.Authority));
        return run;
    }

    /// <summary>What Ctrl-C does; returns the exit code.</summary>
    public async Task<int> Interrupt()
    {
        await _interrupt.CancelAsync();
        return await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await Interrupt();
        Client.Dispose();
        _interrupt.Dispose();
        await _error.DisposeAsync();
    }

    /// <summary>Hands out the first line that is written.</summary>
    private sealed class AddressWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => _line.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _line.TrySetResult(value ?? "");
        }
    }
}
