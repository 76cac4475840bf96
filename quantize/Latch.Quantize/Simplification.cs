using Latch.Import.Graph;

namespace Latch.Quantize;

/// <summary>Joins constant factors and shifts with the dense layer before or after them: one rounding less, and no constants of their own.</summary>
internal static class Simplification
{
    /// <summary>The same function with fewer nodes; values that disappear had one reader and were no outputs.</summary>
    public static FloatModel Apply(FloatModel model)
    {
        var nodes = model.Nodes.ToList();
        while (FindPair(model, nodes) is { } pair)
        {
            nodes[nodes.IndexOf(pair.Second)] = pair.Joined;
            nodes.Remove(pair.First);
        }
        return nodes.Count == model.Nodes.Count ? model : model.With(nodes);
    }

    private static (GraphNode First, GraphNode Second, DenseNode Joined)? FindPair(FloatModel model, List<GraphNode> nodes)
    {
        foreach (GraphNode first in nodes.Where(static node => node is DenseNode or AffineNode))
        {
            string value = first.Outputs[0];
            GraphNode[] readers = [.. nodes.Where(node => node.Inputs.Contains(value))];
            if (readers.Length != 1 || model.Leaves(value))
                continue;
            if (Join(model, first, readers[0]) is { } joined)
                return (first, readers[0], joined);
        }
        return null;
    }

    private static DenseNode? Join(FloatModel model, GraphNode first, GraphNode second) => (first, second) switch
    {
        (DenseNode dense, AffineNode affine) when affine.Axis == model.Shape(affine.Input).Length - 1 => After(dense, affine.Output, affine.Scale.Data, affine.Shift.Data),
        (AffineNode affine, DenseNode dense) when affine.Axis == model.Shape(affine.Input).Length - 1 => Before(affine, dense),
        (DenseNode dense, BinaryNode binary) => WithConstant(model, dense, binary),
        _ => null,
    };

    private static DenseNode? WithConstant(FloatModel model, DenseNode dense, BinaryNode binary)
    {
        bool left = binary.Left == dense.Output;
        int outputs = dense.Weights.Shape[0];
        if (!model.Constants.TryGetValue(left ? binary.Right : binary.Left, out FloatTensor? constant) || !model.Shape(binary.Output).SequenceEqual(model.Shape(dense.Output)))
            return null;
        bool perOutput = constant.Count == 1 || (constant.Count == outputs && constant.Shape[^1] == outputs);
        if (!perOutput)
            return null;
        float[] values = [.. Enumerable.Range(0, outputs).Select(row => constant.Data[constant.Count == 1 ? 0 : row])];
        float[] ones = [.. Enumerable.Repeat(1f, outputs)], zeros = new float[outputs];
        return binary.Operation switch
        {
            BinaryOperation.Mul => After(dense, binary.Output, values, zeros),
            BinaryOperation.Div when left && values.All(static value => value != 0) => After(dense, binary.Output, Array.ConvertAll(values, static value => 1 / value), zeros),
            BinaryOperation.Add => After(dense, binary.Output, ones, values),
            BinaryOperation.Sub when left => After(dense, binary.Output, ones, Array.ConvertAll(values, static value => -value)),
            BinaryOperation.Sub => After(dense, binary.Output, Array.ConvertAll(ones, static value => -value), values),
            _ => null,
        };
    }

    private static DenseNode After(DenseNode dense, string output, float[] scale, float[] shift)
    {
        int inputs = dense.Weights.Shape[1];
        float[] weights = [.. dense.Weights.Data.Select((weight, i) => weight * scale[i / inputs])];
        float[] bias = [.. scale.Select((factor, row) => (dense.Bias?.Data[row] ?? 0) * factor + shift[row])];
        return dense with { Output = output, Weights = new FloatTensor(dense.Weights.Shape, weights), Bias = new FloatTensor([bias.Length], bias) };
    }

    private static DenseNode Before(AffineNode affine, DenseNode dense)
    {
        int inputs = dense.Weights.Shape[1], outputs = dense.Weights.Shape[0];
        float[] weights = [.. dense.Weights.Data.Select((weight, i) => weight * affine.Scale.Data[i % inputs])];
        float[] bias = new float[outputs];
        for (int row = 0; row < outputs; row++)
        {
            double sum = dense.Bias?.Data[row] ?? 0;
            for (int column = 0; column < inputs; column++)
                sum += (double)dense.Weights.Data[row * inputs + column] * affine.Shift.Data[column];
            bias[row] = (float)sum;
        }
        return dense with { Input = affine.Input, Weights = new FloatTensor(dense.Weights.Shape, weights), Bias = new FloatTensor([outputs], bias) };
    }
}
