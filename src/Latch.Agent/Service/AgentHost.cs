using Latch.Agent.Configuration;
using Latch.Agent.Live;
using Latch.Agent.Loop;
using Latch.Agent.Models;
using Latch.Agent.State;
using Latch.Agent.Status;

namespace Latch.Agent.Service;

/// <summary>The running agent: puts the parts together, and takes them apart again.</summary>
internal sealed class AgentHost : IDisposable
{
    private readonly Log _log;
    private readonly ServiceManager _service;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly SampleMailbox _mailbox;
    private readonly AgentMeters _meters;
    private readonly Outputs _outputs;
    private readonly SensorReader _reader;
    private readonly LiveServer? _live;
    private readonly StateKeeper? _state;
    private readonly InferenceLoop _loop;
    private readonly Reloader _reloader;
    private readonly StatusWriter _status;

    /// <summary>Loads the model, opens the source, and makes all parts; nothing steps yet.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="read">Reads the configuration again, for a reload.</param>
    /// <param name="log">The log.</param>
    /// <param name="service">The service manager.</param>
    /// <exception cref="AgentException">The agent cannot start.</exception>
    public AgentHost(AgentConfiguration configuration, Func<AgentConfiguration> read, Log log, ServiceManager service)
    {
        (_log, _service) = (log, service);
        LoadedModel loaded = ModelLoader.Load(configuration, runningVersion: null);
        double rate = AgentSetup.Rate(configuration, loaded), nominal = AgentSetup.NominalRate(configuration, loaded);
        (LoopCounters counters, FaultCounts faults, MonotonicClock clock) = (new(), new(), new());
        _mailbox = new SampleMailbox(everySample: rate == 0);
        FaultLog faultLog = new(log, TimeProvider.System);
        FaultWatch Watch(LoadedModel model, FaultOptions options) => new(model.Model, options, nominal, clock.Now, faults, faultLog.Report);
        FaultWatch watch = Watch(loaded, configuration.Faults);
        bool onDemand = AgentSetup.IsOnDemand(configuration);
        void Tell(string text) => log.Warning($"source: {text}");
        _reader = new SensorReader(
            () => AgentSetup.OpenSource(configuration, nominal, _cancellation.Token, Tell), _mailbox, onDemand, TimeSpan.FromSeconds(configuration.Faults.RetrySeconds), Tell);
        _reader.Start();
        // A source that has not what the model needs is a mistake of the configuration; one that is not there is a fault that may pass.
        if (_mailbox.Channels is { } channels)
            _ = ChannelMap.Match(channels, loaded.Model.Channels, loaded.Model.InputSize);
        RunningModel model = new(loaded, configuration);
        _state = configuration.State is { } state ? new StateKeeper(state, TimeProvider.System, log) : null;
        _state?.Restore(model);
        model.Record();
        model.OffBoard = new OffBoard(configuration, loaded, nominal, log);
        LiveFeed? feed = configuration.Live is null ? null : new LiveFeed(rate, loaded.Model.InputSize);
        _live = feed is null ? null : new LiveServer(configuration.Live!, feed, log);
        _outputs = new Outputs(Outputs.Of(configuration.Alarms.Outputs), log);
        // Another model has another publisher.
        _meters = new AgentMeters(counters, faults, () => _loop?.Model.OffBoard?.Publisher?.Status.Dropped);
        AgentObserver observer = new(counters, faults, _meters, _outputs, service, log, configuration.Alarms.WarningShare);
        _loop = new InferenceLoop(new LoopParts
        {
            Clock = clock,
            Mailbox = _mailbox,
            Model = model,
            Faults = watch,
            Counters = counters,
            Rate = rate,
            OnDemand = onDemand,
            Log = log,
            Service = service,
            Live = feed,
            State = _state,
            Observer = observer,
        });
        observer.Grid = _loop.Grid;
        _reloader = new Reloader(_loop, configuration, read, Watch, (current, replacing) => new OffBoard(current, replacing, nominal, log), _mailbox, _reader, observer, service, log);
        _status = new StatusWriter(configuration.Status, _state, log, () => Snapshot(counters, faults, faultLog, observer, clock));
        log.Notice(FormattableString.Invariant($"latch-agent {ProgramFacts.Version}: {loaded}, kernel {loaded.Model.Kernel}, {(rate > 0 ? $"{rate:0.###} Hz" : "as fast as the source yields")}."));
    }

    /// <summary>Steps until it is stopped or the source ends.</summary>
    public void Run()
    {
        _status.Start();
        _loop.Run();
        _reloader.Stop();
        _service.Stopping();
        _log.Notice($"stopped after {_loop.Model.Session.StepCount} steps{(_mailbox.IsEnded ? ": the source is at its end" : "")}.");
    }

    /// <summary>Ends <see cref="Run"/> after the step at hand.</summary>
    public void Stop() => _loop.Stop();

    /// <summary>Reads configuration and model again, in the background.</summary>
    public void Reload() => _reloader.Ask();

    public void Dispose()
    {
        _cancellation.Cancel();
        _reader.Dispose();
        _reloader.Dispose();
        _status.Dispose();
        _state?.SaveLast(_loop.Model);
        _live?.Dispose();
        _outputs.Dispose();
        _loop.Model.Dispose();
        _status.Write(_mailbox.IsEnded ? "ended" : "stopped");
        _meters.Dispose();
        _cancellation.Dispose();
    }

    private StatusDocument Snapshot(LoopCounters counters, FaultCounts faults, FaultLog faultLog, AgentObserver observer, MonotonicClock clock) =>
        StatusSnapshot.Take(new StatusSources(
            _reloader.Alarms, _loop.Model, _loop.Grid, counters, faults, faultLog, observer, _outputs, _live, _reloader.Last, clock.Now));
}
