using Google.Protobuf;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Latch.Accuracy.Streams;

/// <summary>
/// The float side of a model with states: the source file under ONNX Runtime, graph optimisations off, one row at a time; every state is handed on from an
/// output to its input. An output of the model that is an inner value of the file is added to the file's outputs.
/// </summary>
public sealed class StreamFloatRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly FloatModel _model;
    private readonly (StatePair Pair, long[] Shape)[] _states;
    private readonly float[][] _held;
    private readonly IReadOnlyList<ConstantInput> _others;

    /// <summary>Opens a model.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="model">As it was imported: names inputs, outputs and states.</param>
    /// <param name="others">Inputs that only the file has.</param>
    public StreamFloatRunner(string path, FloatModel model, IReadOnlyList<ConstantInput> others)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach (ValueInfo output in model.Outputs.Where(output => proto.Graph.Output.All(other => other.Name != output.Name)))
            proto.Graph.Output.Add(new ValueInfoProto { Name = output.Name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } } });
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(proto.ToByteArray(), options);
        _model = model;
        _others = others;
        _states = [.. model.States.Concat(model.LayerStates).Select(pair => (pair, Shape(pair.Input)))];
        _held = [.. _states.Select(state => new float[state.Shape.Aggregate(1L, static (a, b) => a * b)])];
    }

    /// <summary>The outputs for one row, one after the other; the states move on.</summary>
    public float[] Step(float[] row)
    {
        var inputs = new Dictionary<string, OrtValue>();
        int at = 0;
        foreach (ValueInfo input in _model.Inputs)
        {
            int count = input.Shape.Aggregate(1, static (a, b) => a * b);
            inputs[input.Name] = OrtValue.CreateTensorValueFromMemory(row[at..(at += count)], [.. input.Shape.Select(static size => (long)size)]);
        }
        for (int state = 0; state < _states.Length; state++)
            inputs[_states[state].Pair.Input] = OrtValue.CreateTensorValueFromMemory(_held[state], _states[state].Shape);
        foreach (ConstantInput other in _others)
            inputs[other.Name] = Constant(other);
        string[] names = [.. _model.Outputs.Select(static output => output.Name), .. _states.Select(static state => state.Pair.Output)];
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, inputs, names);
        for (int state = 0; state < _states.Length; state++)
            _held[state] = outputs[_model.Outputs.Count + state].GetTensorDataAsSpan<float>().Slice(_states[state].Pair.Offset, _held[state].Length).ToArray();
        foreach (OrtValue input in inputs.Values)
            input.Dispose();
        return [.. outputs.Take(_model.Outputs.Count).SelectMany(static output => output.GetTensorDataAsSpan<float>().ToArray())];
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    // What the file leaves open is one.
    private long[] Shape(string input) => [.. _session.InputMetadata[input].Dimensions.Select(static size => (long)Math.Max(1, size))];

    private static OrtValue Constant(ConstantInput input)
    {
        int count = (int)input.Shape.Aggregate(1L, static (a, b) => a * b);
        return input.IsInteger
            ? OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat((long)input.Value, count).ToArray(), input.Shape)
            : OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(input.Value, count).ToArray(), input.Shape);
    }
}
