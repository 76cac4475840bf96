using System.Globalization;

namespace Latch.Anomaly;

/// <summary>A known fault of a test recording.</summary>
/// <param name="Start">Its first row, counted from 0.</param>
/// <param name="End">The first row after it.</param>
/// <param name="Kind">What it was, such as <c>leak</c>.</param>
/// <param name="Target">The channel or process it struck.</param>
public sealed record FaultLabel(long Start, long End, string Kind, string Target)
{
    private const string Header = "start,end,kind,target";

    /// <summary>Reads labels from a CSV file with the header <c>start,end,kind,target</c>.</summary>
    /// <exception cref="AnomalyProfileException">The file cannot be read or a line is not a label.</exception>
    public static IReadOnlyList<FaultLabel> Load(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AnomalyProfileException(path, $"cannot be opened. {e.Message}", e);
        }

        if (lines.Length == 0 || lines[0] != Header)
            throw new AnomalyProfileException(path, $"the first line must be '{Header}'.");
        return [.. lines.Skip(1).Select((line, i) => Parse(line, path, i + 2))];
    }

    private static FaultLabel Parse(string line, string path, int number)
    {
        string[] fields = line.Split(',');
        if (fields.Length != 4
            || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            || end <= start)
            throw new AnomalyProfileException(path, $"line {number} is not 'start,end,kind,target' with rows start < end.");
        return new(start, end, fields[2], fields[3]);
    }
}
