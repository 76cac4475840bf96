using Latch.Cli.Data;
using Latch.Import;
using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Quantize.Calibration;
using Latch.Quantize.Report;
using Latch.Runtime;
using Latch.Telemetry;
using Comparison = Latch.Quantize.Report.Comparison;

namespace Latch.Cli.Models;

/// <summary>A float model and the integer model made from it, run over the same data.</summary>
internal sealed class ModelPair
{
    private readonly string _onnxPath;
    private readonly LatchModel _integer;
    private readonly IReadOnlyList<StatePair>? _states;
    private bool _ownReference;

    /// <param name="onnxPath">The float model.</param>
    /// <param name="latchPath">The integer model's file, for messages.</param>
    /// <param name="integer">The integer model.</param>
    /// <param name="mode">How data is given.</param>
    /// <param name="states">The states that <c>--state</c> named; null when they are to be found.</param>
    /// <exception cref="CommandException">The two do not belong together.</exception>
    public ModelPair(string onnxPath, string latchPath, LatchModel integer, StepMode mode, IReadOnlyList<StatePair>? states = null)
    {
        (_onnxPath, _integer, _states) = (onnxPath, integer, states);
        Float = Open(onnxPath, integer, mode, states);
        // A number of steps that is the length of a frame leaves one step a row.
        Mode = !mode.IsStream && Float.Steps != mode.Steps && !integer.CanRunWindow ? mode with { Steps = 0 } : mode;
        string stated = integer.Definition.Provenance.SourceSha256;
        if (stated.Length > 0 && stated != Float.SourceSha256)
            throw CommandException.BadInput($"{latchPath}: it was made from another model ({integer.Definition.Provenance.SourceFile}) than {onnxPath}. Give the one it was made from.");
        Widths = ModelFile.Widths(Float, onnxPath);
        if (Mode != mode && Widths.Sum() != integer.InputSize)
            throw CommandException.Usage($"--steps {mode.Steps}: {latchPath} takes {integer.InputSize} values a step, not {Widths.Sum()}. Leave --steps out.");
    }

    /// <summary>The float model for one run.</summary>
    public FloatModel Float { get; }

    /// <summary>How data is given: as asked for, or one stream where the steps asked for are the length of a frame.</summary>
    public StepMode Mode { get; }

    /// <summary>Columns per input.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>What gave the float results of <see cref="Compare"/>: ONNX Runtime, or latch's own evaluator where that cannot run the model so.</summary>
    public string FloatSide => _ownReference ? "latch's own evaluator of the imported graph" : "ONNX Runtime";

    /// <summary>Cuts recordings into runs of raw readings: windows, or the rows of each recording.</summary>
    public IReadOnlyList<float[]> Runs(IReadOnlyList<Recording> recordings) =>
        Mode.IsStream ? [.. recordings.SelectMany(recording => recording.Rows)] : RowWindows.Cut(recordings, Widths, Mode.Steps, Mode.Stride);

