using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>
/// What one layer did over all steps watched, in constant memory. One thread steps while others take snapshots: a lock is held for a step, and by a snapshot for 16
/// units at a time, so a step waits for no more than that.
/// </summary>
public sealed class LayerStatistics
{
    private readonly Lock _lock = new();
    private readonly RecurrentLayer _definition;
    private readonly StatisticsOptions _options;
    private readonly double _sampleRateHz;
    private readonly int _mostCounted;
    private readonly IReadOnlyList<Channel> _channels;
    private readonly UnitTile[] _tiles;
    private readonly InputWatch _inputs;
    private readonly long[] _gateSaturations;
    private readonly StepRing _ring;
    private readonly int[] _bins = new int[StepRing.Steps * UnitTile.Units];
    private LayerTotals _totals;
    private long _lastStep;
    private int _phase;

    /// <param name="layer">Index of the layer.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">Limits and sampling.</param>
    /// <param name="mostCounted">Values that counters of 32 bits may hold.</param>
    internal LayerStatistics(int layer, ModelDefinition model, StatisticsOptions options, int mostCounted = int.MaxValue)
    {
        _mostCounted = mostCounted;
        (Layer, _definition, _options, _sampleRateHz) = (layer, model.Layers[layer], options, model.SampleRateHz);
        _channels = InputChannels.Of(model, layer);
        _tiles = MakeTiles();
        _ring = new StepRing((_definition.GateCount + (_definition.Kind == CellKind.Lstm ? 2 : 1)) * _definition.HiddenSize);
        _inputs = new InputWatch(_definition, _channels);
        _gateSaturations = new long[_definition.GateCount];
        Clear();
    }

    /// <summary>Index of the layer in <see cref="LatchModel.Layers"/>.</summary>
    public int Layer { get; }

    /// <summary>The layer's name.</summary>
    public string Name => _definition.Name;

    /// <summary>Steps watched.</summary>
    public long Steps
    {
        get
        {
            lock (_lock)
                return _totals.Steps;
        }
    }

    /// <summary>
    /// The figures of all steps watched so far. Any thread may ask, also while another steps; then units may differ by the steps taken in between, each figure is that of
    /// whole steps.
    /// </summary>
    public LayerSnapshot Snapshot()
    {
        UnitTile[] tiles = MakeTiles();
        InputWatch inputs = new(_definition, _channels);
        long[] saturations = new long[_gateSaturations.Length];
        LayerTotals totals;
        lock (_lock)
        {
            totals = _totals;
            _gateSaturations.CopyTo(saturations, 0);
            _inputs.Empty();
            _inputs.CopyTo(inputs);
        }
        for (int tile = 0; tile < tiles.Length; tile++)
        {
            lock (_lock)
            {
                _tiles[tile].TakeIn(_ring, _bins);
                _tiles[tile].CopyTo(tiles[tile]);
            }
        }
        return new SnapshotMaker(_definition, _options, _sampleRateHz, tiles).Make(Layer, totals, saturations, inputs, _channels);
    }

    internal void Clear()
    {
        lock (_lock)
        {
            foreach (UnitTile tile in _tiles)
                tile.Clear();
            _ring.Clear();
            _inputs.Clear();
            _gateSaturations.AsSpan().Clear();
            _totals = default;
            // Whatever comes first is a start.
            (_lastStep, _phase) = (_definition.Reverse ? long.MinValue : long.MaxValue, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(in GateFrame frame)
    {
        lock (_lock)
        {
            Take(frame.Step, frame.Gates, frame.Cell, frame.Hidden);
            _inputs.Add(frame.InputCodes);
            ReadOnlySpan<int> saturations = frame.GateSaturations;
            for (int gate = 0; gate < saturations.Length; gate++)
                _gateSaturations[gate] += saturations[gate];
            _totals.CellSaturations += frame.CellSaturations;
            _totals.HiddenSaturations += frame.HiddenSaturations;
            _totals.OutputSaturations += frame.OutputSaturations;
        }
    }

    /// <summary>Takes a step in from its values alone: gates Q7.24 [G, H], c [H] or empty, h Q7.24 [H].</summary>
    internal void Add(long step, ReadOnlySpan<int> gates, ReadOnlySpan<int> cell, ReadOnlySpan<int> hidden)
    {
        lock (_lock)
            Take(step, gates, cell, hidden);
    }

    /// <summary>Lays the step down. Each tile has its turn once in 32 steps, at even distances, so that steps cost much the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(long step, ReadOnlySpan<int> gates, ReadOnlySpan<int> cell, ReadOnlySpan<int> hidden)
    {
        if (_definition.Reverse ? step >= _lastStep : step <= _lastStep)
            Start();
        _lastStep = step;
        _ring.Lay(gates, cell, hidden);
        UnitTile[] tiles = _tiles;
        int tile = _phase * tiles.Length / StepRing.Steps, end = ++_phase * tiles.Length / StepRing.Steps;
        for (; tile < end; tile++)
            tiles[tile].TakeIn(_ring, _bins);
        if (_phase == StepRing.Steps)
            _phase = 0;
        _totals.Steps++;
    }

    /// <summary>A sequence begins.</summary>
    private void Start()
    {
        foreach (UnitTile tile in _tiles)
        {
            tile.TakeIn(_ring, _bins);
            tile.Keep?.Start();
        }
    }

    private UnitTile[] MakeTiles() =>
        [.. Enumerable.Range(0, (_definition.HiddenSize + UnitTile.Units - 1) / UnitTile.Units).Select(tile => new UnitTile(_definition, tile * UnitTile.Units, _options, _mostCounted))];
}

/// <summary>Counts of a whole layer.</summary>
internal struct LayerTotals
{
    public long Steps;
    public long CellSaturations;
    public long HiddenSaturations;
    public long OutputSaturations;
}
