using Latch.Anomaly;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Cli.Report;

namespace Latch.Cli.Demo;

/// <summary>The demo's report.</summary>
internal static class DemoPage
{
    /// <summary>Scores are drawn up to this many thresholds; a fault can reach a hundred, which would flatten the rest.</summary>
    private const double ScoreCeiling = 5;

    private static readonly string[] s_shown = ["cpu0.busy", "mem.used", "disk.write", "net.lo", "cpu.switches"];

    public static Html Build(DemoResult result)
    {
        DemoInputs inputs = result.Inputs;
        DemoModel first = result.Models[0];
        double minutes = inputs.Test.Rows.Count / inputs.SampleRate / 60;
        Html page = new("Latch demo: a machine's own sensors, watched in int8",
            $"A trained {string.Join(" and a ", result.Models.Select(model => model.Name))} forecast {inputs.Channels.Count} channels of a Linux machine one step ahead, "
            + $"in integer arithmetic and in float (ONNX Runtime). {Figures.Fixed(minutes, 0)} minutes with {inputs.Labels.Count} labelled faults.");
        page.Cards(
            ($"{first.Integer.Evaluation.Found} of {inputs.Labels.Count}", $"faults found by the int8 {first.Name} (float: {first.Float.Evaluation.Found})"),
            ($"{first.Integer.Evaluation.FalseAlarms.Count}", $"false alarms in int8 (float: {first.Float.Evaluation.FalseAlarms.Count})"),
            ($"{Figures.Decibels(first.Error.SqnrDb)} dB", "int8 forecasts against float"),
            (Figures.Bytes(first.LatchBytes), $"int8 file; float weights are {Figures.Bytes(first.FloatBytes)}"));
        page.Table("All figures", result.Headers, result.Rows());
        page.Section("The series", "What the machine did. Shaded: the labelled faults.");
        foreach (string channel in Shown(inputs))
            page.Chart(Series(inputs, channel));
        foreach (DemoModel model in result.Models)
            AppendModel(page, inputs, model);
        return page;
    }

    private static void AppendModel(Html page, DemoInputs inputs, DemoModel model)
    {
        page.Section($"{model.Name}: score and alarms", "The score is -log10 of the probability that ordinary work looks like this, over its threshold: at 1 an alarm starts. "
            + $"Drawn up to {ScoreCeiling:0} thresholds. A fault is found when an alarm starts in it or within 30 s of its end; an alarm that had begun before it is a false one.");
        page.Chart(Score(inputs, model));
        page.Table($"{model.Name}: labelled faults", ["fault", "struck", "start", "length", "int8 after", "by", "float after"], inputs.Labels.Select((label, at) => new[]
        {
            label.Kind, label.Target, Time(inputs, label.Start), Figures.Seconds((label.End - label.Start) / inputs.SampleRate),
            Delay(model.Integer.Evaluation.Faults[at]), By(inputs, model.Integer.Evaluation.Faults[at].Alarm), Delay(model.Float.Evaluation.Faults[at]),
        }));
        if (model.Integer.Evaluation.FalseAlarms.Count > 0)
        {
            page.Table($"{model.Name}: false alarms of int8", ["start", "length", "by", "peak score"], model.Integer.Evaluation.FalseAlarms.Select(alarm => new[]
            {
                Time(inputs, alarm.Start), Figures.Seconds((alarm.End - alarm.Start) / inputs.SampleRate), By(inputs, alarm), Figures.Fixed(alarm.PeakScore, 1),
            }));
        }

        page.Section($"{model.Name}: int8 against float", "Forecasts in normalised units: 1 is one standard deviation of the channel in training.");
        double[] error = model.Forecasts.ErrorOverTime();
        page.Chart(new LineChart
        {
            Title = "Error over time",
            Description = $"Largest difference of any channel's forecast at each step; between {Axis.Text(error.Min())} and {Axis.Text(error.Max())}.",
            Lines = [new ChartLine("largest |int8 - float|", error, 2)],
            StepLength = Minutes(inputs),
            XLabel = "minutes",
            Shaded = Faults(inputs),
            Height = 160,
        });
        page.Table("Forecast per channel", ["channel", "SQNR dB", "rms diff", "largest |diff|"], PerChannel(inputs, model));
        InnerSection.Append(page, model.Inner);
        foreach (LayerWatch layer in model.Layers)
            GateSection.Append(page, layer, Minutes(inputs), "minutes");
    }

