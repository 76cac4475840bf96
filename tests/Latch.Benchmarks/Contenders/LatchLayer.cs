using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Benchmarks.Contenders;

/// <summary>A streaming layer under Latch.</summary>
internal sealed class LatchStep
{
    private readonly Session _session;
    private readonly int _width;
    private readonly float[] _samples;
    private readonly sbyte[] _codes;
    private readonly float[] _result;
    private readonly short[] _resultCodes;
    private int _next;

    /// <summary>Prepares a streaming model; <see cref="RunCodes"/> needs one whose input has 8 bits.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="kernel">Kernel by name; null for the fastest.</param>
    /// <param name="samples">Samples, which are taken in turn.</param>
    public LatchStep(ModelDefinition definition, string? kernel, float[] samples)
    {
        LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        Kernel = model.Kernel;
        _session = model.CreateSession();
        _width = model.InputSize;
        _samples = samples;
        _codes = LatchModels.Codes(definition, samples);
        _result = new float[model.OutputSize];
        _resultCodes = new short[model.OutputSize];
    }

    /// <summary>Name of the kernel in use.</summary>
    public string Kernel { get; }

    /// <summary>One step after the other, real numbers in and out.</summary>
    public void RunFloat(int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            _session.Step(_samples.AsSpan(_next, _width), _result);
            Advance();
        }
    }

    /// <summary>One step after the other, codes in and out.</summary>
    public void RunCodes(int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            _session.Step(_codes.AsSpan(_next, _width), _resultCodes);
            Advance();
        }
    }

    /// <summary>Steps through other samples from the initial state and yields each result.</summary>
    public float[] Follow(float[] samples)
    {
        _session.Reset();
        List<float> results = [];
        foreach (float[] sample in samples.Chunk(_width))
        {
            _session.Step(sample, _result);
            results.AddRange(_result);
        }
        return [.. results];
    }

    private void Advance() => _next = _next + _width == _samples.Length ? 0 : _next + _width;
}

/// <summary>A layer under Latch that takes a whole sequence in one call.</summary>
internal sealed class LatchSequence
{
    private readonly Session _session;
    private readonly float[] _samples;
    private readonly float[] _results;
    private readonly int _steps;

    /// <summary>Prepares a model with a plan for windows.</summary>
    public LatchSequence(ModelDefinition definition, string? kernel, float[] samples)
    {
        LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        _session = model.CreateSession();
        _steps = model.Steps;
        _samples = samples;
        _results = new float[model.WindowOutputSize];
    }

    /// <summary>The contender.</summary>
    public Contender Contender(string group) => new(group, "", _steps, Run);

    /// <summary>One window after the other.</summary>
    public void Run(int calls)
    {
        for (int call = 0; call < calls; call++)
            _session.Run(_samples, _steps, _results);
    }
}
