namespace Latch.Metrics.Otlp;

/// <summary>Pushes at an interval, in the background, and once more at the end.</summary>
internal sealed class OtlpPusher : IDisposable
{
    // A service that is stopped has a few seconds for everything: a collector that does not answer must not use them up.
    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(2);

    private readonly OtlpOptions _options;
    private readonly OtlpClient _client;
    private readonly Func<byte[]> _payload;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _close = new();
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

    /// <summary>Pushes once more and ends, within three seconds.</summary>
    public void Dispose()
    {
        _close.CancelAfter(s_closeLimit);
        _end.Cancel();
        _running.Wait(s_closeLimit + TimeSpan.FromSeconds(1));
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
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_close.Token);
            limit.CancelAfter(TimeSpan.FromSeconds(_options.TimeoutSeconds));
            await _client.PostAsync(_payload(), limit.Token);
            Interlocked.Increment(ref _pushed);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            string what = exception is OperationCanceledException ? $"no answer within {(_close.IsCancellationRequested ? s_closeLimit.TotalSeconds : _options.TimeoutSeconds)} s" : exception.Message;
            _lastError = $"Metrics could not be pushed to {_options.Endpoint}: {what}";
            Interlocked.Increment(ref _failed);
        }
    }
}
