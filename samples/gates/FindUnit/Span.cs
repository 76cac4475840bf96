namespace FindUnit;

/// <summary>One bracket or quote of a text.</summary>
/// <param name="Kind">Index in <see cref="Span.Openings"/>.</param>
/// <param name="Open">Index of the opening character.</param>
/// <param name="Close">Index of the closing character.</param>
internal readonly record struct Span(int Kind, int Open, int Close)
{
    public const string Openings = "([{\"";
    public const string Closings = ")]}\"";

    /// <summary>Name of each kind.</summary>
    public static IReadOnlyList<string> Names { get; } = ["( )", "[ ]", "{ }", "\" \""];

    /// <summary>Characters from the opening to the closing one.</summary>
    public int Length => Close - Open;

    /// <summary>All brackets and quotes of a text in order; they do not nest.</summary>
    public static List<Span> Of(string text)
    {
        List<Span> spans = [];
        for (int at = 0; at < text.Length; at++)
        {
            int kind = Openings.IndexOf(text[at], StringComparison.Ordinal);
            int close = kind < 0 ? -1 : text.IndexOf(Closings[kind], at + 1);
            if (close < 0)
                continue;
            spans.Add(new Span(kind, at, close));
            at = close;
        }

        return spans;
    }

    /// <summary>For each character, whether a bracket of a kind is open after it.</summary>
    public static bool[] IsOpenAt(string text, int kind)
    {
        bool[] open = new bool[text.Length];
        foreach (Span span in Of(text).Where(span => span.Kind == kind))
            Array.Fill(open, true, span.Open, span.Length);
        return open;
    }
}
