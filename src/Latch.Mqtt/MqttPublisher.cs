using Latch.Mqtt.Formats;
using Latch.Sensors.Outputs;
using Latch.Telemetry.Sinks;

namespace Latch.Mqtt;

/// <summary>
/// Publishes steps, alarms and gates to a broker: plain JSON topics, Sparkplug B, Home Assistant's discovery. A report is copied into a ring of fixed size and sent by a
/// thread of its own: it never waits, takes no lock, allocates nothing, and never sees a failure of the network.
/// </summary>
/// <remarks>Reports come from one thread, the inference loop's.</remarks>
public sealed class MqttPublisher : IDisposable
{
    private readonly MqttPublisherOptions _options;
    private readonly TimeProvider _clock;
    private readonly List<Outlet> _outlets = [];
    private readonly int _channels;
    private readonly long _start;
    private readonly double _halfStep;
    private AlarmLevel _level;
    private long _lastStep;
    private long _slot;
    private bool _any;
    private bool _disposed;

    /// <summary>Starts to connect, in the background.</summary>
    /// <param name="options">Broker, topics, rate, queue.</param>
    /// <param name="device">Who reports.</param>
    /// <param name="clock">For the rate; the system's when null.</param>
    /// <exception cref="MqttOptionsException">The options or the device's description are at fault, or the queue's folder cannot be used.</exception>
    public MqttPublisher(MqttPublisherOptions options, DeviceDescription device, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        string[] faults = [.. options.Faults(), .. device.Faults()];
        if (faults.Length > 0)
            throw new MqttOptionsException(faults);
        (_options, _clock, _channels) = (options, clock ?? TimeProvider.System, device.Channels.Count);
        (_start, _halfStep) = (_clock.GetTimestamp(), 0.5 / device.Rate);
        try
        {
            if (options.Json)
                _outlets.Add(new Outlet(options, new JsonFormat(options, device), device));
            if (options.Sparkplug is { } sparkplug)
                _outlets.Add(new Outlet(options, new SparkplugFormat(sparkplug, device, options.Queue.Folder), device));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new MqttOptionsException([$"queue.folder: '{options.Queue.Folder}' cannot be used: {exception.Message}"]);
        }
        Gates = new GateSink(options.Gates ? _outlets[0] : null, options.TopicPrefix, device.Name);
        foreach (Outlet outlet in _outlets)
            outlet.Start();
    }

    /// <summary>Takes gate records, for a <see cref="TelemetryQueue"/>; they are published while the broker is connected, and dropped otherwise or when the options do not want them.</summary>
    public ITelemetrySink Gates { get; }

    /// <summary>What became of the reports so far. May be read from any thread.</summary>
    public MqttStatus Status
    {
        get
        {
            MqttStatus[] parts = [.. _outlets.Select(static outlet => outlet.Status)];
            return new MqttStatus(
                parts.All(static part => part.Connected), parts.Sum(static part => part.Connects), parts.Sum(static part => part.Published),
                parts.Sum(static part => part.Queued), parts.Sum(static part => part.Dropped), parts.Select(static part => part.LastError).FirstOrDefault(static error => error is not null));
        }
    }

    /// <summary>Takes a step; sends it when it is due, or its level changed.</summary>
    /// <exception cref="ArgumentException">The sample is not as long as the channels, or the forecast is longer.</exception>
    public void Report(in StepReport report)
    {
        if (report.Sample.Length != _channels || report.Forecast.Length > _channels)
            throw new ArgumentException($"A report of {report.Sample.Length} readings and {report.Forecast.Length} forecasts was given; the device has {_channels} channels.", nameof(report));
        // Slots of time, moved by half a step, so that the jitter of a step that falls on a border sends neither two nor none.
        long slot = _options.EverySeconds > 0 ? (long)((_clock.GetElapsedTime(_start).TotalSeconds + _halfStep) / _options.EverySeconds) : 0;
        if (!IsDue(report, slot))
            return;
        (_any, _level, _lastStep, _slot) = (true, report.Level, report.Step, slot);
        foreach (Outlet outlet in _outlets)
            outlet.Add(report);
    }

    /// <summary>Takes a change of the alarm level; it is sent at once, before all samples that wait.</summary>
    public void ReportAlarm(in AlarmReport report)
    {
        foreach (Outlet outlet in _outlets)
            outlet.Add(report);
    }

    /// <summary>Sends what waits, says goodbye and ends, within a few seconds; what could not be sent is kept on disk.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (Outlet outlet in _outlets)
            outlet.Stop();
        foreach (Outlet outlet in _outlets)
            outlet.Dispose();
    }

    private bool IsDue(in StepReport report, long slot) =>
        !_any
        || slot != _slot
        || report.Level != _level
        || report.Step < _lastStep
        || (_options.EverySteps > 0 && report.Step - _lastStep >= _options.EverySteps);
}
