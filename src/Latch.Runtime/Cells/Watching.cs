namespace Latch.Runtime.Cells;

/// <summary>Whether a step keeps its pre-activations and counts saturations: a constant for the compiler.</summary>
internal interface IWatching
{
    static abstract bool IsOn { get; }
}

internal readonly struct Unwatched : IWatching
{
    public static bool IsOn => false;
}

internal readonly struct Watched : IWatching
{
    public static bool IsOn => true;
}
