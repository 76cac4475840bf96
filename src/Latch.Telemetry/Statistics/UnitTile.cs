using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latch.Model;

namespace Latch.Telemetry;

/// <summary>
/// 16 units of a layer: their gates, cell and hidden state. Steps are laid down as they come and taken in by blocks of up to 16, so that a block's sums stay in
/// registers and its counters in the nearest cache. What lies beyond the layer's last unit has no meaning.
/// </summary>
internal sealed class UnitTile
{
    /// <summary>Units of a tile.</summary>
    public const int Units = 16;

    /// <summary>Most steps of a block.</summary>
    public const int Steps = 16;

    private const int BlockValues = Steps * Units;
    private const uint MostSketched = 1u << 31;

    private readonly int[] _laid;
    private readonly GateTile[] _gates;
    private readonly KeepTile? _keep;
    private readonly CellTile? _cell;
    private readonly int[] _leastHidden = new int[Units];
    private readonly int[] _greatestHidden = new int[Units];
    private readonly int _keepGate;
    private int _pending;

    public UnitTile(RecurrentLayer layer, int first, StatisticsOptions options, uint mostSketched = MostSketched)
    {
        (First, Count) = (first, Math.Min(Units, layer.HiddenSize - first));
        _gates = [.. Enumerable.Range(0, layer.GateCount).Select(gate => new GateTile(GateRange.Of(layer, gate), options, mostSketched))];
        _keepGate = layer.Kind switch { CellKind.Lstm => 2, CellKind.Gru => 0, _ => -1 };
        _keep = _keepGate < 0 ? null : new KeepTile(options.Every);
        _cell = layer.Kind == CellKind.Lstm ? new CellTile(options.Window / 2) : null;
        _laid = new int[(_gates.Length + (_cell is null ? 1 : 2)) * BlockValues];
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

    /// <summary>Lays a step down; after <see cref="Steps"/> of them <see cref="TakeIn"/> is due.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Lay(ReadOnlySpan<int> gates, ReadOnlySpan<int> cell, ReadOnlySpan<int> hidden)
    {
        ref int place = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_laid), _pending * Units);
        int stride = hidden.Length;
        for (int gate = 0; gate < _gates.Length; gate++)
            place = ref Copy(gates.Slice((gate * stride) + First, Count), ref place);
        if (_cell is not null)
            place = ref Copy(cell.Slice(First, Count), ref place);
        Copy(hidden.Slice(First, Count), ref place);
        _pending++;
    }

    /// <summary>Takes in what was laid down.</summary>
    /// <param name="bins">Working memory of 256 integers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TakeIn(Span<int> bins)
    {
        if (_pending == 0)
            return;
        ref int values = ref MemoryMarshal.GetArrayDataReference(_laid);
        for (int gate = 0; gate < _gates.Length; gate++)
        {
            _gates[gate].Add(in values, _pending, Taken, bins);
            if (gate == _keepGate)
                _keep!.Add(in values, _pending);
            values = ref Unsafe.Add(ref values, BlockValues);
        }
        if (_cell is not null)
        {
            _cell.Add(in values, _pending);
            values = ref Unsafe.Add(ref values, BlockValues);
        }
        AddHidden(MemoryMarshal.CreateReadOnlySpan(ref values, _pending * Units));
        Taken += _pending;
        _pending = 0;
    }

    public void Clear()
    {
        foreach (GateTile gate in _gates)
            gate.Clear();
        _keep?.Clear();
        _cell?.Clear();
        _leastHidden.AsSpan().Fill(int.MaxValue);
        _greatestHidden.AsSpan().Fill(int.MinValue);
        Taken = _pending = 0;
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

    /// <summary>Copies a row of units; returns the place of the next row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref int Copy(ReadOnlySpan<int> units, ref int place)
    {
        if (units.Length == Units)
            Unsafe.CopyBlockUnaligned(ref Unsafe.As<int, byte>(ref place), in Unsafe.As<int, byte>(ref MemoryMarshal.GetReference(units)), Units * sizeof(int));
        else
            units.CopyTo(MemoryMarshal.CreateSpan(ref place, Units));
        return ref Unsafe.Add(ref place, BlockValues);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddHidden(ReadOnlySpan<int> values)
    {
        for (int lane = 0; lane < Units; lane += Vector<int>.Count)
        {
            Vector<int> least = new(_leastHidden, lane), greatest = new(_greatestHidden, lane);
            for (int at = lane; at < values.Length; at += Units)
            {
                Vector<int> value = new(values[at..]);
                least = Vector.Min(least, value);
                greatest = Vector.Max(greatest, value);
            }
            least.CopyTo(_leastHidden, lane);
            greatest.CopyTo(_greatestHidden, lane);
        }
    }
}
