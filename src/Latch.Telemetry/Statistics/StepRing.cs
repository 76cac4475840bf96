using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latch.Telemetry;

/// <summary>
/// The last steps of a layer as they came, each one line [gates, cell, hidden]. Units are taken from it by runs of up to <see cref="Steps"/> steps, so that a run's sums
/// stay in registers. A line ends with room for a tile beyond the last unit, and lines begin in different sets of a cache.
/// </summary>
internal sealed class StepRing
{
    /// <summary>Steps held.</summary>
    public const int Steps = 32;

    private const int CacheLine = 64 / sizeof(int);

    private readonly int[] _lines;
    private readonly int _first;
    private readonly int _stride;

    /// <param name="values">Integers of a step.</param>
    public StepRing(int values)
    {
        _stride = (((values + UnitTile.Units + CacheLine - 1) / CacheLine) | 1) * CacheLine;
        _lines = GC.AllocateArray<int>((Steps * _stride) + CacheLine, pinned: true);
        unsafe
        {
            nuint place = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_lines)) / sizeof(int) % CacheLine;
            _first = (int)((CacheLine - place) % CacheLine);
        }
    }

    /// <summary>Steps laid down.</summary>
    public long Laid { get; private set; }

    /// <summary>Lays a step down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Lay(ReadOnlySpan<int> gates, ReadOnlySpan<int> cell, ReadOnlySpan<int> hidden)
    {
        Span<int> line = _lines.AsSpan(_first + ((int)(Laid % Steps) * _stride), _stride);
        gates.CopyTo(line);
        cell.CopyTo(line[gates.Length..]);
        hidden.CopyTo(line[(gates.Length + cell.Length)..]);
        Laid++;
    }

    /// <summary>The steps since the first so many, at most <see cref="Steps"/>.</summary>
    /// <param name="taken">Steps not wanted any more.</param>
    /// <param name="column">Where in a line the values begin.</param>
    public StepRun Run(long taken, int column) =>
        new(ref _lines[_first + column], (int)(Laid - taken), (nint)(taken % Steps) * _stride, _stride, (nint)Steps * _stride);

    public void Clear() => Laid = 0;
}

/// <summary>A column of 16 units over some steps of a <see cref="StepRing"/>.</summary>
internal readonly ref struct StepRun(ref int values, int count, nint first, nint stride, nint end)
{
    private readonly ref int _values = ref values;
    private readonly nint _stride = stride;
    private readonly nint _end = end;

    /// <summary>Steps of the run.</summary>
    public readonly int Count = count;

    /// <summary>Place of the first step.</summary>
    public readonly nint First = first;

    /// <summary>The unit of a lane in the step at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int At(nint place, int lane) => ref Unsafe.Add(ref _values, place + lane);

    /// <summary>The place of the step that follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Next(nint place)
    {
        nint next = place + _stride;
        return next == _end ? 0 : next;
    }

    /// <summary>The run from a step on, so many steps.</summary>
    public StepRun Slice(int start, int count)
    {
        nint place = First + (start * _stride);
        return new StepRun(ref _values, count, place >= _end ? place - _end : place, _stride, _end);
    }
}
