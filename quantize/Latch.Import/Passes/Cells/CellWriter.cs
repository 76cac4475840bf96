using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>Puts recurrent nodes of one step in the place of the nodes that cells were written out in.</summary>
internal sealed class CellWriter
{
    private readonly PassGraph _graph;
    private readonly List<GraphNode> _replaced = [], _added = [];

    private CellWriter(PassGraph graph) => _graph = graph;

    /// <summary>Writes the nodes; the values of the new states are what they were, under the names they had.</summary>
    /// <returns>The names of the hidden states that the nodes write, by the new hidden states of the cells.</returns>
    public static IReadOnlyDictionary<string, string> Write(PassGraph graph, IEnumerable<FoundCell> cells)
    {
        CellWriter writer = new(graph);
        Dictionary<string, string> finals = cells.ToDictionary(cell => cell.Parts.NewHidden, writer.Write);
        graph.Exchange(writer._replaced, [.. writer._added]);
        graph.DropDead();
        return finals;
    }

    private string Write(FoundCell found)
    {
        CellParts cell = found.Parts;
        GraphNode hidden = _graph.Producer(cell.NewHidden)!;
        _graph.ReleaseNodeName(hidden.Name);
        string name = _graph.UniqueNodeName(Name(hidden.Name));
        _replaced.Add(hidden);
        RecurrentNode node = Node(cell, found.Weights, name, _added);
        _added.Add(node);
        _added.Add(new ReshapeNode(_graph.UniqueNodeName($"{name}/h"), node.FinalH!, cell.NewHidden));
        if (cell.NewCell is { } newCell)
        {
            _replaced.Add(_graph.Producer(newCell)!);
            _added.Add(new ReshapeNode(_graph.UniqueNodeName($"{name}/c"), node.FinalC!, newCell));
        }
        _graph.WrittenOut.Add(name);
        return node.FinalH!;
    }

    private RecurrentNode Node(CellParts cell, CellWeights weights, string name, List<GraphNode> added)
    {
        IReadOnlyList<Elements> inputs = cell.Inputs;
        bool isLstm = cell.Kind == CellKind.Lstm;
        int units = cell.Gates[0].Count;
        return new RecurrentNode(name)
        {
            Cell = cell.Kind,
            Steps = 1,
            InputSize = inputs.Sum(input => input.Count),
            HiddenSize = units,
            X = Row(inputs, $"{name}/X", added),
            InitialH = Initial(cell.Hidden, $"{name}/initial_h", added),
            InitialC = cell.Cell is null ? null : Initial(cell.Cell, $"{name}/initial_c", added),
            FinalH = _graph.Define($"{name}/Y_h", [units]),
            FinalC = isLstm ? _graph.Define($"{name}/Y_c", [units]) : null,
            InputWeights = weights.Input,
            RecurrentWeights = weights.Recurrent,
            InputBias = weights.InputBias,
            RecurrentBias = weights.RecurrentBias,
            Peepholes = weights.Peepholes,
            Activations = cell.Activations,
            LinearBeforeReset = cell.LinearBeforeReset,
        };
    }

    /// <summary>The path that a node's name lies in, or the name when it has none.</summary>
    private static string Name(string node) => node.LastIndexOf('/') is > 0 and int slash ? node[..slash] : node;

    /// <summary>Vectors after one another as [1,I].</summary>
    private string Row(IReadOnlyList<Elements> parts, string name, List<GraphNode> added)
    {
        if (parts is [{ } only] && only.IsAll(_graph) && _graph.Shape(only.Value) is [1, _])
            return only.Value;
        string[] vectors = [.. parts.Select((part, i) => Vector(part, parts.Count == 1 ? name : $"{name}/{i}", added))];
        string joined = vectors[0];
        if (vectors.Length > 1)
        {
            joined = _graph.Define($"{name}/joined", [parts.Sum(part => part.Count)]);
            added.Add(new ConcatNode(_graph.UniqueNodeName($"{name}/joined"), vectors, joined, 0));
        }
        string row = _graph.Define($"{name}/row", [1, parts.Sum(part => part.Count)]);
        added.Add(new ReshapeNode(_graph.UniqueNodeName($"{name}/row"), joined, row));
        return row;
    }

    private string? Initial(Elements state, string name, List<GraphNode> added) =>
        _graph.ConstantOrStart(state.Value) is { } constant && state.At.All(at => constant.Data[at] == 0) ? null : Vector(state, name, added);

    /// <summary>Elements as a vector.</summary>
    private string Vector(Elements elements, string name, List<GraphNode> added)
    {
        string flat = elements.Value;
        if (_graph.Shape(flat) is not [_])
        {
            flat = _graph.Define(elements.IsAll(_graph) ? name : $"{name}/flat", [_graph.Count(elements.Value)]);
            added.Add(new ReshapeNode(_graph.UniqueNodeName(flat), elements.Value, flat));
        }
        if (elements.IsAll(_graph))
            return flat;
        string picked = _graph.Define(name, [elements.Count]);
        bool run = elements.Count < 2 || elements.At[1] != elements.At[0] && elements.At.Zip(elements.At.Skip(1), (a, b) => b - a).Distinct().Count() == 1;
        added.Add(run
            ? new SliceNode(_graph.UniqueNodeName(name), flat, picked, [elements.At[0]], [elements.Count < 2 ? 1 : elements.At[1] - elements.At[0]])
            : new GatherNode(_graph.UniqueNodeName(name), flat, picked, 0, elements.At));
        return picked;
    }
}
