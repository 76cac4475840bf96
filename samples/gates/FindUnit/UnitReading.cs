namespace FindUnit;

/// <summary>A unit's state read as "a bracket of this kind is open": above a threshold, or below it.</summary>
/// <param name="Unit">Number of the unit, from 0.</param>
/// <param name="Kind">Index in <see cref="Span.Names"/>.</param>
/// <param name="Above">Whether the bracket is open above the threshold.</param>
/// <param name="Threshold">In real units of the state.</param>
/// <param name="Area">Area under the ROC curve on the characters searched: 1 separates perfectly, 0.5 not at all.</param>
internal sealed record UnitReading(int Unit, int Kind, bool Above, double Threshold, double Area)
{
    /// <summary>Whether the bracket is read as open.</summary>
    public bool IsOpen(double state) => state > Threshold == Above;

    /// <summary>The unit and kind that separate best on the first characters of a run.</summary>
    public static UnitReading Search(TextRun run, int characters)
    {
        UnitReading? best = null;
        for (int unit = 0; unit < run.Units; unit++)
        {
            double[] states = run.State(unit)[..characters];
            for (int kind = 0; kind < Span.Names.Count; kind++)
            {
                (double area, double threshold) = Separate(states, Span.IsOpenAt(run.Text, kind)[..characters]);
                if (best is null || Math.Max(area, 1 - area) > best.Area)
                    best = new UnitReading(unit, kind, area >= 0.5, threshold, Math.Max(area, 1 - area));
            }
        }

        return best!;
    }

    /// <summary>Area under the ROC curve of this unit on other characters.</summary>
    public double AreaOn(double[] states, bool[] open)
    {
        double area = Separate(states, open).Area;
        return Above ? area : 1 - area;
    }

    /// <summary>
    /// One walk over the states in rising order: the share of pairs (open, not open) of which the open one is higher, and the threshold with the
    /// best mean of both shares read right.
    /// </summary>
    private static (double Area, double Threshold) Separate(double[] states, bool[] open)
    {
        double[] rising = [.. states];
        bool[] labels = [.. open];
        Array.Sort(rising, labels);
        double opened = open.Count(isOpen => isOpen), others = open.Length - opened;
        double openBelow = 0, othersBelow = 0, pairs = 0, best = 0, threshold = 0;
        for (int at = 0, end; at < rising.Length; at = end)
        {
            int openHere = 0;
            for (end = at; end < rising.Length && rising[end] == rising[at]; end++)
                openHere += labels[end] ? 1 : 0;
            int othersHere = end - at - openHere;
            pairs += openHere * (othersBelow + (othersHere / 2.0));
            (openBelow, othersBelow) = (openBelow + openHere, othersBelow + othersHere);
            double gain = Math.Abs((othersBelow / others) - (openBelow / opened));
            if (gain > best && end < rising.Length)
                (best, threshold) = (gain, (rising[at] + rising[end]) / 2);
        }

        return (pairs / (opened * others), threshold);
    }
}
