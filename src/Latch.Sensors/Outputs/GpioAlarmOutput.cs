using System.Device.Gpio;
using System.Diagnostics;
using Latch.Sensors.Gpio;

namespace Latch.Sensors.Outputs;

/// <summary>One GPIO line that shows the alarm level by a pattern, timed by a thread of its own.</summary>
internal sealed class GpioAlarmOutput : IAlarmOutput
{
    private readonly GpioAlarmOptions _options;
    private readonly GpioChip _chip;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _changed = new(false);
    private AlarmLevel _level = AlarmLevel.Normal;
    private int _version;
    private bool _stop;
    private SensorException? _failure;
    private bool _disposed;

    /// <exception cref="SensorException">The chip or the line cannot be taken.</exception>
    internal GpioAlarmOutput(GpioAlarmOptions options, DeviceAccess devices)
    {
        _options = options;
        _chip = new GpioChip(options.Chip, devices);
        try
        {
            _chip.Open(options.Line, PinMode.Output, Value(options.SafeOn));
        }
        catch
        {
            _chip.Dispose();
            throw;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = $"alarm line {options.Line}" };
        _thread.Start();
    }

    public void Set(AlarmLevel level)
    {
        if ((uint)level >= (uint)_options.Patterns.Length)
            throw new ArgumentOutOfRangeException(nameof(level), level, "There is no such level.");
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failure is { } failure)
                throw new SensorException(failure.Device, failure.Message[(failure.Device.Length + 2)..], failure);
            if (level == _level)
                return;
            _level = level;
            _version++;
        }

        _changed.Set();
    }

    /// <summary>Ends the pattern and leaves the line in its safe state.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = _stop = true;
        }

        _changed.Set();
        _thread.Join();
        try
        {
            _chip.Write(_options.Line, Value(_options.SafeOn));
        }
        catch (SensorException)
        {
            // The device is gone: there is no line left to make safe.
        }

        _chip.Dispose();
        _changed.Dispose();
    }

    private void Run()
    {
        try
        {
            while (Next(out AlarmPattern pattern, out int version))
                Show(pattern, version);
        }
        catch (SensorException e)
        {
            lock (_gate)
                _failure = e;
        }
    }

    private bool Next(out AlarmPattern pattern, out int version)
    {
        lock (_gate)
        {
            (pattern, version) = (_options.Patterns[(int)_level], _version);
            return !_stop;
        }
    }

    private void Show(AlarmPattern pattern, int version)
    {
        for (int times = 0; pattern.On > 0 && (pattern.Repeat == 0 || times < pattern.Repeat); times++)
        {
            Write(true);
            if (!Rest(pattern.Off == 0 ? Timeout.Infinite : pattern.On, version))
                return;
            Write(false);
            if (!Rest(pattern.Off, version))
                return;
        }

        Write(false);
        Rest(Timeout.Infinite, version);
    }

    /// <summary>Waits; false as soon as there is another level to show, or the end.</summary>
    private bool Rest(int milliseconds, int version)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (_stop || version != _version)
                    return false;
            }

            int left = milliseconds == Timeout.Infinite ? Timeout.Infinite : milliseconds - (int)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (milliseconds != Timeout.Infinite && left <= 0)
                return true;
            _changed.WaitOne(left);
        }
    }

    private void Write(bool on) => _chip.Write(_options.Line, Value(on));

    private PinValue Value(bool on) => on != _options.ActiveLow ? PinValue.High : PinValue.Low;
}
