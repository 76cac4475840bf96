using System.Globalization;

namespace Latch.Mqtt.Queue;

/// <summary>How far the oldest segment was removed when the queue ended cleanly.</summary>
/// <param name="Segment">Number of the segment; 0 for none.</param>
/// <param name="Offset">Byte of the next message.</param>
internal readonly record struct QueuePosition(long Segment, long Offset)
{
    /// <summary>Reads the file and deletes it: it is right only once, because a crash leaves no new one.</summary>
    public static QueuePosition Take(string path)
    {
        if (!File.Exists(path))
            return default;
        string[] parts = File.ReadAllText(path).Trim().Split(' ');
        File.Delete(path);
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long segment)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? new QueuePosition(segment, offset)
            : default;
    }

    public void Write(string path)
    {
        string beside = path + ".new";
        try
        {
            File.WriteAllText(beside, string.Create(CultureInfo.InvariantCulture, $"{Segment} {Offset}\n"));
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without it some messages are sent twice, as after a crash.
            _ = exception;
        }
    }
}
