namespace Latch.Import.Sources.TfLite;

/// <summary>
/// Bounds what a file can make its reader do: tables of a FlatBuffers file may be shared, so that a small file could describe very many of them.
/// </summary>
internal sealed class ReadingLimit
{
    private readonly int _most;
    private int _left;

    /// <param name="most">How many elements may be read.</param>
    public ReadingLimit(int most) => (_most, _left) = (most, most);

    /// <summary>Counts elements that are read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are too many.</exception>
    public void Take(int count)
    {
        _left -= Math.Min(count, _most);
        if (_left < 0)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"the file describes more than {_most} things");
    }
}
