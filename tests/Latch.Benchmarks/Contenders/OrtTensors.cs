using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Latch.Benchmarks.Contenders;

/// <summary>ONNX Runtime on one thread, and tensors in memory of its own, which is aligned as it likes.</summary>
internal static class OrtTensors
{
    /// <summary>Opens a model for one thread with every graph optimisation.</summary>
    public static InferenceSession Open(byte[] model)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        return new InferenceSession(model, options);
    }

    /// <summary>A tensor of zeros.</summary>
    public static OrtValue Zeros(params long[] shape)
    {
        OrtValue tensor = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, shape);
        tensor.GetTensorMutableDataAsSpan<float>().Clear();
        return tensor;
    }

    /// <summary>A tensor that holds the values.</summary>
    public static OrtValue Of(ReadOnlySpan<float> values, params long[] shape)
    {
        OrtValue tensor = Zeros(shape);
        values.CopyTo(tensor.GetTensorMutableDataAsSpan<float>());
        return tensor;
    }
}
