using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Runtime;

namespace Latch.Quantize.Report;

/// <summary>Runs an integer model beside the float reference and compares everything both compute.</summary>
public sealed class ModelComparison
{
    private const int WorstKept = 20;
    private const int MostPoints = 2000;

    private readonly FloatReference _reference;
    private readonly ModelDefinition _definition;
    private readonly Plan _plan;
    private readonly Session _session;
    private readonly RecurrentRecord _record = new();
    private readonly ErrorSum[] _outputs;
    private readonly Dictionary<string, ErrorSum> _tensors;
    private readonly PriorityQueue<WorstValue, double> _worst = new();
    private readonly List<double> _errors = [];

    private ModelComparison(FloatModel model, ModelDefinition definition, CalibrationData data)
    {
        _reference = new FloatReference(model, data.IsStream);
        _definition = definition with { Channels = [] };
        _plan = (data.IsStream || definition.Sequence is null ? definition.Step : definition.Sequence)
            ?? throw new QuantizeException($"the integer model cannot be streamed: {definition.NotStreamable}; give windows");
        if (_plan.Steps != model.Steps)
            throw new QuantizeException($"the float model is given for {model.Steps} steps, the integer model takes {_plan.Steps}; import it with that number");
        _session = LatchModel.Create(_definition).CreateSession();
        _outputs = [.. _plan.Outputs.Select(static _ => new ErrorSum())];
        HashSet<string> values = [.. model.Inputs.Select(static input => input.Name), .. model.Nodes.SelectMany(static node => node.Outputs)];
        _tensors = _plan.Tensors.Where(tensor => values.Contains(tensor.Name)).ToDictionary(static tensor => tensor.Name, static _ => new ErrorSum());
    }

    /// <summary>Compares two forms of one model.</summary>
    /// <param name="model">The float model, imported for the number of steps that the integer model takes (1 for a stream).</param>
    /// <param name="definition">The integer model; its channels' normalisation is left aside, the data being normalised.</param>
    /// <param name="data">Normalised windows, or a stream.</param>
    /// <param name="progress">Told the share done, 0 to 1; may be null.</param>
    /// <param name="cancellation">Ends the comparison early.</param>
    /// <exception cref="QuantizeException">The two models or the data do not fit each other.</exception>
    public static Comparison Compare(FloatModel model, ModelDefinition definition, CalibrationData data, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(data);
        var comparison = new ModelComparison(model, definition, data);
        int run = 0;
        foreach (IReadOnlyList<float[]> sequence in data.Sequences)
        {
            comparison._reference.ResetState();
            comparison._session.Reset();
            foreach (float[] input in sequence)
            {
                cancellation.ThrowIfCancellationRequested();
                comparison.Run(run++, input, data.IsStream);
                progress?.Invoke((double)run / data.Count);
            }
        }
        return comparison.Result(run);
    }

    private void Run(int run, float[] input, bool streaming)
    {
        IReadOnlyDictionary<string, float[]> exact = _reference.Run(RunInputs.Split(_reference.Model, input), _record);
        var integer = new float[_plan.Outputs.Sum(port => _plan.Tensors[port.Tensor].Count)];
        var probe = new ComparingProbe(_record, streaming || _definition.Sequence is null);
        _session.Run(input, _plan.Steps, integer, ref probe);
        double squares = 0;
        int start = 0;
        for (int output = 0; output < _outputs.Length; output++)
        {
            string name = _plan.Outputs[output].Name;
            float[] values = exact[name];
            ReadOnlySpan<float> codes = integer.AsSpan(start, values.Length);
            _outputs[output].Add(values, codes);
            for (int i = 0; i < values.Length; i++)
            {
                double error = codes[i] - values[i];
                squares += error * error;
                Keep(new WorstValue(run, name, i, values[i], codes[i]), Math.Abs(error));
            }
            start += values.Length;
        }
        _errors.Add(Math.Sqrt(squares / Math.Max(1, integer.Length)));
        foreach ((string name, ErrorSum sum) in _tensors)
        {
            ReadOnlySpan<float> values = _reference.Value(name);
            var codes = new float[values.Length];
            _session.ReadTensor(name, codes);
            sum.Add(values, codes);
        }
    }

    private void Keep(WorstValue value, double error)
    {
        if (_worst.Count < WorstKept)
            _worst.Enqueue(value, error);
        else
            _worst.EnqueueDequeue(value, error);
    }

    private Comparison Result(int runs) => new(
        runs,
        [.. _plan.Outputs.Select((port, output) => _outputs[output].Result(port.Name))],
        [.. Tensors().OrderBy(static tensor => tensor.Error.SqnrDb)],
        _record.Errors(),
        _record.Saturations(),
        [.. _worst.UnorderedItems.OrderByDescending(static item => item.Priority).Select(static item => item.Element)],
        Points());

    private IEnumerable<TensorError> Tensors()
    {
        Dictionary<string, SignalError> errors = _tensors.ToDictionary(static pair => pair.Key, static pair => pair.Value.Result(pair.Key));
        Dictionary<string, GraphNode> writers = _reference.Model.Nodes.SelectMany(static node => node.Outputs.Select(output => (output, node))).ToDictionary(static pair => pair.output, static pair => pair.node);
        foreach (ActivationTensor tensor in _plan.Tensors.Where(tensor => errors.ContainsKey(tensor.Name)))
        {
            double[] read = [.. Read(tensor.Name, writers, errors)];
            double drop = read.Length == 0 ? 0 : read.Min() - errors[tensor.Name].SqnrDb;
            yield return new TensorError(errors[tensor.Name], tensor.Quantization.Type == ElementType.Int8 ? 8 : 16, tensor.Quantization.Scale / Math.Sqrt(12), drop);
        }
    }

    // Ratios of the values that went into a value, through those that have no tensor of their own.
    private static IEnumerable<double> Read(string value, Dictionary<string, GraphNode> writers, Dictionary<string, SignalError> errors) =>
        writers.TryGetValue(value, out GraphNode? node)
            ? node.Inputs.SelectMany(input => errors.TryGetValue(input, out SignalError? error) ? [error.SqnrDb] : Read(input, writers, errors))
            : [];

    private double[] Points()
    {
        int width = (_errors.Count + MostPoints - 1) / MostPoints;
        return width <= 1 ? [.. _errors] : [.. _errors.Chunk(width).Select(static chunk => Math.Sqrt(chunk.Average(static error => error * error)))];
    }
}
