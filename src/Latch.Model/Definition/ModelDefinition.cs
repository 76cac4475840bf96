namespace Latch.Model;

/// <summary>How a reading becomes a normalised number before it is quantized.</summary>
public enum ChannelTransform
{
    /// <summary>x.</summary>
    None,

    /// <summary>ln(1 + max(x, 0)), for heavy-tailed rates.</summary>
    Log1p,
}

/// <summary>One input channel: normalised = (transform(reading) - Mean) / Deviation, limited to plus and minus Limit.</summary>
/// <param name="Name">Column name.</param>
/// <param name="Unit">Unit of the reading, possibly empty.</param>
/// <param name="Transform">Applied first.</param>
/// <param name="Mean">Subtracted after the transform.</param>
/// <param name="Deviation">Divides; positive.</param>
/// <param name="Limit">Largest magnitude of a normalised reading, as in training; positive; null for none.</param>
public sealed record Channel(
    string Name, string Unit = "", ChannelTransform Transform = ChannelTransform.None, double Mean = 0, double Deviation = 1, double? Limit = null)
{
    /// <summary>The normalised number of a reading, rounded to float; NaN stays NaN.</summary>
    public float Normalise(float reading)
    {
        double value = Transform == ChannelTransform.Log1p ? double.LogP1(Math.Max(reading, 0)) : reading;
        double limit = Limit ?? double.PositiveInfinity;
        return (float)Math.Clamp((value - Mean) / Deviation, -limit, limit);
    }
}

/// <summary>A named input or output of a plan.</summary>
/// <param name="Name">Name in the source model.</param>
/// <param name="Tensor">Index into <see cref="Plan.Tensors"/>.</param>
public sealed record PlanPort(string Name, int Tensor);

/// <summary>
/// A state that a plan carries from execution to execution, zero at first: what one tensor was after one step, the other is in the next. Nobody gives or takes
/// it. In a plan for windows it is zero in each window.
/// </summary>
/// <param name="Name">Name of the input in the source model.</param>
/// <param name="Input">Index into <see cref="Plan.Tensors"/> of the tensor that operations read.</param>
/// <param name="Output">Index of the tensor that an operation writes, of the same shape and codes.</param>
public sealed record PlanState(string Name, int Input, int Output);

/// <summary>
/// An ordered list of operations for a fixed number of steps. The constants of an operation are shared by all plans; the arena is laid out
/// by the runtime.
/// </summary>
public sealed record Plan
{
    /// <summary>Number of time steps one execution takes in.</summary>
    public required int Steps { get; init; }

    /// <summary>Activation tensors.</summary>
    public required IReadOnlyList<ActivationTensor> Tensors { get; init; }

    /// <summary>Constant operands among the tensors: tensor index to constant name; filled once when a session starts.</summary>
    public required IReadOnlyDictionary<int, string> ConstantTensors { get; init; }

    /// <summary>Inputs, in the order in which a sample holds them.</summary>
    public required IReadOnlyList<PlanPort> Inputs { get; init; }

    /// <summary>Outputs, in the order in which a result holds them.</summary>
    public required IReadOnlyList<PlanPort> Outputs { get; init; }

    /// <summary>Operations in execution order.</summary>
    public required IReadOnlyList<Operation> Operations { get; init; }

    /// <summary>States besides those of the recurrent layers; a file without any leaves the member out.</summary>
    public IReadOnlyList<PlanState> States { get; init; } = [];
}

/// <summary>Where a model came from, and how well it does.</summary>
public sealed record Provenance
{
    /// <summary>Version of the tool that wrote the file.</summary>
    public string ToolVersion { get; init; } = "";

    /// <summary>File name of the source model (no path).</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>SHA-256 of the source model, lower-case hex.</summary>
    public string SourceSha256 { get; init; } = "";

    /// <summary>Bytes of the source model's float weights.</summary>
    public long SourceBytes { get; init; }

    /// <summary>SHA-256 of the calibration data, lower-case hex.</summary>
    public string CalibrationSha256 { get; init; } = "";

    /// <summary>Calibration method, as named on the command line.</summary>
    public string Method { get; init; } = "";

    /// <summary>Measured int8-against-float figures on held-back calibration data: name to value (for example "sqnr_db", "max_abs_error").</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>Why tensors have the widths and weights the values they have: what was tried to reach a wanted accuracy, a line each; null when that was not asked for.</summary>
    public IReadOnlyList<string>? Reasons { get; init; }
}

/// <summary>Everything a .latch file says. Immutable; checked by the model validator before use.</summary>
public sealed record ModelDefinition
{
    /// <summary>Model name.</summary>
    public required string Name { get; init; }

    /// <summary>Input channels in sample order; empty when the inputs are unnamed.</summary>
    public IReadOnlyList<Channel> Channels { get; init; } = [];

    /// <summary>Samples per second, 0 when unknown.</summary>
    public double SampleRateHz { get; init; }

    /// <summary>Recurrent layers in data order.</summary>
    public required IReadOnlyList<RecurrentLayer> Layers { get; init; }

    /// <summary>Plan that takes one sample at a time and carries the state; null when the graph is not causal (<see cref="NotStreamable"/> says why).</summary>
    public Plan? Step { get; init; }

    /// <summary>Plan that takes a whole window; null for a pure streaming model.</summary>
    public Plan? Sequence { get; init; }

    /// <summary>Why there is no <see cref="Step"/> plan: names the node; null when there is one.</summary>
    public string? NotStreamable { get; init; }

    /// <summary>Where the model came from.</summary>
    public Provenance Provenance { get; init; } = new();

    /// <summary>Weights, biases and multipliers by name.</summary>
    public required IReadOnlyDictionary<string, ConstantTensor> Constants { get; init; }
}
