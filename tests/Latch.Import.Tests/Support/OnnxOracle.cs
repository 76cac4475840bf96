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

    /// <summary>Runs the model; numbers are converted to and from the types that it has for inputs and outputs.</summary>
    public Dictionary<string, float[]> Run(IEnumerable<(string Name, int[] Shape, float[] Data)> inputs)
    {
        NamedOnnxValue[] feeds = [.. inputs.Select(i => Feed(i.Name, i.Shape, i.Data))];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(feeds);
        return results.ToDictionary(r => r.Name, Numbers);
    }

    /// <summary>Zeros for the inputs that a model dropped because no output depends on them.</summary>
    public IEnumerable<(string Name, int[] Shape, float[] Data)> Others(FloatModel model) => _session.InputMetadata.Keys
        .Where(name => model.Inputs.All(input => input.Name != name))
        .Select(name => (name, Shape(name), new float[TensorShape.Count(Shape(name))]));

    /// <summary>The shape of an input, open dimensions 1.</summary>
    public int[] Shape(string input) => [.. _session.InputMetadata[input].Dimensions.Select(length => Math.Max(1, length))];

    private NamedOnnxValue Feed(string name, int[] shape, float[] data) => _session.InputMetadata[name].ElementDataType switch
    {
        TensorElementType.Int64 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(data.Select(x => (long)x).ToArray(), shape)),
        TensorElementType.Int32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<int>(data.Select(x => (int)x).ToArray(), shape)),
        TensorElementType.Bool => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<bool>(data.Select(x => x != 0).ToArray(), shape)),
        TensorElementType.Double => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(data.Select(x => (double)x).ToArray(), shape)),
        TensorElementType.Float16 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<Float16>(data.Select(x => (Float16)x).ToArray(), shape)),
        TensorElementType.UInt8 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(data.Select(x => (byte)x).ToArray(), shape)),
        _ => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(data, shape)),
    };

    private static float[] Numbers(DisposableNamedOnnxValue result) => result.ElementType switch
    {
        TensorElementType.Int64 => [.. result.AsEnumerable<long>().Select(n => (float)n)],
        TensorElementType.Int32 => [.. result.AsEnumerable<int>().Select(n => (float)n)],
        TensorElementType.Bool => [.. result.AsEnumerable<bool>().Select(t => t ? 1f : 0f)],
        TensorElementType.Double => [.. result.AsEnumerable<double>().Select(n => (float)n)],
        TensorElementType.Float16 => [.. result.AsEnumerable<Float16>().Select(n => (float)n)],
        _ => [.. result.AsEnumerable<float>()],
    };

    public void Dispose() => _session.Dispose();
}
