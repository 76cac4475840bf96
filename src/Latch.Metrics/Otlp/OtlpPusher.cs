namespace Latch.Metrics.Otlp;

/// <summary>Pushes at an interval, in the background, and once more at the end.</summary>
internal sealed class OtlpPusher : IDisposable
{
    private readonly OtlpOptions _options;
    private readonly OtlpClient _client;
    private readonly Func<byte[]> _payload;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private long _pushed;
    private long _failed;
    private volatile string? _lastError;

    public OtlpPusher(OtlpOptions options, Func<byte[]> payload)
    {
        (_options, _payload, _client) = (options, payload, new OtlpClient(options));
        _running = Task.Run(RunAsync);
    }

    public long Pushed => Volatile.Read(ref _pushed);

    public long Failed => Volatile.Read(ref _failed);

    public string? LastError => _lastError;

    public void Dispose()
    {
        _end.Cancel();
        _running.Wait(TimeSpan.FromSeconds(_options.TimeoutSeconds + 1));
    }

    private async Task RunAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(_options.IntervalSeconds));
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
                await PushAsync();
        }
        catch (OperationCanceledException)
        {
            await PushAsync();
        }
    }

    private async Task PushAsync()
    {
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(_options.TimeoutSeconds));
            await _client.PostAsync(_payload(), limit.Token);
            Interlocked.Increment(ref _pushed);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            string what = exception is OperationCanceledException ? $"no answer within {_options.TimeoutSeconds} s" : exception.Message;
            _lastError = $"Metrics could not be pushed to {_options.Endpoint}: {what}";
            Interlocked.Increment(ref _failed);
        }
    }
}
