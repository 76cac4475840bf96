using System.Device.Gpio;

namespace Latch.Sensors.Gpio;

/// <summary>Lines of a GPIO chip as channels: their state, or what their edges tell.</summary>
/// <remarks>Edges are timed when the process hears of them: widths are good to some milliseconds, and edges that the kernel has merged are one.</remarks>
internal sealed class GpioSource : ISensorSource
{
    private readonly GpioChip _chip;
    private readonly GpioLine[] _lines;
    private readonly SensorChannel[] _channels;
    private readonly TimeProvider _clock;
    private long _last;

    /// <exception cref="SensorException">The chip or a line cannot be taken.</exception>
    internal GpioSource(int chip, IReadOnlyList<GpioLineOptions> lines, SourceContext context)
    {
        (_clock, SampleRate) = (context.Clock, context.SampleRate);
        _channels = [.. lines.Select(line => new SensorChannel(line.Name, line.Unit))];
        _chip = new GpioChip(chip, context.Devices);
        try
        {
            _lines = [.. lines.Select(line => new GpioLine(line, _chip, _clock))];
        }
        catch
        {
            _chip.Dispose();
            throw;
        }

        _last = _clock.GetTimestamp();
    }

    public IReadOnlyList<SensorChannel> Channels => _channels;

    public double SampleRate { get; }

    public bool TryRead(Span<float> sample, out DateTimeOffset time)
    {
        Throw.IfWrongLength(sample, _channels);
        time = _clock.GetUtcNow();
        long now = _clock.GetTimestamp();
        double seconds = Math.Max(1e-6, _clock.GetElapsedTime(_last, now).TotalSeconds);
        _last = now;
        for (int i = 0; i < sample.Length; i++)
            sample[i] = _lines[i].Read(seconds);
        return true;
    }

    public void Dispose() => _chip.Dispose();
}
