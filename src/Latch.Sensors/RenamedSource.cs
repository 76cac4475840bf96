namespace Latch.Sensors;

/// <summary>A source some of whose channels have other names, such as those a model expects.</summary>
internal sealed class RenamedSource(ISensorSource source, IReadOnlyDictionary<string, string> names) : ISensorSource
{
    public IReadOnlyList<SensorChannel> Channels { get; } =
        [.. source.Channels.Select(channel => channel with { Name = names.GetValueOrDefault(channel.Name, channel.Name) })];

    public double SampleRate => source.SampleRate;

    public bool TryRead(Span<float> sample, out DateTimeOffset time) => source.TryRead(sample, out time);

    public void Dispose() => source.Dispose();
}
