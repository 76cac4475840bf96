using Latch.Sensors;

namespace Latch.Agent.Loop;

/// <summary>Reads the source on a thread of its own, and opens it again after it failed.</summary>
internal sealed class SensorReader : IDisposable
{
    private const int LookAgain = 200;

    private readonly Func<ISensorSource> _open;
    private readonly SampleMailbox _mailbox;
    private readonly bool _onDemand;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;
    private ISensorSource? _source;

    /// <param name="open">Opens the source.</param>
    /// <param name="mailbox">Where samples go.</param>
    /// <param name="onDemand">Reads when the loop asks: for sources that answer at once. Otherwise the source sets the pace, and the newest sample counts.</param>
    /// <param name="retry">Time between two attempts to open.</param>
    public SensorReader(Func<ISensorSource> open, SampleMailbox mailbox, bool onDemand, TimeSpan retry)
    {
        (_open, _mailbox, _onDemand, Retry) = (open, mailbox, onDemand, retry);
        _thread = new Thread(Run) { Name = "sensors", IsBackground = true };
    }

    /// <summary>Time between two attempts to open.</summary>
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
                _mailbox.Put(row, time);
            else
                _mailbox.End();
        }
        catch (Exception exception)
        {
            Close(exception.Message);
        }
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

            _source = source;
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
