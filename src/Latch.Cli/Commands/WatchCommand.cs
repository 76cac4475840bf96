using System.CommandLine;
using System.Globalization;
using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Runtime;
using Latch.Sensors;

namespace Latch.Cli.Commands;

/// <summary><c>latch watch</c>: the anomaly score of a source, live, and its alarms.</summary>
internal static class WatchCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.LatchModel();
        Option<string> source = new("--source") { Description = SampleSource.Description, Required = true, HelpName = "SOURCE" };
        Option<string[]> train = CommonOptions.Data("--train", "Ordinary data to learn the usual residuals from.", required: false);
        Option<string?> profile = new("--profile") { Description = "Profile learnt before, instead of --train.", HelpName = "FILE" };
        Option<string?> save = new("--save-profile") { Description = "Keep the profile learnt from --train.", HelpName = "FILE" };
        CommonOptions.NoDash(save);
        Option<double> alarms = new("--alarms-per-hour") { Description = "Alarms to allow on ordinary data; sets the threshold.", DefaultValueFactory = _ => 1, HelpName = "N" };
        Option<double?> window = new("--window") { Description = "Window of the residuals' statistics, for --train; without it 10 steps.", HelpName = "SECONDS" };
        Option<double?> rate = new("--rate") { Description = "Samples per second; without it the model's.", HelpName = "HZ" };
        CommonOptions.AboveZero(alarms);
        CommonOptions.AboveZero(window);
        CommonOptions.Rate(rate);
        Option<string[]> force = CommonOptions.Force("Runs a session with forced gates beside the untouched one and reports what it changes");
        Option<string?> kernel = CommonOptions.Kernel();
        Option<bool> json = CommonOptions.Json();
        Command command = new("watch", "Scores a source against the model's forecasts and raises alarms. Ctrl-C ends it.")
        {
            model, source, train, profile, save, alarms, window, rate, force, kernel, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(profile) is null == (result.GetValue(train) is not { Length: > 0 }))
                result.AddError("Give either --train DATA or --profile FILE.");
            if (result.GetValue(profile) is not null && result.GetValue(window) is not null)
                result.AddError("--window goes with --train; a profile has the window it was learnt with.");
        });
        command.SetAction((parsed, cancellation) => Task.Run(() => Watch(terminal, new Options(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(source), parsed.GetValue(train) ?? [], parsed.GetValue(profile),
            parsed.GetValue(save), parsed.GetValue(alarms), parsed.GetValue(window), parsed.GetValue(rate), GateForceOption.Parse(parsed.GetValue(force) ?? []), parsed.GetValue(kernel), parsed.GetValue(json)), cancellation)));
        return command;
    }

    private static int Watch(Terminal terminal, Options options, CancellationToken cancellation)
    {
        using LatchModel model = ModelFile.OpenLatch(options.Model, options.Kernel);
        Forecaster.Check(model, options.Model);
        if (options.Save is not null)
            OutputFile.CheckWritable(options.Save, [options.Model, options.Source, .. options.Train]);
        double rate = options.Rate ?? (model.Definition.SampleRateHz > 0 ? model.Definition.SampleRateHz : 1);
        string[] channels = [.. model.Channels.Select(channel => channel.Name)];
        AnomalyProfile profile = options.Profile is null ? Learn(terminal, options, model, rate, cancellation) : Profiles.Load(options.Profile, model);
        using ISensorSource source = SampleSource.Open(options.Source, rate, channels, model.InputSize, terminal, cancellation);
        AlarmWatch watch = new(profile, options.AlarmsPerHour, model.Channels);
        ForcedWatch? forced = options.Force.Any ? new ForcedWatch(options.Force, model, new AlarmWatch(profile, options.AlarmsPerHour, model.Channels)) : null;
        Follow(terminal, options, model, source, watch, forced, cancellation);
        Conclude(terminal, options, watch, forced, rate);
        return (int)ExitCode.Ok;
    }

    private static AnomalyProfile Learn(Terminal terminal, Options options, LatchModel model, double rate, CancellationToken cancellation)
    {
        terminal.WriteNote("Learning the usual residuals");
        AnomalyProfile profile = Profiles.Learn(options.Train, model, rate, Settings(options, rate), cancellation);
        if (options.Save is not null)
            OutputFile.Guard(options.Save, () => profile.Save(options.Save));
        return profile;
    }

    private static DetectorSettings? Settings(Options options, double rate)
    {
        if (options.Window is not { } seconds)
            return null;
        double steps = Math.Round(seconds * rate);
        return steps is >= 2 and <= 30_000
            ? DetectorSettings.ForWindow((int)steps)
            : throw CommandException.BadInput(string.Create(CultureInfo.InvariantCulture, $"--window: {seconds} s at {rate} Hz are {steps} steps. Give a window of 2 to 30000 steps."));
    }

    private static void Follow(
        Terminal terminal, Options options, LatchModel model, ISensorSource source, AlarmWatch watch, ForcedWatch? forced, CancellationToken cancellation)
    {
        bool endless = options.Source is "host" or "-";
        AlarmLines? lines = options.Json ? null : new AlarmLines(terminal, watch);
        Session session = model.CreateSession();
        float[] sample = new float[model.InputSize];
        float[] forecast = new float[model.OutputSize];
        forecast.AsSpan().Fill(float.NaN);
        while (source.TryRead(sample, out DateTimeOffset time))
        {
            if (!endless)
                cancellation.ThrowIfCancellationRequested();
            double score = watch.Step(sample, forecast);
            if (forced is null)
                session.Step(sample, forecast);
            else
                forced.Step(sample, score, forecast);
            terminal.WriteStatus(lines is not null && endless, $"{time:HH:mm:ss}  score {score:0.0} of {watch.Detector.Threshold:0.0}");
            lines?.Tell(time, score);
        }

        watch.Finish();
        forced?.Finish();
    }

    private static void Conclude(Terminal terminal, Options options, AlarmWatch watch, ForcedWatch? forced, double rate)
    {
        if (options.Json)
        {
            Json.Write(terminal, new
            {
                options.Model,
                options.Source,
                watch.Detector.Steps,
                watch.Detector.Threshold,
                options.AlarmsPerHour,
                watch.Detector.MissingReadings,
                alarms = watch.Alarms.Select(watch.ToJson),
                forced = forced?.Json(watch),
            });
            return;
        }

        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{watch.Detector.Steps} steps ({Figures.Seconds(watch.Detector.Steps / rate)}), {watch.Alarms.Count} alarms; threshold {watch.Detector.Threshold:0.0} for {options.AlarmsPerHour} per hour of ordinary data."));
        forced?.Write(terminal, watch);
    }

    private sealed record Options(
        string Model, string Source, IReadOnlyList<string> Train, string? Profile, string? Save, double AlarmsPerHour, double? Window, double? Rate, GateForceOption Force, string? Kernel,
        bool Json);
}
