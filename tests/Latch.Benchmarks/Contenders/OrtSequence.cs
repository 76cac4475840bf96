using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Microsoft.ML.OnnxRuntime;

namespace Latch.Benchmarks.Contenders;

/// <summary>A layer under ONNX Runtime that takes a whole sequence in one call.</summary>
internal sealed class OrtSequence : IDisposable
{
    private static readonly string[] s_input = ["x"];
    private static readonly string[] s_output = ["y"];
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;
    private readonly OrtIoBinding _binding;
    private readonly int _steps;

    /// <summary>Prepares a model of <see cref="OnnxModels.Sequence"/> or <see cref="OnnxModels.QuantizedSequence"/>.</summary>
    public OrtSequence(byte[] model, LayerSize size, float[] samples)
    {
        _session = OrtTensors.Open(model);
        _steps = samples.Length / size.Inputs;
        _inputs = [OrtTensors.Of(samples, _steps, 1, size.Inputs)];
        _outputs = [OrtTensors.Zeros(_steps, 1, 1, size.Hidden)];
        _binding = _session.CreateIoBinding();
        _binding.BindInput(s_input[0], _inputs[0]);
        _binding.BindOutput(s_output[0], _outputs[0]);
    }

    /// <summary>Runs by the ways there are to call ONNX Runtime without an allocated result.</summary>
    public IEnumerable<Contender> Contenders(string group, string variant) =>
    [
        new(group, $"{variant}I/O binding", _steps, RunBinding),
        new(group, $"{variant}OrtValues", _steps, RunValues),
    ];

    /// <summary>Runs other samples and yields each hidden state.</summary>
    public float[] Follow(float[] samples)
    {
        samples.CopyTo(_inputs[0].GetTensorMutableDataAsSpan<float>());
        RunBinding(1);
        return _outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _inputs[0].Dispose();
        _outputs[0].Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private void RunBinding(int calls)
    {
        for (int call = 0; call < calls; call++)
            _session.RunWithBinding(_run, _binding);
    }

    private void RunValues(int calls)
    {
        for (int call = 0; call < calls; call++)
            _session.Run(_run, s_input, _inputs, s_output, _outputs);
    }
}
