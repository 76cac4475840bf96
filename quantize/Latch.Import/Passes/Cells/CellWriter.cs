using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>Puts a recurrent node of one step in the place of the nodes that a cell was written out in.</summary>
internal sealed class CellWriter(PassGraph graph)
{
    private readonly List<FloatTensor> _weights = [];

    /// <summary>Writes the node; the values of the new states are what they were, under the names they had.</summary>
    public RecurrentNode Write(CellParts cell)
    {
        GraphNode hidden = graph.Producer(cell.NewHidden)!;
        graph.ReleaseNodeName(hidden.Name);
        string name = graph.UniqueNodeName(Name(hidden.Name));
        List<GraphNode> replaced = [hidden], added = [];
        RecurrentNode node = Node(cell, name, added);
        added.Add(node);
        added.Add(new ReshapeNode(graph.UniqueNodeName($"{name}/h"), node.FinalH!, cell.NewHidden));
        if (cell.NewCell is { } newCell)
        {
            replaced.Add(graph.Producer(newCell)!);
            added.Add(new ReshapeNode(graph.UniqueNodeName($"{name}/c"), node.FinalC!, newCell));
        }
        graph.Exchange(replaced, [.. added]);
        graph.WrittenOut.Add(name);
        return node;
    }

    private RecurrentNode Node(CellParts cell, string name, List<GraphNode> added)
    {
        IReadOnlyList<Elements> inputs = cell.Inputs;
        bool isLstm = cell.Kind == CellKind.Lstm;
        int units = cell.Gates[0].Count, rows = cell.Gates.Length * units, columns = inputs.Sum(input => input.Count);
        return new RecurrentNode(name)
        {
            Cell = cell.Kind,
            Steps = 1,
            InputSize = columns,
            HiddenSize = units,
            X = Row(inputs, $"{name}/X", added),
            InitialH = Initial(cell.Hidden, $"{name}/initial_h", added),
            InitialC = cell.Cell is null ? null : Initial(cell.Cell, $"{name}/initial_c", added),
            FinalH = graph.Define($"{name}/Y_h", [units]),
            FinalC = isLstm ? graph.Define($"{name}/Y_c", [units]) : null,
            InputWeights = Kept([rows, columns], InputWeights(cell, inputs)),
            RecurrentWeights = Kept([rows, units], RecurrentWeights(cell)),
            InputBias = Kept([rows], [.. cell.Gates.SelectMany(gate => gate.Bias)]),
            RecurrentBias = Kept([rows], RecurrentBias(cell)),
            Peepholes = isLstm && Peepholes(cell) is { } peepholes ? Kept([3 * units], peepholes) : null,
            Activations = cell.Activations,
            LinearBeforeReset = cell.LinearBeforeReset,
        };
    }

    /// <summary>The path that a node's name lies in, or the name when it has none.</summary>
    private static string Name(string node) => node.LastIndexOf('/') is > 0 and int slash ? node[..slash] : node;

    private static double[] InputWeights(CellParts cell, IReadOnlyList<Elements> inputs)
    {
        int size = inputs.Sum(input => input.Count);
        double[] weights = new double[cell.Gates.Length * cell.Gates[0].Count * size];
        int row = 0;
        foreach (LinearForm gate in cell.Gates)
        {
            double[][] parts = [.. inputs.Select(gate.Matrix)];
            for (int unit = 0; unit < gate.Count; unit++, row++)
            {
                int first = row * size;
                for (int part = 0; part < parts.Length; first += inputs[part].Count, part++)
                    Array.Copy(parts[part], unit * inputs[part].Count, weights, first, inputs[part].Count);
            }
        }
        return weights;
    }

    private static double[] RecurrentWeights(CellParts cell) =>
        [.. cell.Gates.Select((gate, i) => i == 2 && cell.Reset is { } reset ? reset.Matrix(reset.Sources.First()) : gate.Matrix(cell.Hidden)).SelectMany(matrix => matrix)];

    private static double[] RecurrentBias(CellParts cell)
    {
        double[] bias = new double[cell.Gates.Length * cell.Gates[0].Count];
        cell.Reset?.Bias.CopyTo(bias, 2 * cell.Gates[0].Count);
        return bias;
    }

    private static double[]? Peepholes(CellParts cell)
    {
        double[]?[] factors = [.. cell.Gates.Take(3).Select(gate => gate.Scaled.Any() ? gate.Factors(gate.Scaled.First()) : null)];
        return factors.All(gate => gate is null) ? null : [.. factors.SelectMany(gate => gate ?? new double[cell.Gates[0].Count])];
    }

    /// <summary>A tensor that an earlier step has already, or a new one: the steps of a loop share their weights.</summary>
    private FloatTensor Kept(int[] shape, double[] data)
    {
        FloatTensor tensor = new(shape, [.. data.Select(x => (float)x)]);
        if (_weights.FindLast(other => other.Shape.AsSpan().SequenceEqual(shape) && other.Data.AsSpan().SequenceEqual(tensor.Data)) is { } known)
            return known;
        _weights.Add(tensor);
        return tensor;
    }

    /// <summary>Vectors after one another as [1,I].</summary>
    private string Row(IReadOnlyList<Elements> parts, string name, List<GraphNode> added)
    {
        if (parts is [{ } only] && only.IsAll(graph) && graph.Shape(only.Value) is [1, _])
            return only.Value;
        string[] vectors = [.. parts.Select((part, i) => Vector(part, parts.Count == 1 ? name : $"{name}/{i}", added))];
        string joined = vectors[0];
        if (vectors.Length > 1)
        {
            joined = graph.Define($"{name}/joined", [parts.Sum(part => part.Count)]);
            added.Add(new ConcatNode(graph.UniqueNodeName($"{name}/joined"), vectors, joined, 0));
        }
        string row = graph.Define($"{name}/row", [1, parts.Sum(part => part.Count)]);
        added.Add(new ReshapeNode(graph.UniqueNodeName($"{name}/row"), joined, row));
        return row;
    }

    private string? Initial(Elements state, string name, List<GraphNode> added) =>
        graph.Constant(state.Value) is { } constant && state.At.All(at => constant.Data[at] == 0) ? null : Vector(state, name, added);

    /// <summary>Elements as a vector.</summary>
    private string Vector(Elements elements, string name, List<GraphNode> added)
    {
        string flat = elements.Value;
        if (graph.Shape(flat) is not [_])
        {
            flat = graph.Define(elements.IsAll(graph) ? name : $"{name}/flat", [graph.Count(elements.Value)]);
            added.Add(new ReshapeNode(graph.UniqueNodeName(flat), elements.Value, flat));
        }
        if (elements.IsAll(graph))
            return flat;
        string picked = graph.Define(name, [elements.Count]);
        bool run = elements.Count < 2 || elements.At[1] != elements.At[0] && elements.At.Zip(elements.At.Skip(1), (a, b) => b - a).Distinct().Count() == 1;
        added.Add(run
            ? new SliceNode(graph.UniqueNodeName(name), flat, picked, [elements.At[0]], [elements.Count < 2 ? 1 : elements.At[1] - elements.At[0]])
            : new GatherNode(graph.UniqueNodeName(name), flat, picked, 0, elements.At));
        return picked;
    }
}
