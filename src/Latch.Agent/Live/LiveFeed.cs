using System.Runtime.InteropServices;
using Latch.Agent.Loop;

namespace Latch.Agent.Live;

/// <summary>Where a client of the live stream can begin: the model and the state after a step.</summary>
internal sealed record LiveHeader(string Model, int Version, string Fingerprint, string Kernel, IReadOnlyList<string> Channels, double Rate, double? Threshold, long Step, byte[] State, bool ForAll, long Joins);

/// <summary>One entry of the feed: a step, or a header.</summary>
internal struct LiveEntry
{
    public LiveHeader? Header;
    public long Step;
    public long Time;
    public double Score;
    public bool InAlarm;
    public ulong Checksum;
    public float[] Sample;
}

/// <summary>The bounded ring between the loop and the live stream. A step that finds no room is lost; the next entry is then a header for all.</summary>
internal sealed class LiveFeed
{
    private readonly LiveEntry[] _ring;
    private readonly double _rate;
    private long _head;
    private long _tail;
    private int _clients;
    private long _joins;
    private long _answered;
    private bool _broken;

    /// <param name="rate">Steps per second; 0 when they come as fast as the source yields.</param>
    /// <param name="inputs">Readings of a sample.</param>
    /// <param name="capacity">Entries, a power of two.</param>
    public LiveFeed(double rate, int inputs, int capacity = 1024)
    {
        (_rate, _ring) = (rate, new LiveEntry[capacity]);
        foreach (ref LiveEntry entry in _ring.AsSpan())
            entry.Sample = new float[inputs];
    }

    /// <summary>Clients that joined and did not leave.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>Entries that wait to be sent.</summary>
    public long Waiting => Volatile.Read(ref _head) - Volatile.Read(ref _tail);

    /// <summary>Whether anybody listens; without that nothing is done.</summary>
    public bool IsWatched => Volatile.Read(ref _clients) > 0;

    /// <summary>Server: a client came and needs a header.</summary>
    /// <returns>Its number: headers of fewer joins are older than it.</returns>
    public long Join()
    {
        Interlocked.Increment(ref _clients);
        return Interlocked.Increment(ref _joins);
    }

    /// <summary>Server: a client went.</summary>
    public void Leave() => Interlocked.Decrement(ref _clients);

    /// <summary>Loop: the state was changed otherwise than by a step.</summary>
    public void Break() => _broken = true;

    /// <summary>Loop: a step was taken.</summary>
    public void AfterStep(RunningModel model, ReadOnlySpan<float> sample, DateTimeOffset time, double score)
    {
        if (!IsWatched)
        {
            _broken = false;
            return;
        }

        long joins = Volatile.Read(ref _joins);
        if (!_broken)
            _broken = !TryPut(model, sample, time, score);
        if ((joins == _answered && !_broken) || Volatile.Read(ref _tail) + _ring.Length <= _head)
            return;
        Next().Header = HeaderOf(model, _broken, joins);
        Volatile.Write(ref _head, _head + 1);
        (_broken, _answered) = (false, joins);
    }

    /// <summary>Server: looks at the oldest entry; it stays valid until <see cref="Advance"/>.</summary>
    public bool TryPeek(out LiveEntry entry)
    {
        entry = default;
        if (Volatile.Read(ref _head) == _tail)
            return false;
        entry = _ring[_tail & (_ring.Length - 1)];
        return true;
    }

    /// <summary>Server: done with the oldest entry.</summary>
    public void Advance() => Volatile.Write(ref _tail, _tail + 1);

    private ref LiveEntry Next() => ref _ring[_head & (_ring.Length - 1)];

    private bool TryPut(RunningModel model, ReadOnlySpan<float> sample, DateTimeOffset time, double score)
    {
        if (Volatile.Read(ref _tail) + _ring.Length <= _head)
            return false;
        ref LiveEntry entry = ref Next();
        if (entry.Sample.Length != sample.Length)
            entry.Sample = new float[sample.Length];
        sample.CopyTo(entry.Sample);
        (entry.Header, entry.Step, entry.Time) = (null, model.Session.StepCount, time.ToUnixTimeMilliseconds());
        (entry.Score, entry.InAlarm, entry.Checksum) = (score, model.Detector is { InAlarm: true }, model.Checksum());
        Volatile.Write(ref _head, _head + 1);
        return true;
    }

    private LiveHeader HeaderOf(RunningModel model, bool forAll, long joins)
    {
        int[] state = new int[model.Session.StateSize];
        model.Session.SaveState(state);
        return new LiveHeader(
            model.Loaded.Name, model.Loaded.Version, model.Loaded.Fingerprint, model.Loaded.Model.Kernel, [.. model.Loaded.Model.Channels.Select(static channel => channel.Name)], _rate,
            model.Detector?.Threshold, model.Session.StepCount, MemoryMarshal.AsBytes(state.AsSpan()).ToArray(), forAll, joins);
    }
}
