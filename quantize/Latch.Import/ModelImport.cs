using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Operators;
using Latch.Import.Passes;
using Latch.Import.Passes.States;

namespace Latch.Import;

/// <summary>The import of one model: what the file holds is read once, then lowered under one or several choices of shapes.</summary>
internal sealed partial class ModelImport
{
    /// <summary>A number of steps that no batch has, to tell the axes apart.</summary>
    private const int ProbeSteps = 5;

    private readonly ModelProto _proto;
    private readonly string _source;
    private readonly int _opset;
    private readonly IReadOnlyList<NodeProto> _nodes;
    private readonly HashSet<string> _outputs;
    private readonly HashSet<string> _read;
    private readonly List<GraphValue> _initializers;
    private readonly InputDimensions _dimensions;
    private readonly bool _isRecurrent;
    private readonly ExternalFiles? _files;
    private readonly IReadOnlyList<string> _cuts;
    private readonly KnownInputs _known;
    private BatchRule _batch = new();
    private bool _lengthsAreSteps;
    private IEnumerator<BatchRule>? _rules;

    /// <param name="proto">The model.</param>
    /// <param name="source">What messages call the file.</param>
    /// <param name="files">Where tensors find data that lie in other files; null when there are none.</param>
    /// <param name="options">Choices.</param>
    public ModelImport(ModelProto proto, string source, ExternalFiles? files, ImportOptions options)
    {
        _proto = proto;
        _source = source;
        _files = files;
        _opset = OnnxReader.Opset(proto, source);
        if (proto.Graph.SparseInitializer.Count > 0)
            throw new ImportException(ImportErrorCode.UnsupportedForm, source, "sparse initializers are not supported; store dense tensors");
        _cuts = RandomHeads.Cut(proto.Graph, source);
        _nodes = GraphOrder.Of(proto.Graph, source);
        RefuseUnsupported();
        _isRecurrent = SubgraphNames.AllNodes(_nodes).Any(node => node.OpType is "LSTM" or "GRU" or "RNN" or "DynamicQuantizeLSTM");
        _outputs = [.. proto.Graph.Output.Select(output => output.Name)];
        _read = [.. _nodes.SelectMany(SubgraphNames.Read), .. _outputs];
        _initializers = [.. proto.Graph.Initializer
            .Where(tensor => _read.Contains(tensor.Name))
            .Select(tensor => TensorReader.Read(tensor, tensor.Name, source, files))];
        HashSet<string> constant = [.. _initializers.Select(value => value.Name)];
        _dimensions = new InputDimensions(
            [.. proto.Graph.Input.Where(input => _read.Contains(input.Name) && !constant.Contains(input.Name))], source);
        _known = new KnownInputs(proto.Graph, _dimensions.Inputs, options.Inputs, source);
    }

    public FloatModel Run(ImportOptions options, string sha256, IReadOnlyList<string> notes)
    {
        GraphBuilder builder;
        int steps;
        try
        {
            (builder, steps) = ResolveAnyhow(options.Steps);
        }
        catch (ImportException) when (options is { ReplaceSteps: true, Steps: not null })
        {
            if (OwnSteps() is not int own)
                throw;
            return Reopened(own, options, sha256, notes);
        }
        builder.IsForSingleSteps = builder.StepsAreFixed && steps == 1;
        builder.GiveFloats(_outputs);
        builder.Notes.InsertRange(0, [.. notes, .. _cuts, .. _known.Notes, .. AssumptionNotes(steps)]);
        PassGraph graph = new(
            builder, [.. _dimensions.Inputs.Select(input => input.Name).Where(name => Known(name, steps) is null)], [.. _proto.Graph.Output.Select(output => output.Name)]);
        GraphPasses.Apply(graph, options.States);
        if (graph.States.Count + graph.LayerStates.Count > 0)
            steps = StepsOfStates(graph, steps);
        if (steps > 1 && IsOneStep(graph, steps))
            steps = FreshLayers.MarkAll(graph, steps);
        else if (builder.StepsAreFixed && options.Steps is int wanted && wanted != steps)
            return options.ReplaceSteps ? Reopened(steps, options, sha256, notes) : throw FixedTo(steps, wanted);
        Dictionary<string, FloatTensor> constants = Constants(graph);
        HashSet<string> carried = [.. graph.States.SelectMany(pair => new[] { pair.Input, pair.Output })];
        IEnumerable<string> named = graph.Inputs.Concat(constants.Keys).Concat(graph.Nodes.SelectMany(node => node.Outputs));
        return new FloatModel(graph.Nodes, named.Distinct().ToDictionary(name => name, graph.Shape))
        {
            Name = _proto.Graph.Name.Length > 0 ? _proto.Graph.Name : Path.GetFileNameWithoutExtension(_source),
            Steps = steps,
            Inputs = [.. graph.Inputs.Where(name => !carried.Contains(name)).Select(name => new ValueInfo(name, graph.Shape(name)))],
            Outputs = [.. graph.Outputs.Where(name => !carried.Contains(name)).Select(name => new ValueInfo(name, graph.Shape(name)))],
            States = graph.States,
            LayerStates = graph.LayerStates,
            KnownInputs = _dimensions.Inputs.Where(input => Known(input.Name, steps) is not null).ToDictionary(input => input.Name, input => Known(input.Name, steps)!.Value),
            Notes = graph.Notes,
            Constants = constants,
            SourceSha256 = sha256,
            Opset = _opset,
            Producer = Made(_proto),
            FloatBytes = FloatBytes(),
        };
    }