    /// <summary>Runs both models.</summary>
    /// <param name="recordings">Raw readings in channel order.</param>
    /// <param name="normalised">The same, normalised.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    public OutputComparison Compare(
        IReadOnlyList<Recording> recordings, IReadOnlyList<Recording> normalised, Action<double> progress, CancellationToken cancellation)
    {
        if (!Mode.IsStream)
            return CompareWindows(Runs(recordings), Runs(normalised), progress, cancellation);
        List<float[]> integers = [];
        List<float[]> floats = [];
        for (int at = 0; at < recordings.Count; at++)
        {
            NoGateProbe none = default;
            integers.AddRange(IntegerRun.Stream(_integer, _integer.CreateSession(), recordings[at].Rows, ref none, cancellation));
            floats.AddRange(FloatStream(normalised[at].Rows));
            progress((at + 1.0) / recordings.Count);
        }

        return new OutputComparison(_integer.Outputs, integers, floats);
    }

    /// <summary>Runs the integer model over the first steps of the data, watching its gates.</summary>
    public void Watch(IReadOnlyList<Recording> recordings, GateWatch gates, int steps)
    {
        ProbePair<RecordingProbe, StatisticsProbe> probe = gates.Probe;
        Session session = _integer.CreateSession();
        if (_integer.CanStep && Mode.IsStream)
        {
            IntegerRun.Stream(_integer, session, [.. recordings[0].Rows.Take(steps)], ref probe, CancellationToken.None);
            return;
        }

        float[] results = new float[_integer.CanRunWindow ? _integer.WindowOutputSize : Mode.Steps * _integer.OutputSize];
        int most = Math.Max(1, steps / Mode.Steps);
        foreach (float[] window in RowWindows.Cut(recordings, Widths, Mode.Steps, Mode.Steps).Take(most))
        {
            session.Reset();
            session.Run(window, Mode.Steps, results, ref probe);
        }
    }

    /// <summary>Holds tensors, gates and states of both models side by side, over at most that many steps of the data.</summary>
    public Comparison Inner(IReadOnlyList<Recording> normalised, int steps, Action<double> progress, CancellationToken cancellation)
    {
        if (!_integer.CanRunWindow)
            return ModelComparison.Compare(Open(_onnxPath, _integer, default, _states), _integer.Definition, CalibrationData.FromStream([.. normalised[0].Rows.Take(steps)]), progress, cancellation);
        List<float[]> windows = RowWindows.Cut(normalised, Widths, Mode.Steps, Mode.Stride);
        int count = Math.Clamp(steps / Mode.Steps, 1, windows.Count);
        CalibrationData spread = CalibrationData.FromWindows([.. Enumerable.Range(0, count).Select(at => windows[(int)((long)at * windows.Count / count)])]);
        return ModelComparison.Compare(Float, _integer.Definition, spread, progress, cancellation);
    }

    /// <summary>The float model for one run; of one that takes in frames, for the frame that the integer model takes.</summary>
    private static FloatModel Open(string path, LatchModel integer, StepMode mode, IReadOnlyList<StatePair>? states)
    {
        try
        {
            return mode.IsStream ? ModelFile.OpenSteps(path, states) : ModelFile.OpenOnnx(path, mode.Steps, states);
        }
        catch (ImportException) when (mode.IsStream && integer.CanStep && integer.Inputs[0].Count > 1)
        {
            return ModelFile.OpenOnnx(path, integer.Inputs[0].Count, states);
        }
    }

    private OutputComparison CompareWindows(IReadOnlyList<float[]> raw, IReadOnlyList<float[]> normalised, Action<double> progress, CancellationToken cancellation)
    {
        using OnnxRuntimeModel runtime = new(_onnxPath, Float);
        FloatReference? reference = runtime.HasOutputs ? null : new FloatReference(Float);
        _ownReference |= reference is not null;
        Session session = _integer.CreateSession();
        float[][] integers = new float[raw.Count][];
        float[][] floats = new float[raw.Count][];
        for (int run = 0; run < raw.Count; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            integers[run] = Window(session, raw[run]);
            floats[run] = reference is null ? runtime.Run(normalised[run]) : Outputs(reference, normalised[run]);
            progress((run + 1.0) / raw.Count);
        }

        IReadOnlyList<PortInfo> outputs = _integer.CanRunWindow ? _integer.WindowOutputs : Ports(Float);
        return new OutputComparison(outputs, integers, floats);
    }

    /// <summary>One window from the initial state; a model without windows of its own takes it step by step.</summary>
    private float[] Window(Session session, float[] window)
    {
        session.Reset();
        if (_integer.CanRunWindow)
        {
            float[] result = new float[_integer.WindowOutputSize];
            session.Run(window, Mode.Steps, result);
            return result;
        }

        float[] steps = new float[Mode.Steps * _integer.OutputSize];
        session.Run(window, Mode.Steps, steps);
        int wanted = Float.Outputs.Sum(output => TensorShape.Count(output.Shape));
        return wanted == steps.Length ? steps : steps[^wanted..];
    }

    /// <summary>The float model over a whole recording at once, one result per row; row by row where an output does not follow the steps.</summary>
    private IEnumerable<float[]> FloatStream(IReadOnlyList<float[]> rows)
    {
        if (FloatHandedOn(rows) is { } handedOn)
            return handedOn;
        FloatModel shapes;
        try
        {
            shapes = ModelFile.OpenOnnx(_onnxPath, rows.Count, _states);
        }
        catch (ImportException)
        {
            return FloatSteps(rows); // The file fixes the steps, or unrolls them.
        }
        int[] counts = [.. shapes.Outputs.Select(output => TensorShape.Count(output.Shape))];
        if (counts.Zip(_integer.Outputs).Any(pair => pair.First != pair.Second.Count * rows.Count))
            return FloatSteps(rows);
        using OnnxRuntimeModel runtime = new(_onnxPath, shapes);
        if (!runtime.HasOutputs)
            return FloatSteps(rows);
        float[] results = runtime.Run(RowWindows.Flatten(rows, Widths, 0, rows.Count));
        return [.. Enumerable.Range(0, rows.Count).Select(row => Row(results, row, rows.Count))];
    }

    private float[] Row(float[] results, int row, int rows)
    {
        float[] result = new float[_integer.OutputSize];
        foreach (PortInfo port in _integer.Outputs)
            results.AsSpan((port.Offset * rows) + (row * port.Count), port.Count).CopyTo(result.AsSpan(port.Offset));
        return result;
    }

    private IEnumerable<float[]> FloatSteps(IReadOnlyList<float[]> rows)
    {
        _ownReference = true;
        FloatReference reference = new(Float, carryState: true);
        foreach (float[] row in rows)
        {
            yield return Outputs(reference, row);
        }
    }

    /// <summary>The float model row by row in ONNX Runtime, with its states handed on; null when the file has none to hand on.</summary>
    private List<float[]>? FloatHandedOn(IReadOnlyList<float[]> rows)
    {
        if (Float.States.Count + Float.LayerStates.Count == 0)
            return null;
        using OnnxRuntimeModel runtime = new(_onnxPath, Float, carriesStates: true);
        if (!runtime.HasStates)
            return null;
        return runtime.HasOutputs ? [.. rows.Select(runtime.Run)] : [.. FloatSteps(rows)];
    }

    /// <summary>One run of the float reference: all inputs one after the other, all outputs one after the other.</summary>
    private float[] Outputs(FloatReference reference, float[] run)
    {
        Dictionary<string, float[]> inputs = [];
        int start = 0;
        foreach (ValueInfo input in Float.Inputs)
        {
            int count = TensorShape.Count(input.Shape);
            inputs[input.Name] = run[start..(start + count)];
            start += count;
        }
        reference.Run(inputs);
        return [.. Float.Outputs.SelectMany(output => reference.Value(output.Name).ToArray())];
    }

    private static PortInfo[] Ports(FloatModel model)
    {
        int offset = 0;
        return [.. model.Outputs.Select(output =>
        {
            PortInfo port = new(output.Name, output.Shape, offset);
            offset += port.Count;
            return port;
        })];
    }
}
