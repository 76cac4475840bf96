namespace Latch.Telemetry.Sinks;

/// <summary>A background thread that does work as long as there is some, then looks again every 50 ms or when it is woken.</summary>
internal sealed class WriterThread : IDisposable
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(50);

    private readonly AutoResetEvent _wake = new(false);
    private readonly Func<bool> _work;
    private readonly Action _end;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="work">Does some work; false when there was none. Must not throw.</param>
    /// <param name="end">Called once, after the last work. Must not throw.</param>
    public WriterThread(string name, Func<bool> work, Action end)
    {
        (_work, _end) = (work, end);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>True once the thread was told to end.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Ends the pause between two looks. Allocates nothing.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Lets the thread finish its work.</summary>
    /// <param name="limit">How long to wait for that.</param>
    /// <returns>False when it did not come back in time; it is left behind.</returns>
    public bool Stop(TimeSpan limit)
    {
        _stopping = true;
        Wake();
        return _thread.Join(limit);
    }

    // The event is left to the collector: a thread that was left behind still looks at it.
    public void Dispose() => _stopping = true;

    private void Run()
    {
        while (true)
        {
            bool last = _stopping;
            if (_work())
                continue;
            if (last)
                break;
            _wake.WaitOne(s_idle);
        }
        _end();
    }
}
