using System.Numerics;
using Latch.Runtime;

namespace Latch.Telemetry.Sinks;

/// <summary>
/// Stands between the steps and a sink: sums up every N-th step into a bounded ring, which a thread of its own hands to the sink. All memory is taken when it is made;
/// a step allocates nothing, takes no lock, and never sees a failure of the sink. For the steps of one session; give <see cref="Probe"/> to them.
/// </summary>
/// <remarks>The queue owns its sink: the sink is disposed on the writing thread, when the queue is. One that does not come back in time is left behind.</remarks>
public sealed class TelemetryQueue : IDisposable
{
    private const int LargestBatch = 1024;

    private readonly ITelemetrySink _sink;
    private readonly TelemetryQueueOptions _options;
    private readonly LayerAggregation[] _layers;
    private readonly TelemetryRecord[] _frame;
    private readonly TelemetryRecord[] _ring;
    private readonly WriterThread _thread;
    private readonly Lock _counting = new();
    private long _offered;
    private long _noRoom;
    private long _head;
    private long _tail;
    private long _steps;
    private long _written;
    private long _lost;
    private long _failures;
    private int _failuresInARow;
    private long _failedAt;
    private string? _lastError;
    private volatile bool _disabled;
    private volatile bool _ended;

    /// <summary>Makes a queue and starts its thread.</summary>
    /// <param name="model">The model whose sessions are watched.</param>
    /// <param name="sink">Where the records go; the queue disposes it.</param>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is not positive, or the capacity holds no step of a layer.</exception>
    public TelemetryQueue(LatchModel model, ITelemetrySink sink, TelemetryQueueOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sink);
        (_sink, _options) = (sink, options ?? new TelemetryQueueOptions());
        _layers = [.. model.Definition.Layers.Select(static layer => new LayerAggregation(layer))];
        _frame = new TelemetryRecord[_layers.Select(static layer => layer.Count).DefaultIfEmpty().Max()];
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Every, nameof(TelemetryQueueOptions.Every));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.DisableAfter, nameof(TelemetryQueueOptions.DisableAfter));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Capacity, _frame.Length, nameof(TelemetryQueueOptions.Capacity));
        _ring = new TelemetryRecord[BitOperations.RoundUpToPowerOf2((uint)_options.Capacity)];
        _thread = new WriterThread($"telemetry {sink.Name}", Work, End);
    }

    /// <summary>The probe that feeds this queue.</summary>
    public TelemetryProbe Probe => new(this);

    /// <summary>Steps watched, whether summed up or not.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>What became of the records so far. May be read from any thread.</summary>
    public SinkStatus Status
    {
        get
        {
            lock (_counting)
            {
                // Read in this order, what is pending is never negative.
                (long written, long lost) = (_written, _lost + Volatile.Read(ref _noRoom));
                long offered = Volatile.Read(ref _offered);
                return new SinkStatus(_sink.Name, offered, written, _ended ? offered - written : lost, _failures, _lastError, _disabled);
            }
        }
    }

    /// <summary>Lets the sink take what waits, completes it, and ends. What a sink that does not come back has not taken counts as dropped.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        bool inTime = _thread.Stop(_options.CloseLimit);
        lock (_counting)
        {
            _ended = true;
            if (!inTime)
                _lastError ??= $"It did not come back within {_options.CloseLimit.TotalSeconds} s.";
        }
        _thread.Dispose();
    }

    internal void Add(in GateFrame frame)
    {
        if (frame.Layer == 0)
            Volatile.Write(ref _steps, _steps + 1);
        if (frame.Step % _options.Every != 0)
            return;
        LayerAggregation layer = _layers[frame.Layer];
        Volatile.Write(ref _offered, _offered + layer.Count);
        if (!HasRoom(layer.Count))
        {
            Volatile.Write(ref _noRoom, _noRoom + layer.Count);
            return;
        }
        Span<TelemetryRecord> records = _frame.AsSpan(0, layer.Count);
        layer.Take(frame, records);
        long head = _head;
        foreach (ref readonly TelemetryRecord record in records)
            _ring[head++ & (_ring.Length - 1)] = record;
        // The head moves only now, when the records are there.
        Volatile.Write(ref _head, head);
        long waiting = head - Volatile.Read(ref _tail);
        if (waiting >= _ring.Length / 2 && waiting - layer.Count < _ring.Length / 2)
            _thread.Wake();
    }

    private bool HasRoom(int count)
    {
        if (_disabled || _ended)
            return false;
        if (Fits(count))
            return true;
        if (_options.WhenFull == WhenFull.Drop)
            return false;
        SpinWait spin = default;
        while (!Fits(count) && !_disabled && !_ended)
        {
            _thread.Wake();
            spin.SpinOnce();
        }
        return !_disabled && !_ended;
    }

    private bool Fits(int count) => _head + count - Volatile.Read(ref _tail) <= _ring.Length;

    private bool Work()
    {
        int start = (int)(_tail & (_ring.Length - 1));
        int count = (int)Math.Min(Volatile.Read(ref _head) - _tail, Math.Min(_ring.Length - start, LargestBatch));
        if (count == 0 || (IsResting && !_thread.IsStopping))
            return false;
        bool written = !_disabled && TryWrite(_ring.AsSpan(start, count));
        lock (_counting)
        {
            // A queue that gave up waiting has counted these as dropped.
            if (!_ended && written)
                _written += count;
            else if (!_ended)
                _lost += count;
        }
        Volatile.Write(ref _tail, _tail + count);
        return true;
    }

    private bool IsResting => _failuresInARow > 0 && !_disabled && _options.Clock.GetElapsedTime(_failedAt) < _options.RetryAfter;

    private bool TryWrite(ReadOnlySpan<TelemetryRecord> records)
    {
        try
        {
            _sink.Write(records);
            _failuresInARow = 0;
            return true;
        }
        catch (Exception exception)
        {
            Fail(exception);
            return false;
        }
    }

    private void End()
    {
        try
        {
            _sink.Dispose();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        lock (_counting)
        {
            _failures++;
            _lastError = exception.Message;
            _failedAt = _options.Clock.GetTimestamp();
            _disabled |= ++_failuresInARow >= _options.DisableAfter;
        }
    }
}

/// <summary>Feeds a <see cref="TelemetryQueue"/>.</summary>
public readonly struct TelemetryProbe : IGateProbe
{
    private readonly TelemetryQueue _queue;

    internal TelemetryProbe(TelemetryQueue queue) => _queue = queue;

    /// <summary>Sums the frame up, or counts it as dropped.</summary>
    public void OnStep(in GateFrame frame) => _queue.Add(frame);
}