    private static LineChart Series(DemoInputs inputs, string channel)
    {
        int at = inputs.Channels.ToList().FindIndex(known => known.Name == channel);
        double[] values = [.. inputs.Test.Rows.Select(row => (double)row[at])];
        double[] known = [.. values.Where(double.IsFinite)];
        return new LineChart
        {
            Title = channel,
            Description = $"{channel} over the test recording, between {Axis.Text(known.Min())} and {Axis.Text(known.Max())} {inputs.Channels[at].Unit}; gaps are missing readings.",
            Lines = [new ChartLine(channel, values, 1)],
            YLabel = inputs.Channels[at].Unit,
            StepLength = Minutes(inputs),
            XLabel = "minutes",
            Shaded = Faults(inputs),
            Height = 150,
        };
    }

    private static LineChart Score(DemoInputs inputs, DemoModel model) => new()
    {
        Title = $"{model.Name}: score over its threshold",
        Description = $"int8 finds {model.Integer.Evaluation.Found} of {inputs.Labels.Count} faults with {model.Integer.Evaluation.FalseAlarms.Count} false alarms, "
            + $"float {model.Float.Evaluation.Found} with {model.Float.Evaluation.FalseAlarms.Count}.",
        Lines = [new ChartLine("float", Relative(model.Float), 2), new ChartLine("int8", Relative(model.Integer), 1)],
        Threshold = 1,
        ThresholdName = $"threshold, set for {DemoInputs.AlarmsPerHour:0} alarm per hour",
        StepLength = Minutes(inputs),
        XLabel = "minutes",
        Shaded = Faults(inputs),
        Tracks =
        [
            new ChartTrack("faults", Faults(inputs), 5),
            new ChartTrack("int8", Alarms(inputs, model.Integer), 1),
            new ChartTrack("float", Alarms(inputs, model.Float), 2),
        ],
        Height = 260,
    };

    private static double[] Relative(Detection detection) => [.. detection.Scores.Select(score => Math.Clamp(score / detection.Threshold, 0, ScoreCeiling))];

    private static Stretch[] Faults(DemoInputs inputs) => [.. inputs.Labels.Select(label => new Stretch(label.Start, label.End, $"{label.Kind}: {label.Target}"))];

    private static Stretch[] Alarms(DemoInputs inputs, Detection detection) =>
        [.. detection.Alarms.Select(alarm => new Stretch(alarm.Start, alarm.End, By(inputs, alarm)))];

    private static IEnumerable<IReadOnlyList<string>> PerChannel(DemoInputs inputs, DemoModel model)
    {
        OutputComparison single = model.Forecasts with { Outputs = [.. inputs.Channels.Select((channel, at) => new Latch.Runtime.PortInfo(channel.Name, [1], at))] };
        return single.Errors().OrderBy(error => error.SqnrDb)
            .Select(error => new[] { error.Name, Figures.Decibels(error.SqnrDb), Figures.Number(error.RmsDifference), Figures.Number(error.LargestDifference) });
    }

    private static IEnumerable<string> Shown(DemoInputs inputs)
    {
        string[] names = [.. inputs.Channels.Select(channel => channel.Name)];
        return s_shown.Where(names.Contains).Concat(names).Distinct().Take(s_shown.Length);
    }

    private static double Minutes(DemoInputs inputs) => 1 / inputs.SampleRate / 60;

    private static string Time(DemoInputs inputs, long step)
    {
        TimeSpan time = TimeSpan.FromSeconds(step / inputs.SampleRate);
        return $"{(int)time.TotalMinutes}:{time.Seconds:00}";
    }

    private static string Delay(FoundFault fault) => fault.Alarm is null ? "missed" : Figures.Seconds(fault.Delay);

    private static string By(DemoInputs inputs, Alarm? alarm) =>
        alarm is { } known ? $"{inputs.Channels[known.Channel].Name} ({StreamScorer.Name(known.Reason)})" : "-";
}
