using Latch.Sensors;

namespace Latch.Agent.Loop;

/// <summary>Reads the source on a thread of its own, and opens it again after it failed.</summary>
internal sealed class SensorReader : IDisposable
{
    private const int LookAgain = 200, QuietMilliseconds = 10_000;

    private readonly Func<ISensorSource> _open;
    private readonly SampleMailbox _mailbox;
    private readonly bool _onDemand;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;
    private readonly Action<string>? _tell;
    private ISensorSource? _source;
    private DateTimeOffset _last;
    private bool _yields;
    private long _told = -QuietMilliseconds;

    /// <param name="open">Opens the source.</param>
    /// <param name="mailbox">Where samples go.</param>
    /// <param name="onDemand">Reads when the loop asks: for sources that answer at once. Otherwise the source sets the pace, and the newest sample counts.</param>
    /// <param name="retry">Time between two attempts to open, or to read a source that has not yielded since it was opened.</param>
    /// <param name="tell">Told of rows that cannot be read, not more often than every ten seconds.</param>
    public SensorReader(Func<ISensorSource> open, SampleMailbox mailbox, bool onDemand, TimeSpan retry, Action<string>? tell = null)
    {
        (_open, _mailbox, _onDemand, Retry, _tell) = (open, mailbox, onDemand, retry, tell);
        _thread = new Thread(Run) { Name = "sensors", IsBackground = true };
    }

    /// <summary>Time between two attempts.</summary>
    public TimeSpan Retry { get; set; }

    /// <summary>Opens the source for the first time; a device that is not there is tried again by the thread.</summary>
    /// <exception cref="AgentException">The definition of the source does not hold.</exception>
    public void Start()
    {
        TryOpen(first: true);
        _thread.Start();
    }

    /// <summary>Ends the thread. A read that does not come back is left behind.</summary>
    public void Dispose()
    {
        _stop.Set();
        _mailbox.Close();
        if (_thread.Join(LookAgain))
            _source?.Dispose();
    }

    private void Run()
    {
        float[] row = [];
        long answered = 0;
        while (!_stop.WaitOne(0) && !_mailbox.IsEnded)
        {
            if (_source is null)
            {
                if (!TryOpen(first: false))
                    _stop.WaitOne(Retry);
                continue;
            }

            if (row.Length != _source.Channels.Count)
                row = new float[_source.Channels.Count];
            if (!_onDemand || _mailbox.WaitForAsk(ref answered, LookAgain))
                Read(row);
        }
    }

    private void Read(float[] row)
    {
        try
        {
            if (_stop.WaitOne(0))
                return;
            if (_source!.TryRead(row, out DateTimeOffset time))
                Put(row, time);
            else
                _mailbox.End();
        }
        catch (SensorFileException exception) when (exception.Line > 0)
        {
            PutMissing(row, exception.Message);
        }
        catch (Exception exception)
        {
            Close(exception.Message);
            if (!_yields)
                _stop.WaitOne(Retry);
        }
    }

    // A row that cannot be read is a sample without readings: the rows after it are as good as those before.
    private void PutMissing(float[] row, string reason)
    {
        if (Environment.TickCount64 - _told >= QuietMilliseconds)
        {
            _told = Environment.TickCount64;
            _tell?.Invoke(reason);
        }

        row.AsSpan().Fill(float.NaN);
        Put(row, _last == default ? DateTimeOffset.UtcNow : _last.AddSeconds(1 / _source!.SampleRate));
    }

    private void Put(float[] row, DateTimeOffset time)
    {
        (_last, _yields) = (time, true);
        _mailbox.Put(row, time);
    }

    private bool TryOpen(bool first)
    {
        try
        {
            ISensorSource source = _open();
            if (_mailbox.Channels is { } before && !before.SequenceEqual(source.Channels))
            {
                source.Dispose();
                _mailbox.Fail("the device came back with other channels than before. Restart the agent.");
                return false;
            }

            (_source, _yields) = (source, false);
            _mailbox.Open(source.Channels);
            return true;
        }
        catch (DefinitionException exception) when (first)
        {
            throw new AgentException(exception.Message, exception);
        }
        catch (Exception exception)
        {
            _mailbox.Fail(exception.Message);
            return false;
        }
    }

    private void Close(string reason)
    {
        ISensorSource? source = _source;
        _source = null;
        _mailbox.Fail(reason);
        try
        {
            source?.Dispose();
        }
        catch (Exception exception)
        {
            _mailbox.Fail($"{reason} It could not be closed: {exception.Message}");
        }
    }
}
