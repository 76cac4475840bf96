using System.Globalization;

namespace Latch.Telemetry.Recordings;

/// <summary>A folder with the segments of a recording: segment-00000001.latchrec and so on.</summary>
internal static class SegmentFolder
{
    private const string Prefix = "segment-", Ending = ".latchrec";

    public static string FileName(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D8}{Ending}");

    /// <summary>The segments in a folder in the order of their numbers; none when there is no such folder.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static List<(long Number, string Path)> List(string folder)
    {
        List<(long Number, string Path)> segments = [];
        if (!Directory.Exists(folder))
            return segments;
        foreach (string path in Directory.EnumerateFiles(folder, $"{Prefix}*{Ending}"))
        {
            string number = Path.GetFileName(path)[Prefix.Length..^Ending.Length];
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                segments.Add((value, path));
        }
        segments.Sort(static (first, second) => first.Number.CompareTo(second.Number));
        return segments;
    }
}
