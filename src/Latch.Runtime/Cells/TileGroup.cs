namespace Latch.Runtime.Cells;

/// <summary>Some tiles that follow one another.</summary>
/// <param name="First">The first tile.</param>
/// <param name="Count">Number of tiles, at most <see cref="StepMemory.LargestGroup"/>.</param>
internal readonly record struct TileGroup(int First, int Count)
{
    /// <summary>One after the last tile.</summary>
    public int End => First + Count;
}
