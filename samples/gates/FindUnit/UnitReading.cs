namespace FindUnit;

/// <summary>A unit's state read as "a bracket of this kind is open": above a threshold, or below it.</summary>
/// <param name="Unit">Number of the unit, from 0.</param>
/// <param name="Kind">Index in <see cref="Span.Names"/>.</param>
/// <param name="Above">Whether the bracket is open above the threshold.</param>
/// <param name="Threshold">In real units of the state.</param>
/// <param name="Right">Mean of the shares read right where it is open and where it is not, over the characters searched: 1 is all, 0.5 is chance.</param>
internal sealed record UnitReading(int Unit, int Kind, bool Above, double Threshold, double Right)
{
    /// <summary>Whether the bracket is read as open.</summary>
    public bool IsOpen(double state) => state > Threshold == Above;

    /// <summary>The unit, kind and threshold that read best over the first characters of a run.</summary>
    public static UnitReading Search(TextRun run, int characters)
    {
        bool[][] open = [.. Span.Names.Select((_, kind) => Span.IsOpenAt(run.Text, kind)[..characters])];
        return (
            from unit in Enumerable.Range(0, run.Units)
            let states = run.State(unit)[..characters]
            from kind in Enumerable.Range(0, open.Length)
            select Best(unit, kind, states, open[kind])).MaxBy(reading => reading.Right)!;
    }

    /// <summary>Area under the ROC curve: the share of pairs (open, not open) that the state puts in the right order.</summary>
    public double Area(double[] states, bool[] open)
    {
        double opened = open.Count(isOpen => isOpen), others = open.Length - opened, othersBelow = 0, pairs = 0;
        foreach ((_, int openHere, int othersHere) in Rising(states, open))
        {
            pairs += openHere * (othersBelow + (othersHere / 2.0));
            othersBelow += othersHere;
        }

        double area = pairs / (opened * others);
        return Above ? area : 1 - area;
    }

    /// <summary>The threshold between two neighbouring states that reads best.</summary>
    private static UnitReading Best(int unit, int kind, double[] states, bool[] open)
    {
        double opened = open.Count(isOpen => isOpen), others = open.Length - opened, openBelow = 0, othersBelow = 0, below = 0;
        UnitReading best = new(unit, kind, true, 0, 0.5);
        foreach ((double state, int openHere, int othersHere) in Rising(states, open))
        {
            double gain = (othersBelow / others) - (openBelow / opened);
            if ((1 + Math.Abs(gain)) / 2 > best.Right)
                best = new UnitReading(unit, kind, gain > 0, (below + state) / 2, (1 + Math.Abs(gain)) / 2);
            (openBelow, othersBelow, below) = (openBelow + openHere, othersBelow + othersHere, state);
        }

        return best;
    }

    /// <summary>The different states in rising order, with how many characters of either sort have them.</summary>
    private static IEnumerable<(double State, int Open, int Others)> Rising(double[] states, bool[] open)
    {
        double[] rising = [.. states];
        bool[] labels = [.. open];
        Array.Sort(rising, labels);
        for (int at = 0, end; at < rising.Length; at = end)
        {
            int openHere = 0;
            for (end = at; end < rising.Length && rising[end] == rising[at]; end++)
                openHere += labels[end] ? 1 : 0;
            yield return (rising[at], openHere, end - at - openHere);
        }
    }
}
