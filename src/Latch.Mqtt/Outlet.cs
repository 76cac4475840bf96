using Latch.Mqtt.Connection;
using Latch.Mqtt.Formats;
using Latch.Mqtt.Queue;

namespace Latch.Mqtt;

/// <summary>One connection with its format, its ring and its queue, served by a thread.</summary>
internal sealed class Outlet : IDisposable
{
    private const int Batch = 64;
    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly MqttPublisherOptions _options;
    private readonly IMessageFormat _format;
    private readonly ReportRing _ring;
    private readonly StepEntry _entry;
    private readonly BrokerLink _link;
    private readonly OfflineQueue? _alarms;
    private readonly OfflineQueue? _samples;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly System.Collections.Concurrent.ConcurrentQueue<Message> _passing = new();
    private readonly CancellationTokenSource _stop = new();
    private long _published;
    private long _dropped;
    private long _spilled;
    private volatile bool _birth;
    private volatile bool _stopping;
    private volatile bool _connected;

    public Outlet(MqttPublisherOptions options, IMessageFormat format, DeviceDescription device)
    {
        (_options, _format) = (options, format);
        _ring = new ReportRing(options.Queue.Memory, device.Channels.Count);
        _entry = new StepEntry(device.Channels.Count);
        if (options.Queue.Folder is { } folder)
        {
            long limit = (long)options.Queue.LimitMiB << 20;
            _alarms = new OfflineQueue(Path.Combine(folder, format.Name, "alarms"), limit / 10);
            _samples = new OfflineQueue(Path.Combine(folder, format.Name, "samples"), limit);
        }
        string id = options.ClientId ?? $"latch-{device.Name}";
        _link = new BrokerLink(options, format is SparkplugFormat ? id + "-sparkplug" : id, () => _wake.Set(), Receive);
        _thread = new Thread(Run) { Name = $"mqtt {format.Name}", IsBackground = true };
    }

    public MqttStatus Status
    {
        get
        {
            long queued = (_alarms?.Count ?? 0) + (_samples?.Count ?? 0);
            long dropped = Volatile.Read(ref _dropped) + _ring.Dropped + (_alarms?.Dropped ?? 0) + (_samples?.Dropped ?? 0);
            return new MqttStatus(_connected, _link.Connects, Volatile.Read(ref _published), queued, dropped, _alarms?.LastError ?? _samples?.LastError ?? _link.LastError);
        }
    }

    public void Start() => _thread.Start();

    public void Add(in StepReport report)
    {
        _ring.Add(report);
        _wake.Set();
    }

    public void Add(in AlarmReport report)
    {
        _ring.Add(report);
        _wake.Set();
    }

