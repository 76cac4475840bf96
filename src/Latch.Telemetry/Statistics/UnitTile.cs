using System.Numerics;
using System.Runtime.CompilerServices;
using Latch.Model;
using static Latch.Telemetry.Lanes;

namespace Latch.Telemetry;

/// <summary>16 units of a layer: their gates, cell and hidden state. What lies beyond the layer's last unit has no meaning.</summary>
internal sealed class UnitTile
{
    /// <summary>Units of a tile.</summary>
    public const int Units = 16;

    private readonly GateTile[] _gates;
    private readonly KeepTile? _keep;
    private readonly CellTile? _cell;
    private readonly int[] _leastHidden = new int[Units];
    private readonly int[] _greatestHidden = new int[Units];
    private readonly int _keepGate;
    private readonly int _stride;

    public UnitTile(RecurrentLayer layer, int first, StatisticsOptions options, int mostCounted)
    {
        (First, Count) = (first, Math.Min(Units, layer.HiddenSize - first));
        _gates = [.. Enumerable.Range(0, layer.GateCount).Select(gate => new GateTile(GateRange.Of(layer, gate), options, mostCounted))];
        _keepGate = layer.Kind switch { CellKind.Lstm => 2, CellKind.Gru => 0, _ => -1 };
        _keep = _keepGate < 0 ? null : new KeepTile(Count, options.Every);
        _cell = layer.Kind == CellKind.Lstm ? new CellTile(options.Window / 2) : null;
        _stride = layer.HiddenSize;
        Clear();
    }

    /// <summary>The layer's unit that is the tile's first.</summary>
    public int First { get; }

    /// <summary>Units the layer has here.</summary>
    public int Count { get; }

    /// <summary>Steps taken in.</summary>
    public long Taken { get; private set; }

    /// <summary>The gates in storage order.</summary>
    public IReadOnlyList<GateTile> Gates => _gates;

    /// <summary>The gate that keeps the memory; null for an RNN.</summary>
    public KeepTile? Keep => _keep;

    /// <summary>The cell states; null for GRU and RNN.</summary>
    public CellTile? Cell => _cell;

    /// <summary>Largest less smallest h of a unit, in units of Q7.24; 0 before the first step.</summary>
    public long HiddenSpan(int lane) => Taken == 0 ? 0 : (long)_greatestHidden[lane] - _leastHidden[lane];

    /// <summary>Takes in what was laid down since the last time.</summary>
    /// <param name="ring">The layer's last steps.</param>
    /// <param name="bins">Working memory of <see cref="StepRing.Steps"/> x <see cref="Units"/> integers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TakeIn(StepRing ring, Span<int> bins)
    {
        int steps = (int)(ring.Laid - Taken);
        if (steps == 0)
            return;
        Block block = new(steps, Taken);
        int column = First;
        for (int gate = 0; gate < _gates.Length; gate++, column += _stride)
        {
            StepRun run = ring.Run(Taken, column);
            _gates[gate].Add(in run, in block, bins);
            if (gate == _keepGate)
                _keep!.Add(in run);
        }
        if (_cell is not null)
        {
            StepRun run = ring.Run(Taken, column);
            _cell.Add(in run);
            column += _stride;
        }
        StepRun hidden = ring.Run(Taken, column);
        AddHidden(in hidden);
        Taken += steps;
    }

    public void Clear()
    {
        foreach (GateTile gate in _gates)
            gate.Clear();
        _keep?.Clear();
        _cell?.Clear();
        _leastHidden.AsSpan().Fill(int.MaxValue);
        _greatestHidden.AsSpan().Fill(int.MinValue);
        Taken = 0;
    }

    /// <summary>Copies all that was taken in.</summary>
    public void CopyTo(UnitTile other)
    {
        for (int gate = 0; gate < _gates.Length; gate++)
            _gates[gate].CopyTo(other._gates[gate]);
        _keep?.CopyTo(other._keep!);
        _cell?.CopyTo(other._cell!);
        _leastHidden.CopyTo(other._leastHidden, 0);
        _greatestHidden.CopyTo(other._greatestHidden, 0);
        other.Taken = Taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddHidden(in StepRun run)
    {
        for (int lane = 0; lane < Units; lane += Vector<int>.Count)
        {
            Vector<int> least = Load(_leastHidden, lane), greatest = Load(_greatestHidden, lane);
            nint place = run.First;
            for (int step = 0; step < run.Count; step++, place = run.Next(place))
            {
                Vector<int> value = Vector.LoadUnsafe(ref run.At(place, lane));
                least = Vector.Min(least, value);
                greatest = Vector.Max(greatest, value);
            }
            Store(least, _leastHidden, lane);
            Store(greatest, _greatestHidden, lane);
        }
    }
}
