using System.Globalization;

namespace Latch.Benchmarks.Report;

/// <summary>Rows of text as a Markdown table.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes one row.</summary>
    public static void Row(TextWriter writer, string first, IEnumerable<string> others) => writer.WriteLine($"| {string.Join(" | ", [first, .. others])} |");

    /// <summary>Writes the head.</summary>
    public static void Head(TextWriter writer, string first, IEnumerable<string> others)
    {
        string[] names = [.. others];
        Row(writer, first, names);
        writer.WriteLine(string.Concat(Enumerable.Repeat("|---", names.Length + 1)) + "|");
    }

    /// <summary>Three significant digits, never an exponent.</summary>
    public static string Number(double value)
    {
        if (value == 0)
            return "0";
        int digits = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6);
        return value.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    /// <summary>A word for a bar.</summary>
    public static string Met(bool met) => met ? "met" : "NOT met";
}
