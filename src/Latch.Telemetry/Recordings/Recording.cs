namespace Latch.Telemetry.Recordings;

/// <summary>A folder of segments, as a <see cref="Recorder"/> left it. Its headers are checked when it is opened, its steps when they are read.</summary>
public sealed class Recording
{
    private Recording(string folder, IReadOnlyList<RecordingSegment> segments, IReadOnlyList<RecordingRemark> remarks) =>
        (Folder, Segments, Remarks) = (folder, segments, remarks);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The segments whose headers are whole, oldest first; at least one.</summary>
    public IReadOnlyList<RecordingSegment> Segments { get; }

    /// <summary>Segments that are missing or whose headers are not whole.</summary>
    public IReadOnlyList<RecordingRemark> Remarks { get; }

    /// <summary>Opens a recording.</summary>
    /// <exception cref="RecordingException">There is no such folder, it cannot be read, or it holds no segment with a whole header.</exception>
    public static Recording Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw new RecordingException($"{folder}: there is no such folder. Give the folder that a recorder wrote.");
        List<(long Number, string Path)> files = List(folder);
        List<RecordingSegment> segments = [];
        List<RecordingRemark> remarks = [];
        long next = 1;
        foreach ((long number, string path) in files)
        {
            if (number > next)
                remarks.Add(Missing(folder, next, number));
            next = number + 1;
            try
            {
                using FileStream file = File.OpenRead(path);
                segments.Add(new RecordingSegment(number, path, SegmentHeader.Read(file, path)));
            }
            catch (RecordingException exception)
            {
                // Only the newest can have been cut off when it began.
                bool torn = number == files[^1].Number && new FileInfo(path).Length < SegmentFormat.FixedHeaderBytes;
                remarks.Add(new RecordingRemark(torn ? RecordingFlaw.Torn : RecordingFlaw.Damaged, $"{exception.Message} The segment is skipped."));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new RecordingException($"{path}: it cannot be read: {exception.Message}", exception);
            }
        }
        if (segments.Count == 0)
            throw new RecordingException(remarks.Count == 0 ? $"{folder}: there is no segment in this folder. Give the folder that a recorder wrote." : $"{folder}: no segment is whole. {remarks[^1].Text}");
        return new Recording(folder, segments, remarks);
    }

    private static List<(long Number, string Path)> List(string folder)
    {
        try
        {
            return SegmentFolder.List(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RecordingException($"{folder}: it cannot be read: {exception.Message}", exception);
        }
    }

    private static RecordingRemark Missing(string folder, long first, long found)
    {
        string names = first == found - 1 ? $"{SegmentFolder.FileName(first)} is" : $"{SegmentFolder.FileName(first)} to {SegmentFolder.FileName(found - 1)} are";
        return new RecordingRemark(RecordingFlaw.MissingSegment, $"{folder}: {names} missing: rotated away or deleted. {SegmentFolder.FileName(found)} begins with a snapshot of its own.");
    }
}

/// <summary>A segment of a recording.</summary>
public sealed class RecordingSegment
{
    internal RecordingSegment(long number, string path, SegmentHeader header) => (Number, Path, Header) = (number, path, header);

    /// <summary>Its number, from 1.</summary>
    public long Number { get; }

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>What stands at its head.</summary>
    public SegmentHeader Header { get; }
}
