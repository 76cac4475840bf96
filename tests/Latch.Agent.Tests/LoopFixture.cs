using Latch.Agent.Configuration;
using Latch.Agent.Live;
using Latch.Agent.Loop;
using Latch.Agent.Models;
using Latch.Agent.Service;
using Latch.Agent.State;
using Latch.Sensors;

namespace Latch.Agent.Tests;

/// <summary>A loop without threads: the test puts samples and takes steps.</summary>
internal sealed class LoopFixture : IDisposable
{
    public static readonly DateTimeOffset Time = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public LoopFixture(LoadedModel loaded, string faults = "{}", double rate = 0, LiveFeed? live = null, StateKeeper? state = null,
        ServiceManager? service = null, Func<LoopFixture, IStepObserver>? observer = null, bool onDemand = false)
    {
        Configuration = TestModels.Configuration($$"""{"model": "m", "source": {"kind": "stdin"}, "faults": {{faults}}}""");
        Model = new RunningModel(loaded, Configuration);
        Log = new Log(Lines);
        Mailbox.Open([.. TestModels.Names.Reverse().Select(static name => new SensorChannel(name, ""))]);
        Loop = new InferenceLoop(new LoopParts
        {
            Clock = Clock,
            Mailbox = Mailbox,
            Model = Model,
            Faults = Watch(loaded, Configuration),
            Counters = Counters,
            Rate = rate,
            OnDemand = onDemand,
            Log = Log,
            Live = live,
            State = state,
            Service = service,
            Observer = observer?.Invoke(this),
        });
    }

    public AgentConfiguration Configuration { get; }

    public ManualClock Clock { get; } = new();

    public SampleMailbox Mailbox { get; } = new();

    public RunningModel Model { get; }

    public LoopCounters Counters { get; } = new();

    public FaultCounts Faults { get; } = new();

    public StringWriter Lines { get; } = new();

    public Log Log { get; }

    public InferenceLoop Loop { get; }

    public FaultWatch Watch(LoadedModel loaded, AgentConfiguration configuration) => new(loaded.Model, configuration.Faults, 10, Clock.Now, Faults, static (_, _, _) => { });

    /// <summary>Gives a sample in the order of the source, which is not that of the model, and takes a step.</summary>
    public bool Step(ReadOnlySpan<float> sample)
    {
        Put(sample);
        return Loop.TakeStep();
    }

    public void Put(ReadOnlySpan<float> sample)
    {
        Span<float> row = stackalloc float[sample.Length];
        sample.CopyTo(row);
        row.Reverse();
        Mailbox.Put(row, Time);
    }

    public void Dispose()
    {
        Loop.Model.Dispose();
        Log.Dispose();
    }
}
