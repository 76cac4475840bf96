using System.CommandLine;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Runtime;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;
using Recording = Latch.Telemetry.Recordings.Recording;

namespace Latch.Cli.Commands;

/// <summary><c>latch replay</c>: proves that a recording gives the same integers here.</summary>
internal static class ReplayCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> folder = new("FOLDER") { Description = "A recording, as 'latch run --record' or a recorder on a board wrote it." };
        Argument<string> model = CommonOptions.LatchModel();
        Option<string?> telemetry = CommonOptions.Telemetry();
        Option<int> every = CommonOptions.TelemetryEvery();
        Option<string?> kernel = CommonOptions.Kernel();
        Option<bool> json = CommonOptions.Json();
        Command command = new("replay", "Replays a recording and compares every output code and state. Exit code 0 only if all integers are the same.")
        {
            folder, model, telemetry, every, kernel, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(terminal, new Options(
            parsed.GetRequiredValue(folder), parsed.GetRequiredValue(model), parsed.GetValue(telemetry), parsed.GetValue(every), parsed.GetValue(kernel),
            parsed.GetValue(json)), cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, Options options, CancellationToken cancellation)
    {
        using LatchModel model = ModelFile.OpenLatch(options.Model, options.Kernel);
        if (options.Telemetry is { } path)
        {
            TelemetryFile.Check(path);
            OutputFile.CheckWritable(path, options.Model);
        }
        try
        {
            Recording recording = Recording.Open(options.Folder);
            using Replay replay = new(recording, model, SourceErrors.Guard(options.Model, () => ModelFingerprint.OfFile(options.Model)));
            SinkStatus? telemetry = Run(replay, model, options, cancellation);
            return Tell(terminal, options, model, replay, telemetry);
        }
        catch (RecordingException exception)
        {
            throw CommandException.BadInput(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput($"{options.Folder}: {exception.Message.TrimEnd('.')}. Was a segment deleted meanwhile? Replay a copy of a recording that still grows.");
        }
    }

    private static SinkStatus? Run(Replay replay, LatchModel model, Options options, CancellationToken cancellation)
    {
        if (options.Telemetry is not { } path)
        {
            Run(replay, default(NoGateProbe), cancellation);
            return null;
        }
        using TelemetryFile file = new(path, model, options.TelemetryEvery, live: false);
        Run(replay, file.Probe, cancellation);
        return file.Complete();
    }

    private static void Run<TProbe>(Replay replay, TProbe probe, CancellationToken cancellation)
        where TProbe : struct, IGateProbe
    {
        while (replay.Next(ref probe))
            cancellation.ThrowIfCancellationRequested();
    }

    private static int Tell(Terminal terminal, Options options, LatchModel model, Replay replay, SinkStatus? telemetry)
    {
        bool same = replay.Difference is null;
        if (options.Json)
        {
            object? file = TelemetryFile.Document(options.Telemetry, telemetry);
            Json.Write(terminal, new { options.Folder, options.Model, model.Kernel, same, replay.Steps, replay.Segments, replay.Difference, replay.Remarks, telemetry = file });
        }
        foreach (RecordingRemark remark in replay.Remarks)
            terminal.WriteNote(remark.Text);
        if (replay.Difference is { } difference)
            throw new CommandException(ExitCode.CheckFailed, $"{options.Folder}: other integers at step {difference.Step}: {difference.What} ({difference.Segment}). {replay.Steps} steps were compared.");
        if (replay.Steps == 0)
            throw CommandException.BadInput($"{options.Folder}: no step could be read. Give a recording that was not cut off at its begin.");
        if (!options.Json)
            terminal.Out.WriteLine($"{options.Folder}: {replay.Steps} steps, the same integers, kernel {model.Kernel}.");
        if (telemetry is { LastError: { } error })
            throw OutputFile.Unwritable(options.Telemetry!, $"{telemetry.Dropped} of {telemetry.Offered} rows are lost: {error}");
        if (replay.Remarks.Any(static remark => remark.Flaw == RecordingFlaw.Damaged))
            throw CommandException.BadInput($"{options.Folder}: a part is damaged and was left out. The {replay.Steps} steps that could be read have the same integers.");
        return (int)ExitCode.Ok;
    }

    private sealed record Options(string Folder, string Model, string? Telemetry, int TelemetryEvery, string? Kernel, bool Json);
}
