using Latch.Import.Graph;

namespace Latch.Cli.Models;

/// <summary><c>--state</c>: which inputs of a model carry on which outputs.</summary>
internal static class StateOption
{
    public const string Form = "IN=OUT";

    public const string None = "none";

    public const string Description =
        "An input and an output of the model that are one state, handed on from step to step. May be given several times; without it states are found by their names, shapes and use. 'none': the model has none.";

    public static bool IsValid(string text) => text == None || text.IndexOf('=') is > 0 and int at && at < text.Length - 1;

    /// <summary>The pairs that were named; null when none were, so that they are to be found.</summary>
    public static IReadOnlyList<StatePair>? Parse(string[]? texts)
    {
        if (texts is null or [])
            return null;
        return [.. texts.Where(text => text != None).Select(text =>
        {
            int at = text.IndexOf('=');
            return new StatePair(text[..at], text[(at + 1)..]);
        })];
    }
}
