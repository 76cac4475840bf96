using System.CommandLine;
using System.Globalization;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Model;
using Latch.Runtime;
using Latch.Sensors;
using Latch.Telemetry;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;

namespace Latch.Cli.Commands;

/// <summary><c>latch run</c>: a source through the integer model, results as CSV.</summary>
internal static class RunCommand
{
    private const int SmallestLimit = 1, LargestLimit = 1 << 20;

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.LatchModel();
        Option<string> source = new("--source") { Description = SampleSource.Description, Required = true, HelpName = "SOURCE" };
        Option<string?> output = new("--output", "-o") { Description = "CSV file for the results; without it standard output.", HelpName = "FILE" };
        CommonOptions.NoDash(output, "Leave -o out: the results then go there.");
        Option<string?> telemetry = CommonOptions.Telemetry();
        Option<int> every = CommonOptions.TelemetryEvery();
        Option<string?> record = new("--record") { Description = "Folder for a recording that 'latch replay' proves: input and output codes and checksums of every step. A recording that is there is continued.", HelpName = "FOLDER" };
        CommonOptions.NoDash(record, "Name a folder.");
        Option<int> limit = new("--record-limit") { Description = "Megabytes of the recording at most; its oldest segments are deleted.", DefaultValueFactory = _ => 1024, HelpName = "MB" };
        CommonOptions.Within(limit, SmallestLimit, LargestLimit);
        Option<string[]> force = CommonOptions.Force("Forces a gate, and tells how far the results part from those of an untouched session beside it");
        Option<double> rate = new("--rate") { Description = "Samples per second of a host source.", DefaultValueFactory = _ => 1, HelpName = "HZ" };
        CommonOptions.Rate(rate);
        Option<bool> stream = new("--stream") { Description = "Carry the state from row to row although the model has windows." };
        Option<int> stride = CommonOptions.Stride();
        Option<string?> kernel = CommonOptions.Kernel();
        Option<bool> json = CommonOptions.Json();
        Command command = new("run", "Runs a source through the integer model and prints the results as CSV.")
        {
            model, source, output, telemetry, every, record, limit, force, rate, stream, stride, kernel, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(terminal, new Options(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(source), parsed.GetValue(output), parsed.GetValue(telemetry), parsed.GetValue(every),
            parsed.GetValue(record), parsed.GetValue(limit), GateForceOption.Parse(parsed.GetValue(force) ?? []), parsed.GetValue(rate), parsed.GetValue(stream),
            parsed.GetValue(stride), parsed.GetValue(kernel), parsed.GetValue(json)), cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, Options options, CancellationToken cancellation)
    {
        using LatchModel model = ModelFile.OpenLatch(options.Model, options.Kernel);
        bool windows = model.CanRunWindow && !options.Stream;
        Check(model, options, windows);
        Counterfactual? beside = options.Force.Any ? options.Force.Beside(model) : null;
        Session session = beside?.Forced ?? model.CreateSession();
        IReadOnlyList<int> widths = IntegerRun.Widths(model, options.Model);
        using ISensorSource source = SampleSource.Open(
            options.Source, options.Rate, [.. model.Channels.Select(channel => channel.Name)], widths.Sum(), terminal, cancellation);
        using Recorder? recorder = options.Record is { } folder
            ? StepRecording.Begin(folder, options.RecordLimit, options.Model, model, session, options.Force, options.IsPaced)
            : null;
        SourceRunner runner = new(model, session, beside, source, widths, windows ? new StepMode(model.Steps, options.Stride) : default, recorder, options.IsLive, cancellation);
        using TelemetryFile? telemetry = options.Telemetry is { } path ? new TelemetryFile(path, model, options.TelemetryEvery, options.IsPaced) : null;
        List<float[]>? results = telemetry is null ? Emit(terminal, options, runner, default(NoGateProbe)) : Emit(terminal, options, runner, telemetry.Probe);
        SinkStatus? written = telemetry?.Complete();
        recorder?.Dispose();
        CounterfactualSummary? forced = beside is null ? null : new CounterfactualSummary(beside, model);
        Summarize(terminal, options, model, session, runner, results, written, recorder, forced);
        if (!options.Json)
            forced?.Write(terminal, options.Output is null);
        return Missing(options, written, recorder?.Status);
    }

    private static void Check(LatchModel model, Options options, bool windows)
    {
        if (options.Stream && !model.CanStep)
            throw CommandException.Usage($"--stream: {options.Model} takes whole windows only: {model.NotStreamableReason}");
        if (windows && (options.Force.Any || options.Record is not null))
        {
            throw CommandException.Usage($"{(options.Force.Any ? "--force" : "--record")}: {options.Model} takes windows here, and "
                + (options.Force.Any ? "a forced session runs beside the untouched one step by step. " : "a recording holds single steps. ")
                + (model.CanStep ? "Add --stream." : $"This model cannot be run step by step: {model.NotStreamableReason}"));
        }
        if (options.Telemetry is { } telemetry)
            TelemetryFile.Check(telemetry);
        if (options.Output is { } output && options.Telemetry is { } file && WholeFile.Target(output) == WholeFile.Target(file))
            throw CommandException.Usage($"--output and --telemetry both name {output}. Name two files.");
        foreach (string path in new[] { options.Output, options.Telemetry }.OfType<string>())
            OutputFile.CheckWritable(path, options.Model, options.Source);
    }

    /// <summary>Runs the source to its end. Results go to a file, to standard output, or, for one JSON document, into a list.</summary>
    private static List<float[]>? Emit<TProbe>(Terminal terminal, Options options, SourceRunner runner, TProbe probe)
        where TProbe : struct, IGateProbe
    {
        if (options.Output is { } path)
            OutputFile.Write(path, writer => runner.WriteCsv(writer, ref probe));
        else if (options.Json)
            return runner.Results(ref probe);
        else
            runner.WriteCsv(terminal.Out, ref probe);
        return null;
    }

    private static void Summarize(
        Terminal terminal, Options options, LatchModel model, Session session, SourceRunner runner, List<float[]>? results, SinkStatus? telemetry, Recorder? recorder,
        CounterfactualSummary? forced)
    {
        double rate = options.Source == "host" || model.Definition.SampleRateHz == 0 ? options.Rate : model.Definition.SampleRateHz;
        double? bytesPerDay = recorder?.Budget.BytesPerDay(rate);
        if (options.Json)
        {
            object? file = TelemetryFile.Document(options.Telemetry, telemetry);
            object? recording = recorder is null ? null : Document(options.Record!, recorder.Status, rate, bytesPerDay!.Value);
            Json.Write(terminal, new { options.Model, options.Source, options.Output, model.Kernel, runner.Columns, runner.Rows, session.HeldReadings, telemetry = file, recording, forced = forced?.Json(), results });
        }
        else if (options.Output is not null)
        {
            terminal.Out.WriteLine($"{options.Output}: {runner.Rows} results, kernel {model.Kernel}.{(session.HeldReadings > 0 ? $" {session.HeldReadings} missing readings were held." : "")}");
        }
        if (telemetry is { Dropped: > 0, Failures: 0 })
            terminal.WriteNote($"{options.Telemetry}: {telemetry.Dropped} of {telemetry.Offered} rows were dropped: the file was too slow.");
        if (recorder?.Status is { } status)
        {
            terminal.WriteNote(string.Create(CultureInfo.InvariantCulture,
                $"{options.Record}: {status.Written} of {status.Offered} steps recorded, {Figures.Bytes(status.BytesWritten)}; at {rate:0.###} steps a second at most {Figures.Bytes((long)bytesPerDay!.Value)} are written a day."));
        }
    }

    private static object Document(string folder, RecorderStatus status, double rateHz, double bytesPerDay)
    {
        (long written, long dropped, long failures, string? lastError) = (status.Written, status.Dropped, status.Failures, status.LastError);
        return new { folder, written, dropped, failures, lastError, status.Segments, status.SegmentsDeleted, status.BytesWritten, rateHz, bytesPerDay };
    }

    /// <summary>The results are there; a file beside them that is not whole is an error all the same.</summary>
    private static int Missing(Options options, SinkStatus? telemetry, RecorderStatus? recording)
    {
        if (telemetry is { LastError: { } error })
            throw OutputFile.Unwritable(options.Telemetry!, $"{telemetry.Dropped} of {telemetry.Offered} rows are lost: {error}");
        if (recording is { LastError: { } failure })
            throw OutputFile.Unwritable(options.Record!, $"{recording.Dropped} of {recording.Offered} steps are lost: {failure}");
        return (int)ExitCode.Ok;
    }

    private sealed record Options(
        string Model, string Source, string? Output, string? Telemetry, int TelemetryEvery, string? Record, int RecordLimit, GateForceOption Force, double Rate, bool Stream,
        int Stride, string? Kernel, bool Json)
    {
        /// <summary>Whether Ctrl-C is the way to end the source.</summary>
        public bool IsLive => Source is "host" or "-";

        /// <summary>Whether the source does not wait for a slow disk; a pipe does.</summary>
        public bool IsPaced => Source == "host";
    }
}