    // tf2onnx writes "None" for a revision that it does not know.
    private static string Made(ModelProto proto) => $"{proto.ProducerName} {(proto.ProducerVersion.EndsWith(" None", StringComparison.Ordinal) ? proto.ProducerVersion[..^" None".Length] : proto.ProducerVersion)}".Trim();

    /// <summary>Whether the inputs of a model without states do not follow the steps of its layers.</summary>
    private static bool IsOneStep(PassGraph graph, int steps) => graph.States.Count + graph.LayerStates.Count == 0
        && graph.Inputs.Any(name => TensorShape.Count(graph.Shape(name)) % steps != 0)
        && graph.Inputs.All(name => !graph.Shape(name).Contains(steps));

    /// <summary>
    /// The steps of a model that hands states on: those of the layers that do, where no layer has the number that the axes say; 1 where no input has an axis of
    /// that number, so that they are made of one frame.
    /// </summary>
    private static int StepsOfStates(PassGraph graph, int steps)
    {
        int[] own = [.. graph.Nodes.OfType<RecurrentNode>().Where(node => !node.StartsAnew).Select(node => node.Steps)];
        int taken = own.Length == 0 || own.Contains(steps) ? steps : own.Max();
        return graph.Inputs.Any(name => graph.Shape(name).Contains(taken)) ? taken : 1;
    }

    /// <summary>Finds which open dimension is which, and lowers the graph with the number of steps wanted.</summary>
    private (GraphBuilder Builder, int Steps) Resolve(int? requested)
    {
        int steps = requested ?? 1;
        int[] probes = steps > 1 ? [steps] : [ProbeSteps, steps];
        ImportException? refusal = null;
        GraphBuilder? frames = null;
        ImportException? fixedTo = null;
        foreach (int probe in probes)
        {
            foreach (bool[] candidate in _dimensions.Candidates(_isRecurrent))
            {
                try
                {
                    GraphBuilder builder = Lower(candidate, probe);
                    if (!SeesSteps(candidate, builder, probe))
                    {
                        frames ??= requested is null ? null : builder;
                        continue;
                    }
                    builder.StepsAreFixed = !candidate.Contains(true);
                    if (!builder.StepsAreFixed)
                        return (steps == probe ? builder : Lower(candidate, steps), steps);
                    int own = FixedSteps(builder);
                    if (requested is null or 1 || requested == own)
                        return (builder, own); // One step may also be one frame: Run checks it.
                    fixedTo ??= FixedTo(own, requested.Value);
                }
                catch (ImportException mismatch) when (DependsOnShapes(mismatch))
                {
                    refusal ??= mismatch;
                }
            }
        }
        if (frames is not null)
            return (frames, FixedSteps(frames));
        throw fixedTo ?? Advised(refusal, requested) ?? new ImportException(
            ImportErrorCode.UnresolvedShape, _source, "no open dimension of the inputs is the sequence axis; export the model with fixed dimensions");
    }

    // Without a number of steps, what the file leaves open was tried with small ones: a network that needs more says so in its own terms only.
    private ImportException? Advised(ImportException? refusal, int? requested) => refusal is null || requested is not null || !_dimensions.AnyOpen ? refusal : new ImportException(
        refusal.Code,
        _source,
        $"{refusal.Detail}; the file leaves an axis of its inputs open, which was tried with lengths {ProbeSteps} and 1: give the length that the model was made for (--steps)",
        refusal.Node,
        refusal.OperatorName,
        refusal.Attribute,
        refusal);

    /// <summary>Whether the sequence axis of a choice is that of a recurrent node.</summary>
    private bool SeesSteps(bool[] candidate, GraphBuilder builder, int probe) =>
        !_isRecurrent || !candidate.Contains(true) || Recurrent(builder).Any(node => node.Steps == probe);

