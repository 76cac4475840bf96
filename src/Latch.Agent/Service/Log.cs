namespace Latch.Agent.Service;

/// <summary>Lines for the journal, with systemd's priorities. Written by a thread of its own: a journal that stands still never holds up a step.</summary>
internal sealed class Log : IDisposable
{
    private const int MostWaiting = 1000;

    private readonly TextWriter _writer;
    private readonly Queue<string> _lines = [];
    private readonly Thread _thread;
    private long _dropped;
    private bool _stop;

    public Log(TextWriter writer)
    {
        _writer = writer;
        _thread = new Thread(Run) { Name = "log", IsBackground = true };
        _thread.Start();
    }

    public void Error(string text) => Write("<3>", text);

    public void Warning(string text) => Write("<4>", text);

    public void Notice(string text) => Write("<5>", text);

    public void Info(string text) => Write("<6>", text);

    /// <summary>Writes what waits and ends.</summary>
    public void Dispose()
    {
        lock (_lines)
        {
            _stop = true;
            Monitor.Pulse(_lines);
        }

        _thread.Join(TimeSpan.FromSeconds(2));
    }

    private void Write(string priority, string text)
    {
        lock (_lines)
        {
            if (_lines.Count < MostWaiting)
                _lines.Enqueue(priority + text.ReplaceLineEndings(" "));
            else
                _dropped++;
            Monitor.Pulse(_lines);
        }
    }

    private void Run()
    {
        while (Next() is { } line)
        {
            try
            {
                _writer.WriteLine(line);
                _writer.Flush();
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // There is nobody left to tell.
            }
        }
    }

    private string? Next()
    {
        lock (_lines)
        {
            while (_lines.Count == 0 && !_stop)
                Monitor.Wait(_lines);
            if (_dropped > 0 && _lines.Count < MostWaiting / 2)
            {
                _lines.Enqueue($"<4>log: {_dropped} lines were dropped.");
                _dropped = 0;
            }

            return _lines.TryDequeue(out string? line) ? line : null;
        }
    }
}
