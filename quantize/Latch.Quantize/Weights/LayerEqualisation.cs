using Latch.Import.Graph;

namespace Latch.Quantize.Weights;

/// <summary>
/// Equalises the units between two dense layers: a unit is made smaller by a factor and the next layer's weights for it larger by the same, so that units of
/// very different size share one range of codes well. Relu and leaky relu let a positive factor through, and factors are powers of two: in floating point
/// the outputs stay the same bit for bit.
/// Method: M. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019), with sizes taken from calibration data.
/// </summary>
internal static class LayerEqualisation
{
    // Units that are all but silent, or all but unread, are treated as if they were this part of the largest.
    private const double Least = 1e-3;

    /// <summary>The factors by which the outputs of dense layers are to be divided, by the layer's name; layers that need none are left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="momentsOf">What a node's rows met in calibration; null when unknown.</param>
    public static IReadOnlyDictionary<string, float[]> Factors(FloatModel model, Func<string, SecondMoments?> momentsOf)
    {
        var result = new Dictionary<string, float[]>();
        foreach (DenseNode dense in model.Nodes.OfType<DenseNode>())
        {
            if (Next(model, dense) is not { } next || momentsOf(next.Name) is not { } moments)
                continue;
            float[] factors = Factors(next, moments);
            if (factors.Any(factor => factor != factors[0]))
                result[dense.Name] = factors;
        }
        return result;
    }

    /// <summary>The model with its dense layers equalised.</summary>
    /// <param name="model">The model whose factors these are, or the same for another number of steps.</param>
    /// <param name="factors">From <see cref="Factors(FloatModel, Func{string, SecondMoments?})"/>.</param>
    public static FloatModel Apply(FloatModel model, IReadOnlyDictionary<string, float[]> factors)
    {
        GraphNode[] nodes = [.. model.Nodes];
        foreach ((string name, float[] divisors) in factors)
        {
            int first = Array.FindIndex(nodes, node => node.Name == name);
            var dense = (DenseNode)nodes[first];
            int second = Array.IndexOf(nodes, nodes.First(node => node.Name == Next(model, dense)!.Name));
            int inputs = dense.Weights.Shape[1];
            nodes[first] = dense with
            {
                Weights = new FloatTensor(dense.Weights.Shape, [.. dense.Weights.Data.Select((weight, i) => weight / divisors[i / inputs])]),
                Bias = dense.Bias is { } bias ? new FloatTensor(bias.Shape, [.. bias.Data.Select((value, row) => value / divisors[row])]) : null,
            };
            var next = (DenseNode)nodes[second];
            nodes[second] = next with { Weights = new FloatTensor(next.Weights.Shape, [.. next.Weights.Data.Select((weight, i) => weight * divisors[i % divisors.Length])]) };
        }
        return model.With(nodes);
    }

    // The dense layer that alone reads a dense layer's result, directly or after a relu.
    private static DenseNode? Next(FloatModel model, DenseNode dense)
    {
        GraphNode? reader = OnlyReader(model, dense.Output);
        if (reader is ActivationNode { Kind: ActivationKind.Relu or ActivationKind.LeakyRelu } activation)
            reader = OnlyReader(model, activation.Output);
        return reader as DenseNode;
    }

    private static GraphNode? OnlyReader(FloatModel model, string value)
    {
        GraphNode[] readers = [.. model.Nodes.Where(node => node.Inputs.Contains(value))];
        bool leaves = model.Outputs.Any(output => output.Name == value) || model.States.Any(pair => pair.Output == value);
        return readers.Length == 1 && !leaves ? readers[0] : null;
    }

    // What a unit's size is over what the next layer's weights for it are: the root of that makes both equal.
    private static float[] Factors(DenseNode next, SecondMoments moments)
    {
        int units = next.Weights.Shape[1];
        double[] size = [.. Enumerable.Range(0, units).Select(unit => Math.Sqrt(moments.Product(unit, unit)))];
        double[] weight = [.. Enumerable.Range(0, units).Select(unit => Enumerable.Range(0, next.Weights.Shape[0]).Max(row => (double)Math.Abs(next.Weights.Data[row * units + unit])))];
        double leastSize = Math.Max(size.Max() * Least, 1e-30), leastWeight = Math.Max(weight.Max() * Least, 1e-30);
        return [.. Enumerable.Range(0, units).Select(unit => (float)Math.ScaleB(1, (int)Math.Round(Math.Log2(Math.Max(size[unit], leastSize) / Math.Max(weight[unit], leastWeight)) / 2)))];
    }
}