    private GraphBuilder Lower(bool[] isSequence, int steps)
    {
        GraphBuilder builder = new(_source, _outputs, _files) { Batch = _batch };
        foreach (GraphValue initializer in _initializers)
            builder.Define(initializer.Name, initializer);
        foreach (ValueInfoProto input in _dimensions.Inputs)
            builder.Define(input.Name, InputValue(input, isSequence, steps));
        foreach (NodeProto node in _nodes)
            OperatorTable.Lower(new OperatorCall(node, _opset, builder, _read));
        return builder;
    }

    private GraphValue InputValue(ValueInfoProto input, bool[] isSequence, int steps)
    {
        int[] shape = _dimensions.Shape(input, isSequence, steps, _batch);
        if (Known(input.Name, steps) is long number && TensorShape.IsAllowed(shape))
            return new GraphValue(input.Name, shape, Integer: new IntegerTensor(shape, [.. Enumerable.Repeat(number, TensorShape.Count(shape))]));
        return TensorShape.IsAllowed(shape)
            ? new GraphValue(input.Name, shape, Computed: InputDimensions.Kind(input))
            : throw new ImportException(
                ImportErrorCode.UnresolvedShape, _source, $"the input '{input.Name}' of shape {TensorShape.Text(shape)} is too large");
    }

    private int FixedSteps(GraphBuilder builder)
    {
        int[] own = [.. Recurrent(builder).Select(node => node.Steps)];
        if (own.Length > 0)
            return own.Max();
        return _dimensions.Inputs
            .Select(input => builder.Find(input.Name)!.Shape)
            .Where(shape => shape.Length > 2)
            .Select(shape => shape[1])
            .FirstOrDefault(1);
    }

    private Dictionary<string, FloatTensor> Constants(PassGraph graph)
    {
        Dictionary<string, FloatTensor> constants = [];
        foreach (string name in graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Outputs))
        {
            if (graph.Constant(name) is { } tensor && constants.TryAdd(name, tensor) && tensor.Data.Contains(float.NegativeInfinity))
            {
                constants[name] = new FloatTensor(tensor.Shape, [.. tensor.Data.Select(MaskValue.Finite)]);
                graph.Notes.Add(MaskValue.Note(name));
            }
        }
        foreach ((string name, FloatTensor tensor) in constants)
            CheckFinite(tensor, $"the constant '{name}'");
        foreach (GraphNode node in graph.Nodes)
        {
            foreach (FloatTensor tensor in Weights(node))
                CheckFinite(tensor, $"a weight of node '{node.Name}'");
        }
        return constants;
    }

    private static IEnumerable<FloatTensor> Weights(GraphNode node) => node switch
    {
        DenseNode { Bias: { } bias } dense => [dense.Weights, bias],
        DenseNode dense => [dense.Weights],
        AffineNode affine => [affine.Scale, affine.Shift],
        _ => [],
    };

    private void CheckFinite(FloatTensor tensor, string what)
    {
        if (!tensor.Data.All(float.IsFinite))
            throw new ImportException(ImportErrorCode.NotFinite, _source, $"{what} holds numbers that are not finite; export the model again");
    }

    private void RefuseUnsupported()
    {
        NodeProto[] refused = [.. _nodes.Where(node => !OperatorTable.Supports(node))];
        if (refused.Length == 0)
            return;
        IEnumerable<string> names = refused.Select(OperatorTable.NameOf).Distinct().Order(StringComparer.Ordinal);
        throw new ImportException(
            ImportErrorCode.UnsupportedOperator,
            _source,
            $"unsupported: {string.Join(", ", names)}. Supported operators: {string.Join(", ", OperatorTable.Names)}",
            refused[0].Name,
            OperatorTable.NameOf(refused[0]));
    }

    /// <summary>Bytes of float tensors in the file that live nodes or outputs refer to.</summary>
    private long FloatBytes()
    {
        long stored = _initializers.Sum(value => (long)(value.Float?.Count ?? 0));
        long written = SubgraphNames.AllNodes(_nodes)
            .Where(node => node.OpType == "Constant")
            .SelectMany(node => node.Attribute)
            .Where(attribute => attribute.T is { } tensor && TensorReader.IsFloat(tensor))
            .Sum(attribute => attribute.T.Dims.Aggregate(1L, (product, length) => product * length));
        return sizeof(float) * (stored + written);
    }

    private static IEnumerable<RecurrentNode> Recurrent(GraphBuilder builder) => builder.Nodes.OfType<RecurrentNode>();

    private static bool DependsOnShapes(ImportException refusal) =>
        refusal.Code is ImportErrorCode.ShapeMismatch or ImportErrorCode.UnresolvedShape or ImportErrorCode.UnsupportedForm;
}
