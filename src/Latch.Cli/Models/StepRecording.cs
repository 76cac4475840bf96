using Latch.Cli.Output;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;

namespace Latch.Cli.Models;

/// <summary>A folder into which the steps of a run are recorded.</summary>
internal static class StepRecording
{
    private const long Megabyte = 1 << 20, LargestSegment = 16 * Megabyte;

    /// <summary>Begins a recording.</summary>
    /// <param name="folder">As on the command line: new, empty, or with segments of the same model.</param>
    /// <param name="megabytes">Limit of all segments together.</param>
    /// <param name="path">The model's file.</param>
    /// <param name="model">The model.</param>
    /// <param name="session">The session, before its first step.</param>
    /// <param name="forces">What is forced in it.</param>
    /// <param name="live">True for a source that does not wait.</param>
    /// <exception cref="CommandException">The folder cannot be written or holds something else.</exception>
    public static Recorder Begin(string folder, int megabytes, string path, LatchModel model, Session session, GateForceOption forces, bool live)
    {
        string hash = Data.SourceErrors.Guard(path, () => ModelFingerprint.OfFile(path));
        Check(folder, hash);
        RecordingOptions options = new()
        {
            TotalBytes = megabytes * Megabyte,
            SegmentBytes = Math.Min(megabytes * Megabyte / 4, LargestSegment),
            WhenFull = live ? WhenFull.Drop : WhenFull.Wait,
        };
        try
        {
            return new Recorder(model, session, hash, folder, options, new RecordedForces(forces.Gates, forces.CutLayers));
        }
        catch (ArgumentException exception)
        {
            throw CommandException.Usage($"--record: {exception.Message.Split(" (Parameter")[0]}");
        }
    }

    private static void Check(string folder, string hash)
    {
        if (File.Exists(folder))
            throw OutputFile.Unwritable(folder, "it is a file; name a folder");
        OutputFile.Guard(folder, () =>
        {
            Directory.CreateDirectory(folder);
            new WholeFile(Path.Combine(folder, "probe")).Dispose();
        });
        string[] entries = Directory.GetFileSystemEntries(folder);
        if (entries.FirstOrDefault(entry => !entry.EndsWith(".latchrec", StringComparison.Ordinal)) is { } other)
            throw CommandException.Usage($"--record {folder}: the folder holds '{Path.GetFileName(other)}', which is no segment of a recording. Name a new or an empty folder.");
        if (entries.Length > 0 && Segments(folder).Any(segment => segment.Header.ModelSha256 != hash))
            throw CommandException.Usage($"--record {folder}: the folder holds a recording of another model. Name a new or an empty folder.");
    }

    private static IReadOnlyList<RecordingSegment> Segments(string folder)
    {
        try
        {
            return Recording.Open(folder).Segments;
        }
        catch (RecordingException)
        {
            // No segment is whole: the new ones stand beside them, and a replay tells.
            return [];
        }
    }
}
