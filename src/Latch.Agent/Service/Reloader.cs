using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Models;
using Latch.Anomaly;

namespace Latch.Agent.Service;

/// <summary>Reads configuration and model again when it is asked to, and hands them to the loop; what is refused changes nothing.</summary>
internal sealed class Reloader : IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(5);

    private readonly InferenceLoop _loop;
    private readonly Func<AgentConfiguration> _read;
    private readonly Func<LoadedModel, FaultOptions, FaultWatch> _watch;
    private readonly Func<AgentConfiguration, LoadedModel, OffBoard> _offBoard;
    private readonly SampleMailbox _mailbox;
    private readonly SensorReader _reader;
    private readonly AgentObserver _observer;
    private readonly ServiceManager _service;
    private readonly Log _log;
    private readonly AutoResetEvent _asked = new(false);
    private readonly object _gate = new();
    private readonly Thread _thread;
    private readonly AgentConfiguration _first;
    private RunningModel? _replaced;
    private AlarmOptions _alarms;
    private string? _last;
    private volatile bool _stop;

    public Reloader(
        InferenceLoop loop, AgentConfiguration configuration, Func<AgentConfiguration> read, Func<LoadedModel, FaultOptions, FaultWatch> watch,
        Func<AgentConfiguration, LoadedModel, OffBoard> offBoard, SampleMailbox mailbox, SensorReader reader, AgentObserver observer, ServiceManager service, Log log)
    {
        (_loop, _first, _read, _watch, _offBoard, _mailbox, _reader, _observer, _service, _log) = (loop, configuration, read, watch, offBoard, mailbox, reader, observer, service, log);
        _alarms = configuration.Alarms;
        loop.Replaced = model => Volatile.Write(ref _replaced, model);
        _thread = new Thread(Run) { Name = "reload", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How the last reload went; null before the first.</summary>
    public string? Last => Volatile.Read(ref _last);

    /// <summary>The alarm options in effect.</summary>
    public AlarmOptions Alarms => Volatile.Read(ref _alarms);

    /// <summary>Asks for a reload.</summary>
    public void Ask() => _asked.Set();

    /// <summary>The loop has ended: nothing is loaded any more, and the service manager is not told that the agent is ready.</summary>
    public void Stop()
    {
        lock (_gate)
            _stop = true;
        _asked.Set();
    }

    public void Dispose()
    {
        Stop();
        _thread.Join();
    }

    private void Run()
    {
        while (_asked.WaitOne() && !_stop)
        {
            _service.Reloading();
            string result;
            try
            {
                result = Reload();
                _log.Notice($"reload: {result}.");
            }
            catch (Exception exception) when (exception is AgentException or ConfigurationException)
            {
                result = $"refused, goes on as before: {exception.Message}";
                _log.Error($"reload: {result}");
            }

            Volatile.Write(ref _last, result);
            lock (_gate)
                if (!_stop)
                    _service.Ready($"{_loop.Model.Loaded}; reload: {result}");
        }
    }

    private string Reload()
    {
        AgentConfiguration configuration = _read();
        LoadedModel before = _loop.Model.Loaded;
        LoadedModel loaded = ModelLoader.Load(configuration, before.Version > 0 ? before.Version : null);
        CheckRate(before, loaded);
        if (_mailbox.Channels is { } channels)
            _ = ChannelMap.Match(channels, loaded.Model.Channels, loaded.Model.InputSize);
        FaultWatch faults = _watch(loaded, configuration.Faults);
        bool same = loaded.Fingerprint == before.Fingerprint;
        RunningModel? model = same ? null : new RunningModel(loaded, configuration);
        StreamScorer? scorer = same ? RunningModel.NewScorer(loaded, configuration.Alarms) : null;
        _loop.Apply(new LoopChange(model, loaded, scorer, configuration.Alarms.AlarmsPerHour, faults));
        while (!_loop.IsApplied && !_stop)
            Thread.Sleep(s_poll);
        if (!_loop.IsApplied)
        {
            model?.Dispose();
            return "given up, the agent stops";
        }

        Volatile.Write(ref _alarms, configuration.Alarms);
        _observer.WarningShare = configuration.Alarms.WarningShare;
        _reader.Retry = TimeSpan.FromSeconds(configuration.Faults.RetrySeconds);
        if (model is not null)
        {
            Interlocked.Exchange(ref _replaced, null)?.Dispose();
            // The configuration of what leaves the board is that of the start.
            model.OffBoard = _offBoard(_first, loaded);
            _loop.Record();
        }

        string[] later = [.. NeedRestart(configuration)];
        return $"{(same ? "the same model, its state is kept" : $"{loaded} in place of {before}")}{(later.Length > 0 ? $"; a restart is needed for {string.Join(", ", later)}" : "")}";
    }

    // The grid, the source and the limits are those of the start.
    private void CheckRate(LoadedModel before, LoadedModel loaded)
    {
        (double runs, double needs) = (AgentSetup.NominalRate(_first, before), AgentSetup.NominalRate(_first, loaded));
        if (needs != runs)
            throw new AgentException(FormattableString.Invariant($"{loaded} needs a restart: {needs:0.###} Hz in place of {runs:0.###} Hz."));
    }

    private IEnumerable<string> NeedRestart(AgentConfiguration now)
    {
        if (now.Source.GetRawText() != _first.Source.GetRawText())
            yield return "source";
        if (now.Rate != _first.Rate)
            yield return "rate";
        if (now.State != _first.State)
            yield return "state";
        if (now.Status != _first.Status)
            yield return "status";
        if (now.Live != _first.Live)
            yield return "live";
        if (Text(now.Alarms.Outputs) != Text(_first.Alarms.Outputs))
            yield return "alarms.outputs";
        if (now.Telemetry.Recording != _first.Telemetry.Recording || now.Telemetry.Every != _first.Telemetry.Every
            || now.Telemetry.Mqtt != _first.Telemetry.Mqtt || now.Telemetry.Metrics?.Otlp != _first.Telemetry.Metrics?.Otlp || now.Telemetry.Metrics?.Prometheus != _first.Telemetry.Metrics?.Prometheus)
            yield return "telemetry";
    }

    private static string Text(IEnumerable<System.Text.Json.JsonElement> elements) => string.Join('\n', elements.Select(static element => $"{element}"));
}
