namespace Latch.Inspector.Tracks;

/// <summary>Rows of equal width, one a step; the oldest are overwritten. All memory is taken when it is made.</summary>
/// <param name="start">Step of the first row.</param>
/// <param name="capacity">Rows held.</param>
/// <param name="width">Values a row.</param>
internal sealed class RowRing<T>(long start, int capacity, int width)
    where T : unmanaged
{
    private readonly T[] _values = GC.AllocateUninitializedArray<T>(checked(capacity * width));
    private long _added;

    public int Width => width;

    /// <summary>Oldest step held.</summary>
    public long First => start + Math.Max(0, _added - capacity);

    /// <summary>The step after the newest.</summary>
    public long End => start + _added;

    public long Bytes => 4L * _values.Length;

    /// <summary>Makes room for the next step's row; the caller fills all of it.</summary>
    public Span<T> Append() => _values.AsSpan((int)(_added++ % capacity) * width, width);

    /// <summary>The row appended last.</summary>
    public Span<T> Last => _values.AsSpan((int)((_added - 1) % capacity) * width, width);

    /// <summary>Copies rows that are held.</summary>
    /// <param name="from">Step of the first row.</param>
    /// <param name="destination">A whole number of rows.</param>
    public void Copy(long from, Span<T> destination)
    {
        int place = (int)((from - start) % capacity) * width;
        int first = Math.Min(destination.Length, _values.Length - place);
        _values.AsSpan(place, first).CopyTo(destination);
        _values.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    /// <summary>The row of a step that is held.</summary>
    public ReadOnlySpan<T> Row(long step) => _values.AsSpan((int)((step - start) % capacity) * width, width);
}
