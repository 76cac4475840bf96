namespace FindUnit;

/// <summary>A range of distances since an opening character.</summary>
internal readonly record struct Distance(int Least, int Most)
{
    public static IReadOnlyList<Distance> All { get; } = [new(1, 10), new(11, 30), new(31, 100), new(101, int.MaxValue)];

    public bool Holds(int distance) => distance >= Least && distance <= Most;

    public override string ToString() => Most == int.MaxValue ? $">{Least - 1}" : $"{Least}-{Most}";
}

/// <summary>What is measured on the part of a text that the search did not see: characters from <paramref name="From"/> on.</summary>
internal sealed class Measures(TextRun run, UnitReading reading, int From)
{
    private readonly bool[] _read = [.. run.State(reading.Unit).Select(reading.IsOpen)];

    private IEnumerable<Span> Spans => run.Spans.Where(span => span.Open >= From);

    /// <summary>Brackets that close at such a distance.</summary>
    public int Closings(Distance distance) => Spans.Count(span => distance.Holds(span.Length));

    /// <summary>Share of these whose closing character was the most likely one before it came.</summary>
    public double ClosingsPredicted(Distance distance) =>
        Share(Spans.Where(span => distance.Holds(span.Length)).Select(span => run.Predicted[span.Close - 1] == run.Text[span.Close]));

    /// <summary>
    /// How well the unit reads at such a distance from the opening: mean of the share of characters in its own kind read as open and of the share
    /// of characters in the other kinds read as not open. Chance gives 0.5.
    /// </summary>
    public double ReadRight(Distance distance) => (Inside(distance, own: true) + Inside(distance, own: false)) / 2;

    /// <summary>The same over all characters, those outside of any bracket among them.</summary>
    public double ReadRight()
    {
        bool[] open = Span.IsOpenAt(run.Text, reading.Kind);
        IEnumerable<int> all = Enumerable.Range(From, run.Text.Length - From);
        return (Share(all.Where(at => open[at]).Select(at => _read[at])) + Share(all.Where(at => !open[at]).Select(at => !_read[at]))) / 2;
    }

    /// <summary>Area under the ROC curve of the unit's state.</summary>
    public double Area() => reading.Area(run.State(reading.Unit)[From..], Span.IsOpenAt(run.Text, reading.Kind)[From..]);

    /// <summary>Brackets over more than 100 characters, of the unit's kind or of the others.</summary>
    public IReadOnlyList<Span> LongSpans(bool own) => [.. Spans.Where(span => span.Kind == reading.Kind == own && span.Length > 100)];

    /// <summary>Whether the unit reads every character of a bracket right, from the one after the opening to the one before the closing.</summary>
    public bool Holds(Span span) => Array.TrueForAll(_read[(span.Open + 1)..span.Close], isOpen => isOpen == (span.Kind == reading.Kind));

    private double Inside(Distance distance, bool own) => Share(
        from span in Spans
        where span.Kind == reading.Kind == own
        from at in Enumerable.Range(span.Open + 1, span.Length - 1)
        where distance.Holds(at - span.Open)
        select _read[at] == own);

    private static double Share(IEnumerable<bool> hits)
    {
        bool[] all = [.. hits];
        return all.Count(hit => hit) / (double)all.Length;
    }
}
