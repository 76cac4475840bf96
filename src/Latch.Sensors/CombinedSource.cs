namespace Latch.Sensors;

/// <summary>Sources read one after the other into one sample; its time is that of the first.</summary>
internal sealed class CombinedSource : ISensorSource
{
    private readonly ISensorSource[] _sources;
    private readonly SensorChannel[] _channels;
    private readonly float[] _sample;

    /// <exception cref="DefinitionException">Two sources have a channel of the same name.</exception>
    internal CombinedSource(IReadOnlyList<ISensorSource> sources, SourceContext context)
    {
        _sources = [.. sources];
        _channels = [.. sources.SelectMany(source => source.Channels)];
        _sample = new float[_channels.Length];
        SampleRate = context.SampleRate;
        if (_channels.GroupBy(channel => channel.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DefinitionException([$"{context.Path}.sources: two sources have a channel '{twice.Key}'. Rename one with \"names\": {{\"{twice.Key}\": \"...\"}}."]);
    }

    public IReadOnlyList<SensorChannel> Channels => _channels;

    public double SampleRate { get; }

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        time = default;
        int at = 0;
        for (int i = 0; i < _sources.Length; i++)
        {
            int count = _sources[i].Channels.Count;
            if (!_sources[i].TryRead(_sample.AsSpan(at, count), out DateTimeOffset taken))
                return false;
            time = i == 0 ? taken : time;
            at += count;
        }

        _sample.CopyTo(sample);
        return true;
    }

    public void Dispose()
    {
        foreach (ISensorSource source in _sources)
            source.Dispose();
    }
}
