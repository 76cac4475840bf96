using Latch.Import.Graph;

namespace Latch.Quantize.Tests.Models;

/// <summary>Builds small float models node by node; weights come from a seeded generator.</summary>
internal sealed class NetworkBuilder(int seed, int steps)
{
    private readonly Random _random = new(seed);
    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<string, int[]> _shapes = [];
    private readonly Dictionary<string, FloatTensor> _constants = [];
    private readonly List<ValueInfo> _inputs = [];
    private readonly List<ValueInfo> _outputs = [];

    public int Steps => steps;

    public string Input(string name, params int[] shape)
    {
        _inputs.Add(new ValueInfo(name, shape));
        return Shape(name, shape);
    }

    public string Constant(string name, int[] shape, float[] data)
    {
        _constants[name] = new FloatTensor(shape, data);
        return Shape(name, shape);
    }

    public string Add(GraphNode node, params int[] shape)
    {
        _nodes.Add(node);
        return Shape(node.Outputs[0], shape);
    }

    public void Output(string name) => _outputs.Add(new ValueInfo(name, _shapes[name]));

    public int[] ShapeOf(string name) => _shapes[name];

    /// <summary>Weights, normal with the given deviation.</summary>
    public FloatTensor Weights(double deviation, params int[] shape)
    {
        float[] data = new float[TensorShape.Count(shape)];
        for (int i = 0; i < data.Length; i++)
            data[i] = (float)(deviation * Normal(_random));
        return new FloatTensor(shape, data);
    }

    /// <summary>A recurrent layer over [T, I] with usual weights; change it by <paramref name="adjust"/>.</summary>
    public RecurrentNode Recurrent(string name, string x, CellKind cell, int hidden, Func<RecurrentNode, RecurrentNode>? adjust = null)
    {
        int gates = cell switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 }, inputs = _shapes[x][^1];
        RecurrentActivation sigmoid = new(ActivationKind.Sigmoid, 0, 0), tanh = new(ActivationKind.Tanh, 0, 0);
        var node = new RecurrentNode(name)
        {
            Cell = cell,
            Steps = steps,
            InputSize = inputs,
            HiddenSize = hidden,
            X = x,
            Y = name + "/Y",
            FinalH = name + "/H",
            InputWeights = Weights(0.6 / Math.Sqrt(inputs), gates * hidden, inputs),
            RecurrentWeights = Weights(0.6 / Math.Sqrt(hidden), gates * hidden, hidden),
            InputBias = Weights(0.2, gates * hidden),
            RecurrentBias = Weights(0.2, gates * hidden),
            Activations = cell switch { CellKind.Lstm => [sigmoid, tanh, tanh], CellKind.Gru => [sigmoid, tanh], _ => [tanh] },
        };
        node = adjust?.Invoke(node) ?? node;
        _nodes.Add(node);
        Shape(name + "/Y", steps, hidden);
        Shape(name + "/H", hidden);
        if (node.FinalC is { } cellState)
            Shape(cellState, hidden);
        return node;
    }

    public string Dense(string name, string input, int outputs, ActivationKind? activation = null)
    {
        int[] shape = [.. _shapes[input][..^1], outputs];
        int inputs = _shapes[input][^1];
        string value = Add(new DenseNode(name, input, name + ":z", Weights(1 / Math.Sqrt(inputs), outputs, inputs), Weights(0.3, outputs)), shape);
        return activation is { } kind ? Add(new ActivationNode(name + ".f", kind, value, name + ":y", 0.2f, 0.5f), shape) : value;
    }

    public FloatModel Build() => new(_nodes, _shapes)
    {
        Name = "network",
        Steps = steps,
        Inputs = _inputs,
        Outputs = _outputs,
        Constants = _constants,
    };

    /// <summary>Windows of a slowly moving signal with noise.</summary>
    public static IReadOnlyList<float[]> Windows(int seed, int count, int steps, int channels)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double phase = random.NextDouble() * 6, speed = 0.1 + random.NextDouble();
            return Enumerable.Range(0, steps * channels).Select(i => (float)(Math.Sin(phase + speed * (i / channels) + i % channels) + 0.3 * Normal(random))).ToArray();
        })];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private string Shape(string name, params int[] shape)
    {
        _shapes[name] = shape;
        return name;
    }
}
