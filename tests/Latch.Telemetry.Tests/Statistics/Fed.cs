using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests.Statistics;

/// <summary>Statistics of one layer that are given values instead of a session's.</summary>
internal sealed class Fed
{
    public const int One = 1 << 24;

    private readonly int[] _gates;
    private readonly int[] _cell;
    private readonly int[] _hidden;

    public Fed(CellKind kind, int units, StatisticsOptions? options = null, double sampleRateHz = 0, int mostCounted = int.MaxValue)
    {
        ModelDefinition model = LayerQuantizer.Model(new FloatLayer(new LayerOptions(kind, 1, units), new Random(0))) with { SampleRateHz = sampleRateHz };
        Definition = model.Layers[0];
        Statistics = new LayerStatistics(0, model, options ?? new StatisticsOptions(), mostCounted);
        (_gates, _hidden) = (new int[Definition.GateCount * units], new int[units]);
        _cell = new int[kind == CellKind.Lstm ? units : 0];
    }

    public RecurrentLayer Definition { get; }

    public LayerStatistics Statistics { get; }

    public long Step { get; set; }

    /// <summary>Sets a gate of all units.</summary>
    public Fed Gate(int gate, int value)
    {
        _gates.AsSpan(gate * _hidden.Length, _hidden.Length).Fill(value);
        return this;
    }

    public Span<int> Gate(int gate) => _gates.AsSpan(gate * _hidden.Length, _hidden.Length);

    public Span<int> Cell => _cell;

    public Span<int> Hidden => _hidden;

    /// <summary>Takes the present values in.</summary>
    public void Add(long steps = 1)
    {
        for (long i = 0; i < steps; i++)
            Statistics.Add(Step++, _gates, _cell, _hidden);
    }

    public LayerSnapshot Snapshot() => Statistics.Snapshot();
}
