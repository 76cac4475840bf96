namespace Latch.Sensors;

/// <summary>Some channels of a source, chosen by name and put in the order asked for, such as the order a model expects.</summary>
public sealed class SelectedSource : ISensorSource
{
    private readonly ISensorSource _source;
    private readonly int[] _columns;
    private readonly float[] _all;
    private readonly SensorChannel[] _channels;

    /// <summary>Selects channels.</summary>
    /// <param name="source">The source to read; disposed with this one.</param>
    /// <param name="names">The channels wanted, in order; case matters.</param>
    /// <exception cref="ArgumentException">The source lacks a channel: the message names those missing and those there.</exception>
    public SelectedSource(ISensorSource source, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(names);
        List<string> present = [.. source.Channels.Select(channel => channel.Name)];
        string[] missing = [.. names.Where(name => !present.Contains(name))];
        if (missing.Length > 0)
            throw new ArgumentException($"The source has no channel {string.Join(", ", missing)}. It has: {string.Join(", ", present)}.", nameof(names));
        _source = source;
        _columns = [.. names.Select(name => present.IndexOf(name))];
        _channels = [.. _columns.Select(column => source.Channels[column])];
        _all = new float[present.Count];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels => _channels;

    /// <inheritdoc/>
    public double SampleRate => _source.SampleRate;

    /// <inheritdoc/>
    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        if (!_source.TryRead(_all, out time))
            return false;
        for (int i = 0; i < sample.Length; i++)
            sample[i] = _all[_columns[i]];
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
