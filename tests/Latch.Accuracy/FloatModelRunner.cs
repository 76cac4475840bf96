using Microsoft.ML.OnnxRuntime;

namespace Latch.Accuracy;

/// <summary>The float side: the source file under ONNX Runtime, graph optimisations off, one window at a time.</summary>
public sealed class FloatModelRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _input;
    private readonly long[] _shape;

    /// <summary>Opens a model of one input [batch, steps, channels].</summary>
    public FloatModelRunner(string path, int steps, int channels)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(path, options);
        _input = _session.InputNames[0];
        _shape = [1, steps, channels];
    }

    /// <summary>The first output for one window.</summary>
    public float[] Run(float[] window)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(window, _shape);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, [_input], [input], [_session.OutputNames[0]]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
