using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>
/// Evaluates a <see cref="FloatModel"/> in floating point: the truth that integer results are compared with, and the
/// source of every inner quantity for calibration. Buffers are allocated once and reused. Not safe for use by several
/// threads at once.
/// </summary>
public sealed class FloatReference
{
    private readonly Buffers _buffers;
    private readonly NodeEvaluator[] _evaluators;
    private readonly (string Name, float[] Data)[] _inputs;
    private readonly (string Name, float[] Data)[][] _written;
    private readonly (float[] Input, float[] Output, float[] Next)[] _states;

    /// <summary>Prepares a model for evaluation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="carryState">
    /// Whether a run goes on from the recurrent states the run before left, as streaming does. It concerns the forward
    /// recurrent nodes whose initial states are zero or constant; states that are graph inputs or computed values are
    /// read anew in each run, and a reverse node always begins anew. The model's <see cref="FloatModel.States"/> then are what the run before left; without
    /// it they are zero in each run.
    /// </param>
    public FloatReference(FloatModel model, bool carryState = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        CarriesState = carryState;
        _buffers = new Buffers(model);
        _evaluators = [.. model.Nodes.Select(Prepare)];
        _inputs = [.. model.Inputs.Select(input => input.Name).Concat(model.States.Select(pair => pair.Input)).Select(name => (name, _buffers.Data(name)))];
        _states = [.. model.States.Select(pair => (_buffers.Data(pair.Input), _buffers.Data(pair.Output), new float[model.Count(pair.Input)]))];
        _written = [.. model.Nodes.Select(node => node.Outputs.Select(name => (name, _buffers.Data(name))).ToArray())];
    }

    /// <summary>The model evaluated.</summary>
    public FloatModel Model { get; }

    /// <summary>Whether recurrent states are carried from run to run.</summary>
    public bool CarriesState { get; }

    /// <summary>Makes the next run begin from the initial states.</summary>
    public void ResetState()
    {
        foreach (RecurrentEvaluator evaluator in _evaluators.OfType<RecurrentEvaluator>())
            evaluator.Reset();
        foreach ((float[] input, _, _) in _states)
            Array.Clear(input);
    }

    /// <summary>Runs a model of one input and returns its first output.</summary>
    /// <param name="input">The input's elements in row-major order.</param>
    /// <param name="observer">Sees every quantity; null for none.</param>
    /// <returns>The first output's elements, valid until the next run.</returns>
    /// <exception cref="ArgumentException">The model has several inputs, or the number of elements is not the input's.</exception>
    public ReadOnlySpan<float> Run(ReadOnlySpan<float> input, IReferenceObserver? observer = null)
    {
        if (Model.Inputs.Count != 1)
            throw new ArgumentException($"the model has {Model.Inputs.Count} inputs; give each by name", nameof(input));
        SetInput(Model.Inputs[0].Name, input);
        Evaluate(observer);
        return Value(Model.Outputs[0].Name);
    }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">Every input of the model by name, its elements in row-major order.</param>
    /// <param name="observer">Sees every quantity; null for none.</param>
    /// <returns>A copy of every output by name.</returns>
    /// <exception cref="ArgumentException">An input is missing, or its number of elements is wrong.</exception>
    public IReadOnlyDictionary<string, float[]> Run(
        IReadOnlyDictionary<string, float[]> inputs, IReferenceObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (ValueInfo input in Model.Inputs)
        {
            if (!inputs.TryGetValue(input.Name, out float[]? data))
                throw new ArgumentException($"input '{input.Name}' is missing", nameof(inputs));
            SetInput(input.Name, data);
        }
        Evaluate(observer);
        Dictionary<string, float[]> outputs = [];
        foreach (ValueInfo output in Model.Outputs)
            outputs[output.Name] = Value(output.Name).ToArray();
        return outputs;
    }

    /// <summary>A value of the last run, in row-major order; overwritten by the next run.</summary>
    /// <param name="name">An input, a constant, or an output of a node.</param>
    /// <exception cref="KeyNotFoundException">The model has no such value.</exception>
    public ReadOnlySpan<float> Value(string name) => _buffers.Data(name);

    private void SetInput(string name, ReadOnlySpan<float> data)
    {
        float[] buffer = _buffers.Data(name);
        if (data.Length != buffer.Length)
        {
            throw new ArgumentException(
                $"input '{name}' has shape {TensorShape.Text(Model.Shape(name))}, {buffer.Length} elements; {data.Length} were given",
                nameof(data));
        }
        data.CopyTo(buffer);
    }

    private void Evaluate(IReferenceObserver? observer)
    {
        Report(observer, _inputs);
        for (int i = 0; i < _evaluators.Length; i++)
        {
            _evaluators[i].Run(observer);
            Report(observer, _written[i]);
        }
        CarryStates();
    }

    /// <summary>Hands on the states; all are read before one is written, as an output may be an input of another pair.</summary>
    private void CarryStates()
    {
        if (!CarriesState)
            return;
        foreach ((_, float[] output, float[] next) in _states)
            output.CopyTo(next, 0);
        foreach ((float[] input, _, float[] next) in _states)
            next.CopyTo(input, 0);
    }

    private static void Report(IReferenceObserver? observer, (string Name, float[] Data)[] values)
    {
        if (observer is null)
            return;
        foreach ((string name, float[] data) in values)
            observer.OnValue(name, data);
    }

    private NodeEvaluator Prepare(GraphNode node)
    {
        NodeEvaluator evaluator = NodeEvaluator.Create(node, _buffers);
        if (evaluator is RecurrentEvaluator recurrent && node is RecurrentNode r)
            recurrent.CarryState = CarriesState && !r.StartsAnew && !r.Reverse && IsFixed(r.InitialH) && IsFixed(r.InitialC);
        return evaluator;
    }

    private bool IsFixed(string? state) => state is null || Model.Constants.ContainsKey(state);

    private sealed class Buffers(FloatModel model) : IValueTable
    {
        private readonly Dictionary<string, float[]> _data = [];

        public int[] Shape(string name) => model.Shape(name);

        public float[] Data(string name)
        {
            if (model.Constants.TryGetValue(name, out FloatTensor? constant))
                return constant.Data;
            if (!_data.TryGetValue(name, out float[]? data))
                _data[name] = data = new float[model.Count(name)];
            return data;
        }
    }
}
