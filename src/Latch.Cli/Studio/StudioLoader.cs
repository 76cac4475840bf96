using Latch.Anomaly;
using Latch.Cli.Commands;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Inspector;
using Latch.Model;
using Latch.Quantize;
using Latch.Runtime;

namespace Latch.Cli.Studio;

/// <summary>Opens what a plan names.</summary>
internal static class StudioLoader
{
    /// <summary>Most steps that are replayed: all of them are held in memory.</summary>
    private const int MostSteps = 200_000;

    /// <summary>Opens or quantizes the plan's models, with their profiles and float shadows.</summary>
    /// <exception cref="CommandException">A file cannot be read or does not fit.</exception>
    public static IReadOnlyList<InspectedModel> Models(StudioPlan plan, string? kernel, Stages stages, CancellationToken cancellation) =>
        [.. plan.Models.Select(entry =>
        {
            cancellation.ThrowIfCancellationRequested();
            LatchModel model = Open(entry, kernel, stages, cancellation);
            return new InspectedModel(entry.Name, Path.GetFileName(entry.Model), model)
            {
                AlarmsPerHour = plan.AlarmsPerHour,
                Profile = Profile(plan, entry, model, stages, cancellation),
                Shadow = entry.Float is { } exact ? new FloatShadow(exact, model, entry.Model) : null,
            };
        })];

    /// <summary>Runs a recording through a new session.</summary>
    /// <exception cref="CommandException">The recording cannot be read or does not fit.</exception>
    public static InspectorSession Replay(StudioPlan plan, IReadOnlyList<InspectedModel> models, Stages stages, CancellationToken cancellation)
    {
        string path = plan.Data!;
        stages.Begin($"Reading {Path.GetFileName(path)}");
        string[] channels = Channels(models);
        int width = Width(plan, models);
        Series series = Series.Read(path, channels, MissingReadings.Keep, cancellation);
        IReadOnlyList<float[]> rows = ChannelMap.Match(path, series.Names, series.Columns, channels, width).Apply(series.Rows);
        if (rows.Count > MostSteps)
            throw CommandException.BadInput($"{path}: {rows.Count} rows; a replay holds all steps of all gates in memory and takes {MostSteps}. Cut the recording, or follow it with --source, which holds the last --keep steps.");
        stages.Begin($"Running {models.Count} {(models.Count == 1 ? "model" : "models")} over {rows.Count} steps");
        InspectorSession session = Session(plan, models, channels.Length > 0 ? channels : series.Names ?? Numbered(width), rows.Count, live: false);
        for (int row = 0; row < rows.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            session.Append(rows[row]);
            stages.Report((row + 1.0) / rows.Count);
        }
        session.End();
        return session;
    }

    /// <summary>A session that waits for samples.</summary>
    /// <exception cref="CommandException">The models do not fit each other.</exception>
    public static InspectorSession Live(StudioPlan plan, IReadOnlyList<InspectedModel> models, IReadOnlyList<string> columns, int keep) =>
        Session(plan, models, Channels(models) is { Length: > 0 } channels ? channels : columns, keep, live: true);

    /// <summary>Names of the channels that the models take; empty when they have none.</summary>
    public static string[] Channels(IReadOnlyList<InspectedModel> models) => [.. models[0].Model.Channels.Select(static channel => channel.Name)];

    /// <summary>Readings per sample.</summary>
    public static int Width(StudioPlan plan, IReadOnlyList<InspectedModel> models) => IntegerRun.Widths(models[0].Model, plan.Models[0].Model).Sum();

    /// <summary>Samples per second of the models, 1 when they do not say.</summary>
    public static double Rate(LatchModel model) => model.Definition.SampleRateHz > 0 ? model.Definition.SampleRateHz : 1;

    private static InspectorSession Session(StudioPlan plan, IReadOnlyList<InspectedModel> models, IReadOnlyList<string> names, int capacity, bool live)
    {
        LatchModel first = models[0].Model;
        string[] units = [.. names.Select((_, at) => at < first.Channels.Count ? first.Channels[at].Unit : "")];
        string title = plan.Title ?? Path.GetFileName(plan.Data ?? plan.Source!);
        try
        {
            return new InspectorSession(new InspectorInput(title, names, units, plan.Rate ?? first.Definition.SampleRateHz, Labels(plan.Labels)), models, capacity, live);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadInput(exception.Message.Split(" (Parameter")[0]);
        }
    }

    private static LatchModel Open(StudioModel entry, string? kernel, Stages stages, CancellationToken cancellation)
    {
        if (ModelFile.IsLatch(entry.Model))
            return ModelFile.OpenLatch(entry.Model, kernel);
        if (entry.Calibration.Count == 0)
            throw CommandException.BadInput($"{entry.Model}: a trained model is quantized at start and needs calibration data. Name them in a description file, or run 'latch quantize' first.");
        stages.Begin($"Quantizing {Path.GetFileName(entry.Model)}");
        QuantizeResult quantized = QuantizeCommand.Quantize(
            new QuantizeCommand.Request(entry.Model, entry.Calibration, "", null, 1, ActivationWidth.Int8, WidenCostly: false, CalibrationMethod.MinMax, entry.Channels),
            new SilentStages(), cancellation);
        return LatchModel.Create(quantized.Definition, new LatchModelOptions { Kernel = kernel });
    }

    private static AnomalyProfile? Profile(StudioPlan plan, StudioModel entry, LatchModel model, Stages stages, CancellationToken cancellation)
    {
        if (entry.Profile is null && plan.Train.Count == 0)
            return null;
        Forecaster.Check(model, entry.Model);
        if (entry.Profile is { } path)
            return Profiles.Load(path, model);
        stages.Begin($"{entry.Name}: learning the usual residuals");
        return Profiles.Learn(plan.Train, model, plan.Rate ?? Rate(model), null, cancellation);
    }

    private static IReadOnlyList<InspectorLabel> Labels(string? path)
    {
        if (path is null)
            return [];
        try
        {
            return [.. FaultLabel.Load(path).Select(static label => new InspectorLabel(label.Start, label.End, $"{label.Kind} {label.Target}"))];
        }
        catch (AnomalyProfileException exception)
        {
            throw CommandException.BadInput(exception.Message);
        }
    }

    /// <summary>Names of channels that have none.</summary>
    public static string[] Numbered(int count) => [.. Enumerable.Range(1, count).Select(static column => $"column{column}")];
}
