using System.CommandLine;
using System.Globalization;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Runtime;
using Latch.Sensors;

namespace Latch.Cli.Commands;

/// <summary><c>latch run</c>: a source through the integer model, results as CSV.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.LatchModel();
        Option<string> source = new("--source") { Description = SampleSource.Description, Required = true, HelpName = "SOURCE" };
        Option<string?> output = new("--output", "-o") { Description = "CSV file for the results; without it standard output.", HelpName = "FILE" };
        Option<string?> telemetry = new("--telemetry") { Description = "CSV file for what the gates did: one line per step, layer and quantity.", HelpName = "FILE" };
        Option<string[]> force = CommonOptions.Force("Forces a gate");
        Option<double> rate = new("--rate") { Description = "Samples per second of a host source.", DefaultValueFactory = _ => 1, HelpName = "HZ" };
        CommonOptions.Rate(rate);
        Option<bool> stream = new("--stream") { Description = "Carry the state from row to row although the model has windows." };
        Option<int> stride = CommonOptions.Stride();
        Option<string?> kernel = CommonOptions.Kernel();
        Option<bool> json = CommonOptions.Json();
        Command command = new("run", "Runs a source through the integer model and prints the results as CSV.")
        {
            model, source, output, telemetry, force, rate, stream, stride, kernel, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(terminal, new Options(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(source), parsed.GetValue(output), parsed.GetValue(telemetry),
            GateForceOption.Parse(parsed.GetValue(force) ?? []), parsed.GetValue(rate), parsed.GetValue(stream),
            parsed.GetValue(stride), parsed.GetValue(kernel), parsed.GetValue(json)), cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, Options options, CancellationToken cancellation)
    {
        using LatchModel model = ModelFile.OpenLatch(options.Model, options.Kernel);
        if (options.Stream && !model.CanStep)
            throw CommandException.Usage($"--stream: {options.Model} takes whole windows only: {model.NotStreamableReason}");
        Session session = model.CreateSession();
        options.Force.Apply(session);
        foreach (string path in new[] { options.Output, options.Telemetry }.OfType<string>())
            OutputFile.CheckWritable(path, options.Model, options.Source);
        bool windows = model.CanRunWindow && !options.Stream;
        IReadOnlyList<int> widths = IntegerRun.Widths(model, options.Model);
        using ISensorSource source = SampleSource.Open(
            options.Source, options.Rate, [.. model.Channels.Select(channel => channel.Name)], widths.Sum(), terminal, cancellation);
        Runner runner = new(model, session, source, widths, windows ? new StepMode(model.Steps, options.Stride) : default,
            endless: options.Source is "host" or "-", cancellation);
        if (options.Telemetry is null)
        {
            NoGateProbe none = default;
            Emit(terminal, options, runner, ref none);
        }
        else
        {
            OutputFile.Write(options.Telemetry, writer =>
            {
                TelemetryCsv probe = new(writer);
                Emit(terminal, options, runner, ref probe);
            });
        }

        return (int)ExitCode.Ok;
    }

    private static void Emit<TProbe>(Terminal terminal, Options options, Runner runner, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        if (options.Output is { } path)
        {
            TProbe watched = probe;
            OutputFile.Write(path, writer => runner.WriteCsv(writer, ref watched));
        }
        else if (!options.Json)
        {
            runner.WriteCsv(terminal.Out, ref probe);
        }

        List<float[]>? results = options.Json && options.Output is null ? [] : null;
        results?.AddRange(runner.Results(ref probe));
        if (options.Json)
            Json.Write(terminal, new { options.Model, options.Source, options.Output, runner.Kernel, runner.Columns, runner.Rows, runner.HeldReadings, results });
        else if (options.Output is not null)
            terminal.Out.WriteLine($"{options.Output}: {runner.Rows} results, kernel {runner.Kernel}.{(runner.HeldReadings > 0 ? $" {runner.HeldReadings} missing readings were held." : "")}");
    }

    private sealed record Options(
        string Model, string Source, string? Output, string? Telemetry, GateForceOption Force, double Rate, bool Stream, int Stride,
        string? Kernel, bool Json);

    /// <summary>Reads rows and yields results, step by step or window by window.</summary>
    private sealed class Runner(
        LatchModel model, Session session, ISensorSource source, IReadOnlyList<int> widths, StepMode mode, bool endless, CancellationToken cancellation)
    {
        private readonly float[] _sample = new float[widths.Sum()];
        private readonly float[] _result = new float[mode.IsStream ? model.OutputSize : model.WindowOutputSize];
        private readonly List<float[]> _window = [];
        private int _skip;

        public IReadOnlyList<string> Columns { get; } = IntegerRun.ResultNames(mode.IsStream ? model.Outputs : model.WindowOutputs);

        public string Kernel => model.Kernel;

        public int Rows { get; private set; }

        public long HeldReadings => session.HeldReadings;

        public void WriteCsv<TProbe>(TextWriter writer, ref TProbe probe)
            where TProbe : struct, IGateProbe
        {
            writer.WriteLine($"step,{string.Join(',', Columns)}");
            long step = 0;
            while (Next(ref probe, ref step))
                writer.WriteLine($"{step - 1},{string.Join(',', _result.Select(value => value.ToString("G7", CultureInfo.InvariantCulture)))}");
        }

        public List<float[]> Results<TProbe>(ref TProbe probe)
            where TProbe : struct, IGateProbe
        {
            List<float[]> results = [];
            long step = 0;
            while (Next(ref probe, ref step))
                results.Add([.. _result]);
            return results;
        }

        private bool Next<TProbe>(ref TProbe probe, ref long step)
            where TProbe : struct, IGateProbe
        {
            while (true)
            {
                if (!endless)
                    cancellation.ThrowIfCancellationRequested();
                if (!source.TryRead(_sample, out _))
                {
                    if (!mode.IsStream && step < mode.Steps && !cancellation.IsCancellationRequested)
                        throw CommandException.BadInput($"The series has {step} rows, but a window of this model takes {mode.Steps}. Give a longer series.");
                    return false;
                }

                step++;
                if (mode.IsStream)
                    session.Step(_sample, _result, ref probe);
                else if (!TryWindow(ref probe))
                    continue;
                Rows++;
                return true;
            }
        }

        private bool TryWindow<TProbe>(ref TProbe probe)
            where TProbe : struct, IGateProbe
        {
            _window.Add([.. _sample]);
            if (_window.Count > mode.Steps)
                _window.RemoveAt(0);
            if (_window.Count < mode.Steps || _skip-- > 0)
                return false;
            _skip = mode.Stride - 1;
            session.Run(Windows.Flatten(_window, widths, 0, mode.Steps), mode.Steps, _result, ref probe);
            return true;
        }
    }
}