    /// <summary>Sends a message soon if connected, else drops it. From any thread.</summary>
    public void Pass(in Message message)
    {
        if (!_connected || _passing.Count >= Batch)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }
        _passing.Enqueue(message);
        _wake.Set();
    }

    /// <summary>Asks the thread to end; <see cref="Dispose"/> waits for it.</summary>
    public void Stop()
    {
        _stopping = true;
        _stop.CancelAfter(s_closeLimit);
        _wake.Set();
    }

    public void Dispose()
    {
        if (_thread.IsAlive)
            _thread.Join(s_closeLimit + TimeSpan.FromSeconds(2));
        _link.Dispose();
        _alarms?.Dispose();
        _samples?.Dispose();
        _wake.Dispose();
    }

    private void Receive(string topic, ReadOnlySpan<byte> body)
    {
        if (!_format.Receive(topic, body))
            return;
        _birth = true;
        _wake.Set();
    }

    private void Run()
    {
        _spilled = Environment.TickCount64;
        while (!_stopping)
        {
            if (!Work())
                _wake.WaitOne(s_look);
        }
        End();
    }

    /// <summary>Does what can be done now; false when there is nothing.</summary>
    private bool Work()
    {
        try
        {
            if (_link.Poll(() => _format.Will(), _format.Subscriptions, 1))
                _birth = true;
            _connected = _link.IsConnected;
            if (_connected && _birth)
            {
                _birth = false;
                foreach (Message message in _format.Birth())
                    Publish(message);
            }
            bool worked = _connected && Waiting == 0 ? SendNew() : Spill(_stopping);
            return _connected && (Drain() || SendPassing() || worked) || worked;
        }
        catch (IOException)
        {
            // The link knows why, and connects again; what is kept was kept.
            _connected = false;
            return false;
        }
    }

    private long Waiting => (_alarms?.Count ?? 0) + (_samples?.Count ?? 0);

    private bool SendNew()
    {
        bool worked = false;
        while (_ring.TryTake(out AlarmReport alarm))
        {
            Send(_format.Encode(alarm, late: false), () => _format.Encode(alarm, late: true), _alarms);
            worked = true;
        }
        for (int count = 0; count < Batch && _ring.TryTake(_entry); count++)
        {
            Send(_format.Encode(_entry, late: false), () => _format.Encode(_entry, late: true), _samples);
            worked = true;
        }
        return worked;
    }

    /// <summary>Publishes the messages of a report; when that fails, keeps those of them that are kept and were not sent.</summary>
    private void Send(IEnumerable<Message> messages, Func<IEnumerable<Message>> late, OfflineQueue? queue)
    {
        int sent = 0;
        try
        {
            foreach (Message message in messages)
            {
                Publish(message);
                if (message.Kept)
                    sent++;
            }
        }
        catch (IOException)
        {
            foreach (Message message in late().Skip(sent))
                Keep(message, queue);
            queue?.Sync();
            throw;
        }
    }

    private bool Spill(bool all)
    {
        if (_alarms is null || _samples is null)
            return false;
        bool any = false;
        while (_ring.TryTake(out AlarmReport alarm))
        {
            foreach (Message message in _format.Encode(alarm, late: true))
                Keep(message, _alarms);
            any = true;
        }
        if (any)
            _alarms.Sync();
        if (!all && !_ring.IsHalfFull && Environment.TickCount64 - _spilled < _options.Queue.SyncSeconds * 1000)
            return any;
        _spilled = Environment.TickCount64;
        int samples = 0;
        while (_ring.TryTake(_entry))
        {
            foreach (Message message in _format.Encode(_entry, late: true))
                Keep(message, _samples);
            samples++;
        }
        if (samples > 0)
            _samples.Sync();
        return any || samples > 0;
    }

    private void Keep(in Message message, OfflineQueue? queue)
    {
        if (queue is null || !queue.Add(message.Topic, message.Body))
            Interlocked.Increment(ref _dropped);
    }

    private bool Drain() => Drain(_alarms) | Drain(_samples);

    private bool Drain(OfflineQueue? queue)
    {
        if (queue is null)
            return false;
        int count = 0;
        // A new alarm does not wait for the rest of the samples.
        for (; count < Batch && queue.TryPeek(out string topic, out byte[] body); count++)
        {
            if (_format.Restore(topic, body) is { } message)
                Publish(message);
            else
                Interlocked.Increment(ref _dropped);
            queue.Remove();
        }
        return count > 0;
    }

    private bool SendPassing()
    {
        bool worked = false;
        while (_passing.TryDequeue(out Message message))
        {
            Publish(message);
            worked = true;
        }
        return worked;
    }

    private void Publish(in Message message)
    {
        if (_link.Publish(message, _stop.Token))
            Interlocked.Increment(ref _published);
        else
            Interlocked.Increment(ref _dropped);
    }

    private void End()
    {
        try
        {
            while (_link.IsConnected && !_stop.IsCancellationRequested && Work())
            {
            }
            if (_link.IsConnected)
                Publish(_format.Death());
        }
        catch (IOException)
        {
            // The last will says what the farewell could not.
        }
        Spill(all: true);
        _link.Disconnect();
        _connected = false;
    }
}
