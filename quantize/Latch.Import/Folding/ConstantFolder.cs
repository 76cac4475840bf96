using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Folding;

/// <summary>Evaluates nodes all of whose inputs are constant.</summary>
internal static class ConstantFolder
{
    /// <summary>The constants a node yields, by the reference's own evaluators, one per output.</summary>
    public static IReadOnlyList<FloatTensor> Floats(
        GraphNode node, IReadOnlyList<GraphValue> inputs, IReadOnlyList<int[]> outputShapes)
    {
        Table table = new();
        foreach (GraphValue input in inputs)
            table.Add(input.Name, input.Float!);
        List<FloatTensor> results = [];
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            results.Add(new FloatTensor(outputShapes[i], new float[TensorShape.Count(outputShapes[i])]));
            table.Add(node.Outputs[i], results[i]);
        }
        NodeEvaluator.Create(node, table).Run(observer: null);
        return results;
    }

    /// <summary>The integer constant that a movement, a concatenation or a replacement yields; null for any other node.</summary>
    public static IntegerTensor? Integers(GraphNode node, IReadOnlyList<GraphValue> inputs, int[] outputShape)
    {
        long[] data = new long[TensorShape.Count(outputShape)];
        IntegerTensor first = inputs[0].Integer!;
        switch (node)
        {
            case MovementNode movement:
                long fill = movement is PickNode pick ? (long)pick.Fill : 0;
                IndexMap.Apply<long>(IndexMap.Of(movement, first.Shape, outputShape), first.Data, data, fill);
                return new IntegerTensor(outputShape, data, first.IsBoolean);
            case ConcatNode concat:
                ConcatEvaluator.Join<long>(
                    [.. inputs.Select(v => v.Integer!.Data)], [.. inputs.Select(v => v.Shape)], concat.Axis, data);
                return new IntegerTensor(outputShape, data, first.IsBoolean);
            case ScatterNode scatter:
                ScatterEvaluator.Replace<long>(first.Data, inputs[1].Integer!.Data, scatter.Positions, data);
                return new IntegerTensor(outputShape, data, first.IsBoolean);
            default:
                return null;
        }
    }

    private sealed class Table : IValueTable
    {
        private readonly Dictionary<string, FloatTensor> _tensors = [];

        public void Add(string name, FloatTensor tensor) => _tensors[name] = tensor;

        public int[] Shape(string name) => _tensors[name].Shape;

        public float[] Data(string name) => _tensors[name].Data;
    }
}
