using System.CommandLine;
using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize;
using Latch.Quantize.Calibration;

namespace Latch.Cli.Commands;

/// <summary><c>latch quantize</c>: a trained model to int8.</summary>
internal static class QuantizeCommand
{
    /// <summary>Rows or windows without which no part can be held back.</summary>
    private const int FewestRuns = 5;

    /// <summary>Below this a hint is given.</summary>
    private const double LowDecibel = 25;

    private static readonly Dictionary<string, CalibrationMethod> s_methods = new()
    {
        ["minmax"] = CalibrationMethod.MinMax,
        ["moving-average"] = CalibrationMethod.MovingAverage,
        ["percentile"] = CalibrationMethod.Percentile,
        ["mse"] = CalibrationMethod.SquaredError,
        ["entropy"] = CalibrationMethod.Entropy,
        ["auto"] = CalibrationMethod.Auto,
    };

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.TrainedModel();
        Option<string[]> calibration = CommonOptions.Data("--calibration", "Ordinary data to find ranges with.");
        Option<string> output = new("--output", "-o") { Description = "The .latch file to write.", Required = true, HelpName = "MODEL.latch" };
        CommonOptions.NoDash(output);
        Option<int?> steps = CommonOptions.Steps("Windows of N rows that slide by the stride; without it one stream (or the number the model fixes).");
        Option<int> stride = CommonOptions.Stride();
        Option<string[]> state = CommonOptions.State();
        PrecisionOptions precision = new();
        Option<string> method = new("--method") { Description = $"How ranges are chosen: {string.Join(", ", s_methods.Keys)} (tries the others, keeps the best).", DefaultValueFactory = _ => "minmax", HelpName = "NAME" };
        method.AcceptOnlyFromAmong([.. s_methods.Keys]);
        Option<string?> channels = new("--channels")
        {
            Description = "JSON file with names, units and normalisation of the input channels; without it the data are taken as normalised.",
            HelpName = "FILE",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("quantize", "Turns a trained model into an int8 model file.")
        {
            model, calibration, output, steps, stride, state,
        };
        precision.AddTo(command);
        foreach (Option option in new Option[] { method, channels, json })
            command.Add(option);
        command.SetAction((parsed, cancellation) => Run(terminal, new Request(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(calibration), parsed.GetRequiredValue(output), parsed.GetValue(steps),
            parsed.GetValue(stride), precision.Activations(parsed), precision.WidenCostly(parsed), s_methods[parsed.GetValue(method)!], parsed.GetValue(channels), StateOption.Parse(parsed.GetValue(state)))
        {
            Budget = precision.Budget(parsed),
        }, parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> Run(Terminal terminal, Request request, bool json, CancellationToken cancellation)
    {
        OutputFile.CheckWritable(request.Output, [request.Model, request.Channels, .. request.Calibration]);
        QuantizeResult result = await terminal.WithProgress(stages =>
            Task.Run(() => Quantize(request, stages, cancellation), cancellation).WaitAsync(cancellation)).ConfigureAwait(false);
        OutputFile.WriteBytes(request.Output, stream => stream.Write(ModelWriter.ToBytes(result.Definition)));
        if (FrameNote(request, result.Definition) is { } note)
            terminal.WriteNote(note);
        Summarise(terminal, request, result, json);
        return (int)ExitCode.Ok;
    }

    /// <summary>Everything up to the file: reads, calibrates, quantizes.</summary>
    public static QuantizeResult Quantize(Request request, Stages stages, CancellationToken cancellation)
    {
        stages.Begin("Reading the model");
        FloatModel model = ModelFile.OpenOnnx(request.Model, request.Steps, request.States);
        ChannelsFile? channels = request.Channels is null ? null : ChannelsFile.Read(request.Channels);
        IReadOnlyList<int> widths = ModelFile.Widths(model, request.Model);
        int width = widths.Sum();
        if (channels is not null && channels.Channels.Count != widths[0])
            throw CommandException.BadInput($"{request.Channels}: {channels.Channels.Count} channels, but the model takes {widths[0]}. Describe each channel of the model's first input.");

        stages.Begin("Reading the calibration data");
        IReadOnlyList<Channel> described = channels?.ToModel() ?? [];
        IReadOnlyList<Recording> recordings = Recordings.Read(
            request.Calibration, widths.Count == 1 ? [.. described.Select(channel => channel.Name)] : [], width, MissingReadings.Refuse, cancellation);
        Normaliser normaliser = new(described);
        recordings = [.. recordings.Select(recording => recording with { Rows = normaliser.Apply(recording.Rows) })];
        bool stream = model.Steps == 1 && request.Steps != 1;
        CalibrationData data = stream
            ? CalibrationData.FromStream([.. recordings.SelectMany(recording => recording.Rows)])
            : CalibrationData.FromWindows(RowWindows.Cut(recordings, widths, model.Steps, request.Stride));

        stages.Begin($"Calibrating and quantizing ({data.Count} {(stream ? "rows" : "windows")})");
        cancellation.ThrowIfCancellationRequested();
        if (data.Count < FewestRuns)
            throw CommandException.BadInput($"{string.Join(", ", request.Calibration)}: {data.Count} {(stream ? "rows" : $"windows of {model.Steps} rows")} are too few to calibrate and to hold a part back. Give at least {FewestRuns}, better some hundred of ordinary operation.");
        return Quantizer.Quantize(
            model,
            data,
            new QuantizeOptions
            {
                Activations = request.Activations,
                WidenCostly = request.WidenCostly,
                Budget = request.Budget ?? new QuantizeOptions().Budget,
                Method = request.Method,
                Channels = described,
                SampleRateHz = channels?.SampleRate ?? 0,
                SourceFile = Path.GetFileName(request.Model),
            },
            steps => ModelFile.OpenOnnx(request.Model, steps, request.States, replaceSteps: true));
    }

    // The length of a frame that the file says itself, given as a number of steps.
    private static string? FrameNote(Request request, ModelDefinition definition) =>
        definition.Sequence is { } sequence && request.Steps == sequence.Steps && sequence.Inputs.Any(port => sequence.Tensors[port.Tensor].Shape.Aggregate(1, static (a, b) => a * b) == sequence.Steps * sequence.Steps)
            ? $"Note: --steps {request.Steps} makes windows of {request.Steps} rows of {request.Steps} values each. If {request.Steps} is the length of a frame, leave --steps out: the file says it."
            : null;

    private static string Widths(Request request, QuantizeResult result) => request.Activations == ActivationWidth.Int16
        ? "every tensor and state"
        : result.WideValues.Count == 0 ? "nothing: every tensor is int8" : string.Join(", ", result.WideValues);

    private static void Summarise(Terminal terminal, Request request, QuantizeResult result, bool json)
    {
        ModelDefinition definition = result.Definition;
        long bytes = new FileInfo(request.Output).Length;
        double ratio = (double)bytes / definition.Provenance.SourceBytes;
        string method = s_methods.First(pair => pair.Value == result.Method).Key;
        if (json)
        {
            Json.Write(terminal, new
            {
                request.Output,
                bytes,
                sourceBytes = definition.Provenance.SourceBytes,
                ratio,
                method,
                result.RunsUsed,
                result.RunsGiven,
                result.WideValues,
                precision = result.Precision is { } report ? PrecisionTables.Document(report, result.Costs) : null,
                streaming = definition.Step is not null,
                definition.NotStreamable,
                windowSteps = definition.Sequence?.Steps,
                figures = definition.Provenance.Figures,
            });
            return;
        }

        terminal.WriteTable($"{request.Output}", ["", "value"],
        [
            ["float weights", Figures.Bytes(definition.Provenance.SourceBytes)],
            ["int8 file", $"{Figures.Bytes(bytes)} ({Figures.Fixed(ratio, 3)} of float)"],
            ["calibration", $"{method}, {result.RunsUsed} of {result.RunsGiven} {(request.Steps is null && definition.Sequence is null ? "rows" : "windows")}"],
            ["kept in 16 bits", Widths(request, result)],
            ["step by step", definition.Step is not null ? "yes" : $"no: {definition.NotStreamable}"],
            ["windows", definition.Sequence is { } sequence ? $"{sequence.Steps} steps" : "no"],
            .. LatchDescription.ErrorRows(definition.Provenance),
        ]);
        if (result.Precision is { } precision)
            PrecisionTables.Write(terminal, precision, result.Costs);
        if (request.Activations == ActivationWidth.Int8 && definition.Provenance.Figures.TryGetValue("sqnr_db", out double decibel) && decibel < LowDecibel)
            terminal.Out.WriteLine($"{Figures.Decibels(decibel)} dB is low. Try --activations auto (16 bits where it matters), --method auto, or more ordinary data.");
        terminal.Out.WriteLine($"Next: latch compare {request.Model} {request.Output} --data DATA");
    }

    /// <summary>What to quantize and how.</summary>
    internal sealed record Request(
        string Model, IReadOnlyList<string> Calibration, string Output, int? Steps, int Stride, ActivationWidth Activations, bool WidenCostly,
        CalibrationMethod Method, string? Channels, IReadOnlyList<StatePair>? States = null)
    {
        /// <summary>Allowed error of <see cref="ActivationWidth.Auto"/>; null for its default.</summary>
        public double? Budget { get; init; }
    }
}
