using System.CommandLine;
using Latch.Cli.Data;
using Latch.Cli.Output;
using Latch.Sensors;
using Latch.Sensors.Csv;

namespace Latch.Cli.Commands;

/// <summary><c>latch record</c>: writes a source's samples to a CSV file.</summary>
internal static class RecordCommand
{
    /// <summary>Longest duration, in seconds: what a timer can wait for.</summary>
    private const double LongestSeconds = 2_000_000;

    public static Command Create(Terminal terminal)
    {
        Option<string> source = new("--source") { Description = "'host': this machine's own telemetry.", Required = true, HelpName = "SOURCE" };
        source.AcceptOnlyFromAmong("host");
        Option<string> output = new("--output", "-o") { Description = "The CSV file; compressed when it ends in .gz.", Required = true, HelpName = "FILE" };
        CommonOptions.NoDash(output);
        Option<double> rate = new("--rate") { Description = "Samples per second.", DefaultValueFactory = _ => 1, HelpName = "HZ" };
        Option<double?> duration = new("--duration") { Description = "Seconds to record; without it until Ctrl-C.", HelpName = "S" };
        Option<bool> json = CommonOptions.Json();
        CommonOptions.Rate(rate);
        CommonOptions.Within(duration, 0.001, LongestSeconds);
        Command command = new("record", "Records a sensor source. Ctrl-C ends it with a complete file.") { source, output, rate, duration, json };
        command.SetAction((parsed, cancellation) => Task.Run(() => Record(
            terminal, parsed.GetRequiredValue(output), parsed.GetValue(rate), parsed.GetValue(duration), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static int Record(Terminal terminal, string output, double rate, double? duration, bool json, CancellationToken cancellation)
    {
        OutputFile.CheckWritable(output);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using ISensorSource source = SampleSource.OpenHost(rate, end.Token);
        if (duration is { } seconds)
            end.CancelAfter(TimeSpan.FromSeconds(seconds));
        terminal.WriteNote($"Recording {source.Channels.Count} channels at {rate} Hz{(duration is null ? "; Ctrl-C ends" : $" for {duration} s")}.");
        int rows = 0;
        OutputFile.Guard(output, () =>
        {
            using CsvRecorder recorder = new(output, source.Channels);
            float[] sample = new float[source.Channels.Count];
            while (source.TryRead(sample, out DateTimeOffset time))
                recorder.Write(sample, time);
            rows = recorder.Rows;
        });
        if (json)
            Json.Write(terminal, new { output, rows, sampleRateHz = rate, channels = source.Channels.Select(channel => new { channel.Name, channel.Unit }) });
        else
            terminal.Out.WriteLine($"{output}: {rows} rows, {source.Channels.Count} channels.");
        return (int)ExitCode.Ok;
    }
}
