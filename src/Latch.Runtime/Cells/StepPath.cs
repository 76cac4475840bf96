namespace Latch.Runtime.Cells;

/// <summary>How a tile is finished: constants for the compiler.</summary>
internal interface IStepPath
{
    /// <summary>Straight code on lanes: no gate is forced, the functions are the two curves, and lanes hold every value.</summary>
    static abstract bool IsPlain { get; }

    /// <summary>Pre-activations are kept and saturations counted.</summary>
    static abstract bool IsWatched { get; }
}

/// <summary>The step as it runs when nobody looks: no call, no choice, nothing kept or counted.</summary>
internal readonly struct PlainPath : IStepPath
{
    public static bool IsPlain => true;

    public static bool IsWatched => false;
}

/// <summary>The plain step, watched.</summary>
internal readonly struct WatchedPath : IStepPath
{
    public static bool IsPlain => true;

    public static bool IsWatched => true;
}

/// <summary>Any function, forced gates; kept and counted whether somebody looks or not.</summary>
internal readonly struct AnyPath : IStepPath
{
    public static bool IsPlain => false;

    public static bool IsWatched => true;
}
