using Latch.Import.Graph;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Latch.Import.Tests.Support;

/// <summary>ONNX Runtime on one thread with graph optimisations off.</summary>
internal sealed class OnnxOracle : IDisposable
{
    private static readonly SessionOptions s_options = new()
    {
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
    };

    private readonly InferenceSession _session;

    public OnnxOracle(byte[] model) => _session = new InferenceSession(model, s_options);

    public static OnnxOracle Load(string path) => new(File.ReadAllBytes(path));

    public Dictionary<string, float[]> Run(IEnumerable<(string Name, int[] Shape, float[] Data)> inputs)
    {
        NamedOnnxValue[] feeds = [.. inputs.Select(i => NamedOnnxValue.CreateFromTensor(i.Name, new DenseTensor<float>(i.Data, i.Shape)))];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(feeds);
        return results.ToDictionary(r => r.Name, r => r.AsEnumerable<float>().ToArray());
    }

    /// <summary>Zeros for the inputs that a model dropped because no output depends on them.</summary>
    public IEnumerable<(string Name, int[] Shape, float[] Data)> Others(FloatModel model) => _session.InputMetadata.Keys
        .Where(name => model.Inputs.All(input => input.Name != name))
        .Select(name => (name, Shape(name), new float[TensorShape.Count(Shape(name))]));

    /// <summary>The shape of an input, open dimensions 1.</summary>
    public int[] Shape(string input) => [.. _session.InputMetadata[input].Dimensions.Select(length => Math.Max(1, length))];

    public void Dispose() => _session.Dispose();
}
