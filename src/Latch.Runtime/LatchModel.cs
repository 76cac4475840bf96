using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime;

/// <summary>A quantized model ready to run: immutable, safe to share between threads, the parent of any number of sessions.</summary>
public sealed class LatchModel : IDisposable
{
    private bool _disposed;

    private LatchModel(ModelDefinition definition, Kernel kernel)
    {
        Definition = definition;
        Kernel = kernel.Name;
        var weights = new ModelWeights(definition, kernel);
        StepPlan = definition.Step is { } step ? new ExecutionPlan(step, weights, streaming: true) : null;
        WindowPlan = definition.Sequence is { } sequence ? new ExecutionPlan(sequence, weights, streaming: false) : null;
        WeightBytes = weights.Bytes;
        List<LayerInfo> layers = [];
        foreach (RecurrentLayer layer in definition.Layers)
            layers.Add(new LayerInfo(layer.Name, layer.Kind, layer.InputSize, layer.HiddenSize, layer.Reverse, GateOrder.Of(layer.Kind)));
        Layers = layers;
    }

    /// <summary>Names of the kernels this processor can run, fastest first; the last, "scalar", defines the results of all.</summary>
    public static IReadOnlyList<string> AvailableKernels { get; } = [.. KernelCatalog.Available.Select(static kernel => kernel.Name)];

    /// <summary>Everything the model file says: formats, scales, channels, sample rate, provenance.</summary>
    public ModelDefinition Definition { get; }

    /// <summary>Model name.</summary>
    public string Name => Definition.Name;

    /// <summary>Input channels in sample order; empty when the inputs are unnamed.</summary>
    public IReadOnlyList<Channel> Channels => Definition.Channels;

    /// <summary>True when the model takes one sample at a time (<see cref="Session.Step(ReadOnlySpan{float}, Span{float})"/>).</summary>
    public bool CanStep => StepPlan is not null;

    /// <summary>Why the model takes whole windows only; null when <see cref="CanStep"/>.</summary>
    public string? NotStreamableReason => CanStep ? null : Definition.NotStreamable ?? "it has no streaming plan.";

    /// <summary>True when the model has a plan for whole windows of <see cref="Steps"/> steps.</summary>
    public bool CanRunWindow => WindowPlan is not null;

    /// <summary>Steps of a window; 1 for a pure streaming model.</summary>
    public int Steps => WindowPlan?.Definition.Steps ?? 1;

    /// <summary>Values per sample; for a model that cannot step, values of a window / <see cref="Steps"/> of its first input.</summary>
    public int InputSize => StepPlan?.InputSize ?? WindowPlan!.Inputs[0].Count / Steps;

    /// <summary>Values per result of a step; for a model that cannot step, values per window.</summary>
    public int OutputSize => (StepPlan ?? WindowPlan!).OutputSize;

    /// <summary>Values a window takes in; 0 without a window plan.</summary>
    public int WindowInputSize => WindowPlan?.InputSize ?? 0;

    /// <summary>Values a window yields; 0 without a window plan.</summary>
    public int WindowOutputSize => WindowPlan?.OutputSize ?? 0;

    /// <summary>Inputs of a step (of a window for a model that cannot step).</summary>
    public IReadOnlyList<PortInfo> Inputs => (StepPlan ?? WindowPlan!).Inputs;

    /// <summary>Outputs of a step (of a window for a model that cannot step).</summary>
    public IReadOnlyList<PortInfo> Outputs => (StepPlan ?? WindowPlan!).Outputs;

    /// <summary>Inputs of a window; empty without a window plan.</summary>
    public IReadOnlyList<PortInfo> WindowInputs => WindowPlan?.Inputs ?? [];

    /// <summary>Outputs of a window; empty without a window plan.</summary>
    public IReadOnlyList<PortInfo> WindowOutputs => WindowPlan?.Outputs ?? [];

    /// <summary>Recurrent layers in data order.</summary>
    public IReadOnlyList<LayerInfo> Layers { get; }

    /// <summary>Name of the kernel in use.</summary>
    public string Kernel { get; }

    /// <summary>Bytes of packed weights and row constants, shared by all sessions.</summary>
    public long WeightBytes { get; }

    internal ExecutionPlan? StepPlan { get; }

    internal ExecutionPlan? WindowPlan { get; }

    /// <summary>Reads, checks and prepares a .latch file.</summary>
    /// <exception cref="ModelFormatException">The file cannot be read or breaks a rule of the format.</exception>
    /// <exception cref="ArgumentException">The kernel is unknown here.</exception>
    public static LatchModel Load(string path, LatchModelOptions? options = null) =>
        new(ModelReader.Read(path), KernelCatalog.Choose(options?.Kernel));

    /// <summary>Checks a definition and prepares it.</summary>
    /// <exception cref="ModelFormatException">The definition breaks a rule of the format.</exception>
    /// <exception cref="ArgumentException">The kernel is unknown here.</exception>
    public static LatchModel Create(ModelDefinition definition, LatchModelOptions? options = null)
    {
        ModelValidator.Validate(definition);
        return new LatchModel(definition, KernelCatalog.Choose(options?.Kernel));
    }

    /// <summary>Bytes of weights and of a session as a kernel packs them, also one that this processor cannot run: for a board seen from a workstation.</summary>
    /// <param name="kernel">Name of the kernel.</param>
    /// <exception cref="ArgumentException">No kernel has that name.</exception>
    public (long WeightBytes, long SessionBytes) MemoryWith(string kernel)
    {
        using LatchModel packed = new(Definition, KernelCatalog.ForPacking(kernel));
        return (packed.WeightBytes, packed.CreateSession().MemoryBytes);
    }

    /// <summary>Starts a session with its own state and memory.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public Session CreateSession()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Session(this);
    }

    /// <summary>Refuses new sessions; running ones go on.</summary>
    public void Dispose() => _disposed = true;
}
