namespace FindUnit;

/// <summary>Prints what was found.</summary>
internal static class Summary
{
    public static void Write(TextWriter writer, string text, IReadOnlyList<Finding> findings)
    {
        writer.WriteLine($"Searched in the first half of {text.Length} characters, measured on the second:");
        foreach (Finding finding in findings)
            WriteUnit(writer, finding);
        writer.WriteLine();
        writer.WriteLine("By characters since the opening: closing character predicted, and the unit's reading (50 % is chance)");
        writer.WriteLine($"  distance  brackets{Columns(findings, "predicted", 16)}{Columns(findings, "unit", 11)}");
        foreach (Distance distance in Distance.All)
        {
            writer.WriteLine($"  {distance,8}{findings[0].Rest.Closings(distance),10}"
                + string.Concat(findings.Select(finding => $"{Percent(finding.Rest.ClosingsPredicted(distance)),16}"))
                + string.Concat(findings.Select(finding => $"{Percent(finding.Rest.ReadRight(distance)),11}")));
        }

        foreach (Finding gated in findings.Take(2))
        {
            Span longest = gated.Sequence.Spans.Where(span => span.Kind == gated.Reading.Kind).MaxBy(span => span.Length);
            writer.WriteLine();
            writer.WriteLine($"{gated.Name} unit {gated.Reading.Unit} in sequence.txt, around {Span.Names[longest.Kind]} over {longest.Length} characters:");
            Excerpt.Write(writer, gated.Sequence, gated.Reading.Unit, longest);
        }
    }

    private static void WriteUnit(TextWriter writer, Finding finding)
    {
        (UnitReading reading, Measures rest) = (finding.Reading, finding.Rest);
        (IReadOnlyList<Span> own, IReadOnlyList<Span> others) = (rest.LongSpans(own: true), rest.LongSpans(own: false));
        Span[] held = [.. own.Where(rest.Holds)];
        writer.WriteLine($"  {finding.Name,-4} unit {reading.Unit,2} of {finding.Run.Units}: {finding.Run.StateName} {(reading.Above ? '>' : '<')} {reading.Threshold:F3} "
            + $"means {Span.Names[reading.Kind]} is open; area under ROC {rest.Area():F4}, read right {Percent(rest.ReadRight())}");
        writer.WriteLine($"       over more than 100 characters: holds {held.Length} of {own.Count} without a slip"
            + (held.Length == 0 ? "" : $" (the longest {held.Max(span => span.Length)})")
            + $", takes none of the other kinds for it in {others.Count(rest.Holds)} of {others.Count}");
    }

    private static string Columns(IReadOnlyList<Finding> findings, string what, int width) =>
        string.Concat(findings.Select(finding => $"{finding.Name} {what}".PadLeft(width)));

    private static string Percent(double share) => double.IsNaN(share) ? "-" : $"{100 * share:F1} %";
}
