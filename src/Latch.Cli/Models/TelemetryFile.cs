using Latch.Cli.Output;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry.Parquet;
using Latch.Telemetry.Sinks;

namespace Latch.Cli.Models;

/// <summary>A file of what the gates did, in the form its ending names. It is written beside its name and renamed by <see cref="Complete"/>.</summary>
internal sealed class TelemetryFile : IDisposable
{
    public const string Description = "File for what the gates did: one row per step, layer and quantity. CSV, JSON Lines or Parquet by its ending: .csv, .jsonl, .parquet.";

    private const string Parquet = ".parquet";
    private const int BufferBytes = 4096;

    private readonly string _path;
    private readonly WholeFile _file;
    private readonly TelemetryQueue _queue;

    /// <summary>Opens the file.</summary>
    /// <param name="path">As on the command line.</param>
    /// <param name="model">The model that is watched.</param>
    /// <param name="every">Every how many steps a step is written.</param>
    /// <param name="live">True for a source that does not wait: what the disk is too slow for is dropped.</param>
    /// <exception cref="CommandException">The ending is unknown, or the file cannot be written.</exception>
    public TelemetryFile(string path, LatchModel model, int every, bool live)
    {
        Check(path);
        _path = path;
        WholeFile? file = null;
        OutputFile.Guard(path, () => file = new WholeFile(path, bufferSize: Ending(path) == Parquet ? BufferBytes : 0));
        _file = file!;
        _queue = new TelemetryQueue(model, Sink(_file.Stream, Ending(path)), new TelemetryQueueOptions { Every = every, WhenFull = live ? WhenFull.Drop : WhenFull.Wait });
    }

    /// <summary>The probe that fills the file.</summary>
    public TelemetryProbe Probe => _queue.Probe;

    /// <summary>What a JSON document says of a telemetry file.</summary>
    public static object? Document(string? file, SinkStatus? status) =>
        status is null ? null : new { file, status.Written, status.Dropped, status.Failures, status.LastError };

    /// <exception cref="CommandException">The ending is unknown.</exception>
    public static void Check(string path)
    {
        if (Ending(path) is not (".csv" or ".jsonl" or Parquet))
            throw CommandException.Usage($"--telemetry {path}: the ending names the form: .csv, .jsonl or .parquet.");
    }

    /// <summary>Ends the file and gives it its name, when all of it could be written.</summary>
    public SinkStatus Complete()
    {
        _queue.Dispose();
        if (_queue.Status.Failures == 0 && _queue.Status.LastError is null)
            OutputFile.Guard(_path, () => _file.Complete());
        return _queue.Status;
    }

    public void Dispose()
    {
        _queue.Dispose();
        _file.Dispose();
    }

    private static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static ITelemetrySink Sink(Stream stream, string ending) => ending switch
    {
        ".csv" => new CsvSink(stream),
        ".jsonl" => new JsonLinesSink(stream),
        _ => new ParquetSink(stream),
    };
}
