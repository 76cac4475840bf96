namespace Latch.Agent.Loop;

/// <summary>What can be wrong with the sensors, the worst first.</summary>
internal enum FaultKind
{
    /// <summary>The device cannot be opened or read.</summary>
    DeviceGone,

    /// <summary>No new sample for too long.</summary>
    Timeout,

    /// <summary>A reading is not a finite number.</summary>
    Missing,

    /// <summary>A reading is outside of what the channel can be.</summary>
    OutOfRange,

    /// <summary>The readings do not change any more.</summary>
    Stuck,
}

/// <summary>How often and for how long each fault was there. The loop counts; any thread reads.</summary>
internal sealed class FaultCounts
{
    private static readonly string[] s_names = ["deviceGone", "timeout", "missing", "outOfRange", "stuck"];

    private readonly long[] _times = new long[s_names.Length];
    private readonly long[] _steps = new long[s_names.Length];
    private int _present;

    /// <summary>Names of the kinds, as in the configuration and the status.</summary>
    public static IReadOnlyList<string> Names => s_names;

    /// <summary>The worst fault at present; null without one.</summary>
    public FaultKind? Present => Volatile.Read(ref _present) is > 0 and int bits ? (FaultKind)int.TrailingZeroCount(bits) : null;

    /// <summary>Whether a fault is present.</summary>
    public bool IsPresent(FaultKind kind) => (Volatile.Read(ref _present) >> (int)kind & 1) != 0;

    /// <summary>Times a fault began.</summary>
    public long Times(FaultKind kind) => Volatile.Read(ref _times[(int)kind]);

    /// <summary>Steps it was there, whether one was taken or left out.</summary>
    public long Steps(FaultKind kind) => Volatile.Read(ref _steps[(int)kind]);

    /// <summary>Takes the faults of one step; returns those that changed, as bits.</summary>
    internal int Take(int present)
    {
        int changed = present ^ _present;
        for (int kind = 0; kind < s_names.Length; kind++)
        {
            if ((present >> kind & 1) == 0)
                continue;
            Volatile.Write(ref _steps[kind], _steps[kind] + 1);
            if ((changed >> kind & 1) != 0)
                Volatile.Write(ref _times[kind], _times[kind] + 1);
        }

        Volatile.Write(ref _present, present);
        return changed;
    }
}
