using System.Text.Json;
using Latch.Sensors;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Service;

/// <summary>Shows the level on the outputs, on a thread of its own; an output that fails is opened again.</summary>
internal sealed class Outputs : IDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    private readonly Output[] _outputs;
    private readonly TimeSpan _retry;
    private readonly AutoResetEvent _changed = new(false);
    private readonly Thread _thread;
    private int _level = (int)AlarmLevel.Normal;
    private volatile bool _stop;

    /// <param name="open">Opens each output.</param>
    /// <param name="log">Told what fails.</param>
    /// <param name="retry">Time between two looks at whether the outputs work; 5 s unless given.</param>
    public Outputs(IEnumerable<Func<IAlarmOutput>> open, Log log, TimeSpan? retry = null)
    {
        _retry = retry ?? s_retry;
        _outputs = [.. open.Select((opener, at) => new Output(opener, $"alarms.outputs[{at}]", log))];
        _thread = new Thread(Run) { Name = "outputs", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The level shown.</summary>
    public AlarmLevel Level => (AlarmLevel)Volatile.Read(ref _level);

    /// <summary>The outputs of a configuration.</summary>
    public static IEnumerable<Func<IAlarmOutput>> Of(IReadOnlyList<JsonElement> definitions) =>
        definitions.Select((definition, at) => (Func<IAlarmOutput>)(() => OutputFactory.Open(definition, $"alarms.outputs[{at}]")));

    /// <summary>Loop: shows a level. Returns at once.</summary>
    public void Set(AlarmLevel level)
    {
        if (_level == (int)level)
            return;
        Volatile.Write(ref _level, (int)level);
        _changed.Set();
    }

    /// <summary>Leaves the outputs in their safe state.</summary>
    public void Dispose()
    {
        _stop = true;
        _changed.Set();
        _thread.Join(TimeSpan.FromSeconds(2));
        foreach (Output output in _outputs)
            output.Close();
    }

    private void Run()
    {
        while (!_stop)
        {
            foreach (Output output in _outputs)
                output.Show(Level);
            // Also without another level: an output tells of a failure of its own thread when it is set the next time.
            _changed.WaitOne(_retry);
        }
    }

    private sealed class Output(Func<IAlarmOutput> open, string path, Log log)
    {
        private IAlarmOutput? _device;
        private bool _failing;

        public void Show(AlarmLevel level)
        {
            try
            {
                _device ??= open();
                _device.Set(level);
                if (_failing)
                    log.Notice($"{path}: works again.");
                _failing = false;
            }
            catch (Exception exception) when (exception is SensorException or IOException or UnauthorizedAccessException)
            {
                if (!_failing)
                    log.Error($"{path}: {exception.Message}");
                _failing = true;
                Close();
            }
        }

        public void Close()
        {
            IAlarmOutput? device = _device;
            _device = null;
            try
            {
                device?.Dispose();
            }
            catch (Exception exception) when (exception is SensorException or IOException)
            {
                log.Error($"{path}: {exception.Message}");
            }
        }
    }
}
