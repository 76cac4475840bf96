using System.Buffers.Text;
using Latch.Sensors.Host;

namespace Latch.Sensors.Iio;

/// <summary>An IIO device whose channels are read one after the other from sysfs.</summary>
internal sealed class IioPolledSource : ISensorSource
{
    private readonly IioChannel[] _inputs;
    private readonly ProcFile[] _files;
    private readonly SensorChannel[] _channels;
    private readonly float[] _sample;
    private readonly TimeProvider _clock;
    private readonly IioSettings _settings;

    /// <param name="inputs">Channels with a file.</param>
    /// <param name="settings">What has been set at the device; undone when the source is disposed.</param>
    /// <param name="context">Rate and clock.</param>
    /// <exception cref="SensorException">A channel cannot be read.</exception>
    internal IioPolledSource(IioChannel[] inputs, IioSettings settings, SourceContext context)
    {
        (_inputs, _settings, _clock, SampleRate) = (inputs, settings, context.Clock, context.SampleRate);
        _channels = [.. inputs.Select(input => new SensorChannel(input.Name, input.Unit))];
        _sample = new float[inputs.Length];
        _files = new ProcFile[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            try
            {
                _files[i] = new ProcFile(inputs[i].File!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Dispose();
                throw Failed(inputs[i].File!, e);
            }
        }
    }

    public IReadOnlyList<SensorChannel> Channels => _channels;

    public double SampleRate { get; }

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        time = _clock.GetUtcNow();
        for (int i = 0; i < _files.Length; i++)
            _sample[i] = (float)_inputs[i].Convert(Read(i));
        _sample.CopyTo(sample);
        return true;
    }

    public void Dispose()
    {
        foreach (ProcFile? file in _files)
            file?.Dispose();
        _settings.Dispose();
    }

    private double Read(int input)
    {
        string path = _inputs[input].File!;
        try
        {
            if (Utf8Parser.TryParse(_files[input].Read(), out double value, out _))
                return value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }

        throw new SensorException(path, "does not hold a number; the driver of this device is not supported.");
    }

    private static SensorException Failed(string path, Exception e) => new(path, $"cannot be read: {e.Message.TrimEnd('.')}. {IioFile.Advice(e)}", e);
}
