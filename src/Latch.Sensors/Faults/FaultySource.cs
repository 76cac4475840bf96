namespace Latch.Sensors.Faults;

/// <summary>Lets the sensors of a source fail at planned times, to make test recordings whose faults are known.</summary>
public sealed class FaultySource : ISensorSource
{
    private readonly ISensorSource _source;
    private readonly SensorFault[] _faults;
    private readonly int[] _columns;
    private readonly float[] _held;
    private DateTimeOffset? _first;

    /// <summary>Plans the faults.</summary>
    /// <param name="source">The source to read; disposed with this one.</param>
    /// <param name="faults">The faults, timed from the first sample; where two overlap on a channel the later in the list is applied to the earlier's result.</param>
    /// <exception cref="ArgumentException">A fault names a channel the source does not have.</exception>
    public FaultySource(ISensorSource source, IReadOnlyList<SensorFault> faults)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(faults);
        _source = source;
        _faults = [.. faults];
        _held = new float[_faults.Length];
        Array.Fill(_held, float.NaN);
        List<string> names = [.. source.Channels.Select(channel => channel.Name)];
        _columns = [.. faults.Select(fault => names.IndexOf(fault.Channel))];
        int unknown = Array.IndexOf(_columns, -1);
        if (unknown >= 0)
            throw new ArgumentException($"A fault is planned for channel '{_faults[unknown].Channel}', but the source has: {string.Join(", ", names)}.", nameof(faults));
    }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels => _source.Channels;

    /// <inheritdoc/>
    public double SampleRate => _source.SampleRate;

    /// <inheritdoc/>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        if (!_source.TryRead(sample, out time))
            return false;
        TimeSpan elapsed = time - (_first ??= time);
        for (int i = 0; i < _faults.Length; i++)
            Apply(_faults[i], elapsed, ref sample[_columns[i]], ref _held[i]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private static void Apply(SensorFault fault, TimeSpan elapsed, ref float reading, ref float held)
    {
        if (elapsed < fault.Start || elapsed >= fault.End)
        {
            held = reading;
            return;
        }

        reading = fault.Kind switch
        {
            SensorFaultKind.Stuck => held,
            SensorFaultKind.Zero => 0,
            SensorFaultKind.Missing => float.NaN,
            _ => reading + (fault.Amount * (float)((elapsed - fault.Start) / (fault.End - fault.Start))),
        };
    }
}
