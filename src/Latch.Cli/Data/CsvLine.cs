using System.Globalization;
using System.Text;

namespace Latch.Cli.Data;

/// <summary>One line of separated text: fields, the separator, and what a field may hold.</summary>
internal static class CsvLine
{
    private static readonly string[] s_missing = ["", "nan", "na", "n/a", "null", "none", "-"];

    /// <summary>The separator of a line: whichever of comma, semicolon and tab is there most often, else the space.</summary>
    public static char Separator(string line)
    {
        char best = ((ReadOnlySpan<char>)[',', ';', '\t']).ToArray().MaxBy(candidate => line.Count(c => c == candidate));
        return line.Contains(best) ? best : ' ';
    }

    /// <summary>Splits a line; a field in double quotes may hold the separator, and "" stands for a quote.</summary>
    public static List<string> Split(string line, char separator)
    {
        if (separator == ' ')
            return [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int at = 0; at < line.Length; at++)
        {
            char c = line[at];
            if (c == '"' && quoted && at + 1 < line.Length && line[at + 1] == '"')
                field.Append(line[++at]);
            else if (c == '"')
                quoted = !quoted;
            else if (c == separator && !quoted)
                Take();
            else
                field.Append(c);
        }

        Take();
        return fields;

        void Take()
        {
            fields.Add(field.ToString().Trim());
            field.Clear();
        }
    }

    /// <summary>True for a number, finite or not, in the invariant culture.</summary>
    public static bool IsNumber(string field, out float value)
    {
        if (!field.TrimStart('+', '-').Equals("inf", StringComparison.OrdinalIgnoreCase))
            return float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        value = field[0] == '-' ? float.NegativeInfinity : float.PositiveInfinity;
        return true;
    }

    /// <summary>True for a field that stands for a reading that is missing.</summary>
    public static bool IsMissing(string field) => s_missing.Contains(field, StringComparer.OrdinalIgnoreCase);

    /// <summary>A time given as a number, in seconds: one too large for that counts milli-, micro- or nanoseconds.</summary>
    /// <param name="number">A finite number.</param>
    public static double Seconds(double number)
    {
        const double Year5138 = 1e11;
        while (Math.Abs(number) >= Year5138)
            number /= 1000;
        return number;
    }

    /// <summary>True for an ISO 8601 date and time; without a zone it is taken as UTC.</summary>
    public static bool IsTime(string field, out DateTimeOffset time)
    {
        time = default;
        return field.Length >= 8 && field.AsSpan().ContainsAny('-', ':')
            && DateTimeOffset.TryParse(field, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
