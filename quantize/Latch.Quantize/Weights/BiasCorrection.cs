using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Runtime;

namespace Latch.Quantize.Weights;

/// <summary>
/// Measures on calibration data by how much codes move the mean of what a layer's weights are multiplied with: rounding that always goes the same way,
/// values beyond the calibrated range, errors of the layers before. Times the weights that is a constant error of the layer's sums, which its bias can make
/// good. (What rounding the weights changes in the mean is always made good, see <see cref="RoundedRows"/>.)
/// </summary>
internal sealed class BiasCorrection : IReferenceObserver
{
    private readonly FloatModel _model;
    private readonly CalibrationData _data;
    private readonly Dictionary<string, MeanVector> _values = [];
    private readonly Dictionary<string, MeanVector> _hidden = [];

    /// <summary>Runs the float model once.</summary>
    public BiasCorrection(FloatModel model, CalibrationData data)
    {
        (_model, _data) = (model, data);
        foreach (GraphNode node in Nodes)
            _values[Input(node)] = new MeanVector(Width(node));
        foreach (RecurrentNode node in model.Nodes.OfType<RecurrentNode>())
            _hidden[node.Name] = new MeanVector(node.HiddenSize);
        var reference = new FloatReference(model, data.IsStream);
        foreach (IReadOnlyList<float[]> sequence in data.Sequences)
        {
            reference.ResetState();
            foreach (float[] run in sequence)
                reference.Run(RunInputs.Split(model, run), this);
        }
    }

    /// <summary>The nodes whose biases can be corrected, in order of computation.</summary>
    public IEnumerable<GraphNode> Nodes => _model.Nodes.Where(static node => node is DenseNode or RecurrentNode);

    /// <inheritdoc/>
    public void OnValue(string name, ReadOnlySpan<float> data) => _values.GetValueOrDefault(name)?.Add(data);

    /// <inheritdoc/>
    public void OnGate(RecurrentNode node, int step, RecurrentQuantity quantity, ReadOnlySpan<float> data)
    {
        if (quantity == RecurrentQuantity.Hidden)
            _hidden[node.Name].Add(data);
    }

    /// <summary>What an integer model shifts at a node; null when it has no tensor to tell from.</summary>
    /// <param name="definition">The integer model.</param>
    /// <param name="node">One of <see cref="Nodes"/>.</param>
    /// <param name="operation">Name of the node's operation in the integer model.</param>
    public MeanShift? Measure(ModelDefinition definition, GraphNode node, string operation)
    {
        Plan plan = definition.Sequence ?? definition.Step!;
        if (InputTensor(plan, operation) is not { } tensor || tensor.Count % Width(node) != 0)
            return null;
        MeanVector input = new(Width(node)), hidden = new(node is RecurrentNode recurrent ? recurrent.HiddenSize : 0);
        using LatchModel model = LatchModel.Create(definition with { Channels = [] });
        Session session = model.CreateSession();
        var outputs = new float[plan.Outputs.Sum(port => plan.Tensors[port.Tensor].Count)];
        var values = new float[tensor.Count];
        var probe = new HiddenProbe(node.Name, hidden);
        foreach (IReadOnlyList<float[]> sequence in _data.Sequences)
        {
            session.Reset();
            foreach (float[] run in sequence)
            {
                session.Run(run, _model.Steps, outputs, ref probe);
                session.ReadTensor(tensor.Name, values);
                input.Add(values);
            }
        }
        return new MeanShift(_values[Input(node)].Minus(input), node is RecurrentNode ? _hidden[node.Name].Minus(hidden) : []);
    }

    private static string Input(GraphNode node) => node is RecurrentNode recurrent ? recurrent.X : ((DenseNode)node).Input;

    private static int Width(GraphNode node) => node is RecurrentNode recurrent ? recurrent.InputSize : ((DenseNode)node).Weights.Shape[1];

    private static ActivationTensor? InputTensor(Plan plan, string operation) => plan.Operations.FirstOrDefault(candidate => candidate.Name == operation) switch
    {
        DenseOperation dense => plan.Tensors[dense.Input],
        RecurrentOperation recurrent => plan.Tensors[recurrent.Input],
        _ => null,
    };

    /// <summary>Mean of vectors.</summary>
    private sealed class MeanVector(int width)
    {
        private readonly double[] _sums = new double[width];
        private long _count;

        public void Add(ReadOnlySpan<float> vectors)
        {
            for (int i = 0; i < vectors.Length; i++)
                _sums[i % width] += vectors[i];
            _count += vectors.Length / Math.Max(1, width);
        }

        public void Add(double value, int at)
        {
            _sums[at] += value;
            _count += at == 0 ? 1 : 0;
        }

        public double[] Minus(MeanVector other) => [.. _sums.Select((sum, i) => sum / Math.Max(1, _count) - other._sums[i] / Math.Max(1, other._count))];
    }

    /// <summary>Takes in the state's codes after each step of one layer.</summary>
    private readonly struct HiddenProbe(string layer, MeanVector mean) : IGateProbe
    {
        public void OnStep(in GateFrame frame)
        {
            if (frame.Definition.Name != layer)
                return;
            Quantization codes = frame.Definition.Hidden;
            for (int unit = 0; unit < frame.HiddenCodes.Count; unit++)
                mean.Add((frame.HiddenCodes[unit] - codes.ZeroPoint) * codes.Scale, unit);
        }
    }
}
