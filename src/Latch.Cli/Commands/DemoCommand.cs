using System.CommandLine;
using Latch.Cli.Demo;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Model;
using Latch.Quantize;

namespace Latch.Cli.Commands;

/// <summary><c>latch demo</c>: everything on the bundled recordings.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string?> output = new("--out", "-o") { Description = "Folder for the models and the report; without it a new temporary one.", HelpName = "FOLDER" };
        CommonOptions.NoDash(output, "Name a folder.");
        Option<string?> samples = new("--samples") { Description = "Another folder with recordings, labels and models named like the bundled ones.", HelpName = "FOLDER" };
        Option<bool> json = CommonOptions.Json();
        Command command = new("demo", "Quantizes the bundled LSTM and GRU, runs a recording with faults in int8 and in float, and writes a report.") { output, samples, json };
        command.SetAction((parsed, cancellation) => Run(terminal, parsed.GetValue(output), parsed.GetValue(samples), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> Run(Terminal terminal, string? output, string? folder, bool json, CancellationToken cancellation)
    {
        Samples samples = Samples.Find(folder);
        string target = MakeFolder(output);
        DemoResult result = await terminal.WithProgress(stages =>
            Task.Run(() => Run(samples, target, stages, cancellation), cancellation).WaitAsync(cancellation)).ConfigureAwait(false);
        if (json)
        {
            Json.Write(terminal, result.Document());
            return (int)ExitCode.Ok;
        }

        double minutes = result.Inputs.Test.Rows.Count / result.Inputs.SampleRate / 60;
        terminal.WriteTable(
            $"{result.Inputs.Channels.Count} channels of a Linux machine, {Figures.Fixed(minutes, 0)} minutes, {result.Inputs.Labels.Count} faults; "
            + $"threshold set for {DemoInputs.AlarmsPerHour:0} alarm per hour on ordinary work",
            result.Headers, result.Rows());
        terminal.Out.WriteLine($"Report: {result.Report}");
        return (int)ExitCode.Ok;
    }

    private static DemoResult Run(Samples samples, string target, Stages stages, CancellationToken cancellation)
    {
        stages.Begin("Reading the recordings");
        DemoInputs inputs = DemoInputs.Read(samples, cancellation);
        List<DemoModel> models = [];
        foreach (string cell in new[] { "lstm", "gru" })
        {
            string path = Path.Combine(target, $"host-{cell}.latch");
            stages.Begin($"{cell.ToUpperInvariant()}: quantizing to int8 on {inputs.Train.Rows.Count} rows of ordinary work");
            QuantizeResult quantized = QuantizeCommand.Quantize(
                new QuantizeCommand.Request(samples.Onnx(cell), [samples.Train], path, null, 1, ActivationWidth.Int8, WidenCostly: false, CalibrationMethod.MinMax, samples.Channels),
                new SilentStages(), cancellation);
            OutputFile.WriteBytes(path, stream => stream.Write(ModelWriter.ToBytes(quantized.Definition)));
            stages.Begin($"{cell.ToUpperInvariant()}: watching {inputs.Test.Rows.Count} rows with faults, in int8 and in float");
            models.Add(DemoModel.Run(inputs, cell.ToUpperInvariant(), samples.Onnx(cell), path, cancellation));
        }

        stages.Begin("Writing the report");
        string report = Path.Combine(target, "report.html");
        DemoResult result = new(inputs, models, target, report);
        OutputFile.Write(report, DemoPage.Build(result).WriteTo);
        return result;
    }

    private static string MakeFolder(string? output)
    {
        try
        {
            return output is null ? Directory.CreateTempSubdirectory("latch-demo-").FullName : Directory.CreateDirectory(output).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Unwritable, $"{output}: the folder cannot be made: {exception.Message.TrimEnd('.')}. Choose another one.");
        }
    }
}
