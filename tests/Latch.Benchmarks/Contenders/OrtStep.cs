using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Microsoft.ML.OnnxRuntime;

namespace Latch.Benchmarks.Contenders;

/// <summary>
/// A streaming layer under ONNX Runtime. Two sets of state tensors change places: what one step writes, the next one reads, so that no step copies or
/// allocates a tensor. Each sample of the series has a tensor of its own.
/// </summary>
internal sealed class OrtStep : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _samples;
    private readonly OrtValue[][] _states;
    private readonly OrtValue[][] _inputs;
    private readonly OrtIoBinding[] _bindings;
    private readonly int _width;
    private int _next;

    /// <summary>Prepares a model of <see cref="OnnxModels.Step"/> or <see cref="OnnxModels.QuantizedStep"/>.</summary>
    /// <param name="model">The file.</param>
    /// <param name="size">Its width.</param>
    /// <param name="samples">An even number of samples, which are taken in turn.</param>
    public OrtStep(byte[] model, LayerSize size, float[] samples)
    {
        _session = OrtTensors.Open(model);
        _width = size.Inputs;
        _inputNames = ["x", .. _session.InputNames.Where(static name => name != "x")];
        _outputNames = [.. _session.OutputNames];
        _samples = [.. samples.Chunk(size.Inputs).Select(sample => OrtTensors.Of(sample, 1, 1, size.Inputs))];
        _states = [States(size), States(size)];
        _inputs = [.. _samples.Select((sample, i) => (OrtValue[])[sample, .. _states[i & 1]])];
        _bindings = [.. _inputs.Select(Bind)];
    }

    /// <summary>Steps by the ways there are to call ONNX Runtime without an allocated result.</summary>
    public IEnumerable<Contender> Contenders(string group, string variant) =>
    [
        new(group, $"{variant}I/O binding", 1, RunBindings),
        new(group, $"{variant}OrtValues", 1, RunValues),
    ];

    /// <summary>Steps through other samples, from a state of zeros, and yields each hidden state.</summary>
    public float[] Follow(float[] samples)
    {
        foreach (OrtValue state in _states[0])
            state.GetTensorMutableDataAsSpan<float>().Clear();
        _next = 0;
        List<float> results = [];
        foreach (float[] sample in samples.Chunk(_width))
        {
            sample.CopyTo(_samples[_next].GetTensorMutableDataAsSpan<float>());
            OrtValue hidden = _states[(_next & 1) ^ 1][0];
            RunBindings(1);
            results.AddRange(hidden.GetTensorDataAsSpan<float>());
        }
        return [.. results];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OrtIoBinding binding in _bindings)
            binding.Dispose();
        foreach (OrtValue tensor in _samples.Concat(_states.SelectMany(static states => states)))
            tensor.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private OrtValue[] States(LayerSize size) => [.. _outputNames.Select(_ => OrtTensors.Zeros(1, 1, size.Hidden))];

    private OrtIoBinding Bind(OrtValue[] inputs, int sample)
    {
        OrtIoBinding binding = _session.CreateIoBinding();
        for (int i = 0; i < inputs.Length; i++)
            binding.BindInput(_inputNames[i], inputs[i]);
        for (int i = 0; i < _outputNames.Length; i++)
            binding.BindOutput(_outputNames[i], _states[(sample & 1) ^ 1][i]);
        return binding;
    }

    private void RunBindings(int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            _session.RunWithBinding(_run, _bindings[_next]);
            Advance();
        }
    }

    private void RunValues(int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            _session.Run(_run, _inputNames, _inputs[_next], _outputNames, _states[(_next & 1) ^ 1]);
            Advance();
        }
    }

    private void Advance() => _next = _next + 1 == _bindings.Length ? 0 : _next + 1;
}
