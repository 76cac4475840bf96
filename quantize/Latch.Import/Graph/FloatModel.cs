namespace Latch.Import.Graph;

/// <summary>A named value and its static shape.</summary>
/// <param name="Name">The value's name in the graph.</param>
/// <param name="Shape">The length of each axis; empty for a scalar.</param>
public sealed record ValueInfo(string Name, int[] Shape);

/// <summary>A state that is an input and an output of the graph: what the output is in one step, the input is in the next.</summary>
/// <param name="Input">Name of the input.</param>
/// <param name="Output">Name of the output: of the same shape, or one that holds several states one after the other.</param>
/// <param name="Offset">The first element of the output, row-major, that belongs to this state.</param>
public sealed record StatePair(string Input, string Output, int Offset = 0);

/// <summary>
/// A trained model in floating point: an immutable graph of named nodes over tensors of static shape, for a batch of one
/// and a fixed number of steps. Every value is single precision, row-major.
/// </summary>
/// <remarks>
/// Values keep the names of the source file. The same model imported with another number of steps has the same nodes and
/// value names; only the shapes differ. Values that the importer adds are named after the node they belong to.
/// </remarks>
public sealed class FloatModel
{
    private readonly IReadOnlyDictionary<string, int[]> _shapes;

    /// <summary>Creates a model from its parts; the collections are kept, not copied.</summary>
    /// <param name="nodes">The nodes, each after the nodes that feed it.</param>
    /// <param name="shapes">The shape of every input, constant and node output.</param>
    public FloatModel(IReadOnlyList<GraphNode> nodes, IReadOnlyDictionary<string, int[]> shapes)
    {
        Nodes = nodes;
        _shapes = shapes;
    }

    /// <summary>The graph's name in the source file, or the file's name when the graph has none.</summary>
    public required string Name { get; init; }

    /// <summary>The length of the sequence axis; 1 for streaming.</summary>
    public required int Steps { get; init; }

    /// <summary>What a run needs, in the source's order. Inputs that carry a state (<see cref="States"/>) are not among them.</summary>
    public required IReadOnlyList<ValueInfo> Inputs { get; init; }

    /// <summary>What a run yields, in the source's order. Outputs that carry a state are not among them.</summary>
    public required IReadOnlyList<ValueInfo> Outputs { get; init; }

    /// <summary>Inputs that carry on what an output was in the step before, zero at first; the caller does not give them.</summary>
    public IReadOnlyList<StatePair> States { get; init; } = [];

    /// <summary>
    /// States that are inputs and outputs of the source only: in the model the recurrent layers carry them themselves, from zero. Who runs the source has to hand
    /// them on.
    /// </summary>
    public IReadOnlyList<StatePair> LayerStates { get; init; } = [];

    /// <summary>Inputs of the source file that are none of the model, because they always hold one number: that number in every element.</summary>
    public IReadOnlyDictionary<string, long> KnownInputs { get; init; } = new Dictionary<string, long>();

    /// <summary>What was done to the source's graph that a user should know: heads cut off, loops turned back into cells.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The nodes in topological order.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>Constants that nodes or outputs refer to by name. Weights inside node records are not listed here.</summary>
    public required IReadOnlyDictionary<string, FloatTensor> Constants { get; init; }

    /// <summary>SHA-256 of the source file, lower-case hexadecimal; empty when the model did not come from a file.</summary>
    public string SourceSha256 { get; init; } = "";

    /// <summary>The version of the ONNX operator set; 0 when the model did not come from a file.</summary>
    public int Opset { get; init; }

    /// <summary>The program that wrote the source file, as the file says; may be empty.</summary>
    public string Producer { get; init; } = "";

    /// <summary>Bytes of the floating-point weights stored in the source that the outputs depend on (4 per number).</summary>
    public long FloatBytes { get; init; }

    /// <summary>Whether a value leaves the graph: an output, or what a state is in the next step.</summary>
    /// <param name="valueName">The value's name.</param>
    public bool Leaves(string valueName) => Outputs.Any(output => output.Name == valueName) || States.Any(pair => pair.Output == valueName);

    /// <summary>The shape of a value.</summary>
    /// <param name="valueName">An input, a constant, or an output of a node.</param>
    /// <exception cref="KeyNotFoundException">The graph has no such value.</exception>
    public int[] Shape(string valueName) => _shapes.TryGetValue(valueName, out int[]? shape)
        ? shape
        : throw new KeyNotFoundException($"the model '{Name}' has no value '{valueName}'");

    /// <summary>The number of elements of a value.</summary>
    /// <param name="valueName">An input, a constant, or an output of a node.</param>
    /// <exception cref="KeyNotFoundException">The graph has no such value.</exception>
    public int Count(string valueName) => TensorShape.Count(Shape(valueName));
}
