namespace Latch.Runtime.Cells;

/// <summary>How a tile is finished: a constant for the compiler.</summary>
internal interface IStepPath
{
    static abstract bool IsPlain { get; }
}

/// <summary>Nobody watches, no gate is forced, the functions are the two curves, and lanes hold every value: straight code without a call or a choice.</summary>
internal readonly struct PlainPath : IStepPath
{
    public static bool IsPlain => true;
}

/// <summary>Any function, forced gates, watched or not.</summary>
internal readonly struct AnyPath : IStepPath
{
    public static bool IsPlain => false;
}
