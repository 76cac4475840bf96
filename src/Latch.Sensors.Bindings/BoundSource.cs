namespace Latch.Sensors.Bindings;

/// <summary>A device driven by a binding as a source.</summary>
internal sealed class BoundSource(string name, IBinding binding, SourceContext context) : ISensorSource
{
    private readonly SensorChannel[] _channels = binding.Channels;
    private readonly float[] _sample = new float[binding.Channels.Length];

    public IReadOnlyList<SensorChannel> Channels => _channels;

    public double SampleRate => context.SampleRate;

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        if (sample.Length != _channels.Length)
            throw new ArgumentException($"The sample has room for {sample.Length} readings, but the source has {_channels.Length} channels.", nameof(sample));
        time = context.Clock.GetUtcNow();
        try
        {
            binding.Read(_sample);
        }
        catch (Exception e)
        {
            throw new SensorException(name, $"cannot be read: {e.Message.TrimEnd('.')}. Check wiring and power.", e);
        }

        _sample.CopyTo(sample);
        return true;
    }

    public void Dispose() => binding.Dispose();
}
