using Latch.Import.Graph;
using Microsoft.ML.OnnxRuntime;

namespace Latch.Cli.Models;

/// <summary>A model run by ONNX Runtime in floating point: the truth that integer results are compared with.</summary>
internal sealed class OnnxRuntimeModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly FloatModel _shapes;

    /// <param name="path">The ONNX file.</param>
    /// <param name="shapes">The same file imported with the number of steps of a run: gives every input its shape.</param>
    /// <exception cref="CommandException">ONNX Runtime does not take the file.</exception>
    public OnnxRuntimeModel(string path, FloatModel shapes)
    {
        _shapes = shapes;
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            _session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw CommandException.BadInput($"{path}: ONNX Runtime refuses the model: {exception.Message}");
        }
    }

    /// <summary>Runs the model once.</summary>
    /// <param name="input">All inputs one after the other, each row-major.</param>
    /// <returns>All outputs one after the other, each row-major.</returns>
    public float[] Run(float[] input)
    {
        Dictionary<string, OrtValue> inputs = [];
        List<float> result = [];
        try
        {
            int start = 0;
            foreach (ValueInfo info in _shapes.Inputs)
            {
                int count = TensorShape.Count(info.Shape);
                inputs[info.Name] = OrtValue.CreateTensorValueFromMemory(input[start..(start + count)], [.. info.Shape.Select(dimension => (long)dimension)]);
                start += count;
            }

            using RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, inputs, [.. _shapes.Outputs.Select(output => output.Name)]);
            foreach (OrtValue output in outputs)
                result.AddRange(output.GetTensorDataAsSpan<float>());
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
                value.Dispose();
        }

        return [.. result];
    }

    public void Dispose() => _session.Dispose();
}
