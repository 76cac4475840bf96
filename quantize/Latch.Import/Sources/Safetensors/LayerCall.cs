namespace Latch.Import.Sources.Safetensors;

/// <summary>One layer to be written: its members, what comes in, where it goes.</summary>
internal sealed class LayerCall(DescriptionObject members, string type, string? defaultFormat, GraphWriter graph, WeightStore store, Flow input)
{
    private bool _hasFormat;

    public DescriptionObject Members => members;

    public string Type => type;

    public GraphWriter Graph => graph;

    public Flow Input => input;

    /// <summary>What the layer is called in the graph; set by <see cref="ReadName"/> or <see cref="ReadTensors"/>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>How its tensors are named and laid out; set by <see cref="ReadTensors"/>.</summary>
    public string Format { get; private set; } = "";

    public bool IsKeras => Format == "keras";

    /// <summary>Reads the layer's name, if it has one.</summary>
    public void ReadName(string prefix = "")
    {
        string name = members.TextOrNull("name") ?? prefix.TrimEnd('.', '/');
        Name = graph.UniqueLayer(name.Length > 0 ? name : type);
    }

    /// <summary>Reads format, prefix, names of tensors, and the layer's name.</summary>
    public LayerTensors ReadTensors()
    {
        string? format = members.ChoiceOrNull("format", LayerDescription.Formats) ?? defaultFormat;
        _hasFormat = format is not null;
        Format = format ?? LayerDescription.Formats[0];
        string prefix = members.TextOrNull("prefix") ?? "";
        LayerTensors tensors = new(members, store, prefix, members.Texts("tensors"));
        ReadName(prefix);
        return tensors;
    }

    /// <summary>Says that all members of a layer with weights are read.</summary>
    public void Close()
    {
        members.Close();
        if (!_hasFormat)
            throw members.Fail("format", $"is missing, here and for the whole model; it is one of {string.Join(", ", LayerDescription.Formats)}");
    }

    /// <summary>A flow of features.</summary>
    /// <exception cref="ImportException">Indices come in.</exception>
    public Flow Features() => input.Kind != FlowKind.Indices
        ? input
        : throw members.Fail("type", $"a layer of this type takes features, but indices of an embedding come in; only 'embedding' can follow", ImportErrorCode.ShapeMismatch);

    /// <summary>A flow of steps with features.</summary>
    /// <exception cref="ImportException">Something else comes in.</exception>
    public Flow Sequence() => Features().Kind == FlowKind.Sequence
        ? input
        : throw members.Fail("type", "a layer of this type takes steps, but what comes in has none: the input has none, or a layer before chose one step", ImportErrorCode.ShapeMismatch);

    /// <summary>Adds a node that is called after the layer.</summary>
    public string Node(string operatorName, string part, string[] inputs, (string Name, object Value)[]? attributes = null, int output = 0) =>
        graph.Node(operatorName, $"{Name}/{part}", inputs, attributes, output);

    /// <summary>Adds weights that are called after the layer.</summary>
    public string Floats(string part, int[] shape, float[] data) => graph.Floats($"{Name}/{part}", shape, data);
}
