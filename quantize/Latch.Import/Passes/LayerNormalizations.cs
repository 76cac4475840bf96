using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>
/// Turns layer normalization that is written out, (x - mean) / sqrt(mean((x - mean)^2) + epsilon), with a scale and a bias where there are, into one node. The
/// square is a product or a power, the root a function or a power, the quotient a division or a product with a reciprocal.
/// </summary>
internal sealed class LayerNormalizations(PassGraph graph)
{
    public static void Recognise(PassGraph graph)
    {
        LayerNormalizations pass = new(graph);
        foreach (BinaryNode node in graph.Nodes.OfType<BinaryNode>().ToArray())
        {
            if (ReferenceEquals(graph.Producer(node.Output), node) && pass.Match(node) is { } found)
                pass.Write(node, found);
        }
        graph.DropDead();
    }

    /// <summary>A quotient of a centred value and its own deviation.</summary>
    private Normalized? Match(BinaryNode node)
    {
        if (node.Operation == BinaryOperation.Div)
            return Match(node.Left, Root(node.Right));
        if (node.Operation != BinaryOperation.Mul)
            return null;
        return Match(node.Left, InverseRoot(node.Right)) ?? Match(node.Right, InverseRoot(node.Left));
    }

    private Normalized? Match(string numerator, string? variance)
    {
        if (variance is null || Centred(numerator) is not { } centred)
            return null;
        (string mean, float epsilon) = WithoutEpsilon(variance);
        if (graph.Producer(mean) is not ReduceNode { Operation: ReduceOperation.Mean } reduce || !reduce.Axes.SequenceEqual(centred.Axes))
            return null;
        if (!graph.Shape(mean).AsSpan().SequenceEqual(Kept(graph.Shape(centred.Value), centred.Axes)) || Square(reduce.Input) is not { } squared)
            return null;
        return Centred(squared) is { } other && other.Value == centred.Value && other.Axes.SequenceEqual(centred.Axes) ? centred with { Epsilon = epsilon } : null;
    }

    /// <summary>What a difference with its own mean is of; the mean over the last axes.</summary>
    private Normalized? Centred(string value)
    {
        if (graph.Producer(value) is not BinaryNode { Operation: BinaryOperation.Sub } difference)
            return null;
        if (graph.Producer(difference.Right) is not ReduceNode { Operation: ReduceOperation.Mean } mean || mean.Input != difference.Left)
            return null;
        int[] shape = graph.Shape(mean.Input);
        bool last = mean.Axes.SequenceEqual(Enumerable.Range(shape.Length - mean.Axes.Length, mean.Axes.Length));
        return last && graph.Shape(difference.Right).AsSpan().SequenceEqual(Kept(shape, mean.Axes)) ? new Normalized(mean.Input, mean.Axes, 0) : null;
    }

    private static int[] Kept(int[] shape, int[] axes) => [.. shape.Select((length, axis) => axes.Contains(axis) ? 1 : length)];

    private string? Square(string value) => graph.Producer(value) switch
    {
        BinaryNode { Operation: BinaryOperation.Mul } node when node.Left == node.Right => node.Left,
        BinaryNode { Operation: BinaryOperation.Pow } node when OneNumber(node.Right) == 2 => node.Left,
        _ => null,
    };

    private string? Root(string value) => graph.Producer(value) switch
    {
        ActivationNode { Kind: ActivationKind.Sqrt } node => node.Input,
        BinaryNode { Operation: BinaryOperation.Pow } node when OneNumber(node.Right) == 0.5f => node.Left,
        _ => null,
    };

    private string? InverseRoot(string value) => graph.Producer(value) switch
    {
        ActivationNode { Kind: ActivationKind.Reciprocal } node => Root(node.Input),
        BinaryNode { Operation: BinaryOperation.Div } node when OneNumber(node.Left) == 1 => Root(node.Right),
        BinaryNode { Operation: BinaryOperation.Pow } node when OneNumber(node.Right) == -0.5f => node.Left,
        _ => null,
    };

    private (string Variance, float Epsilon) WithoutEpsilon(string value) => graph.Producer(value) switch
    {
        BinaryNode { Operation: BinaryOperation.Add } node when OneNumber(node.Right) is { } epsilon => (node.Left, epsilon),
        BinaryNode { Operation: BinaryOperation.Add } node when OneNumber(node.Left) is { } epsilon => (node.Right, epsilon),
        ActivationNode { Kind: ActivationKind.Affine, Alpha: 1 } node => (node.Input, node.Beta),
        _ => (value, 0),
    };

    private float? OneNumber(string value) => graph.Constant(value) is { Count: 1 } constant ? constant.Data[0] : null;

    private void Write(BinaryNode quotient, Normalized found)
    {
        int[] shape = graph.Shape(found.Value);
        int[] normalized = shape[found.Axes[0]..];
        string output = quotient.Output;
        FloatTensor scale = new(normalized, [.. Enumerable.Repeat(1f, TensorShape.Count(normalized))]);
        FloatTensor? bias = null;
        List<GraphNode> gone = [quotient];
        if (Following(output, BinaryOperation.Mul, normalized) is (BinaryNode product, { } factors))
        {
            gone.Add(product);
            (scale, output) = (factors, product.Output);
        }
        if (Following(output, BinaryOperation.Add, normalized) is (BinaryNode sum, { } summands))
        {
            gone.Add(sum);
            (bias, output) = (summands, sum.Output);
        }
        graph.Exchange(gone, new LayerNormNode(quotient.Name, found.Value, output, found.Axes[0], scale, bias, found.Epsilon));
    }

    /// <summary>The only reader of a value, when it adds or multiplies a constant per normalized element.</summary>
    private (BinaryNode Node, FloatTensor Numbers)? Following(string value, BinaryOperation operation, int[] normalized)
    {
        if (!graph.HasOnlyReader(value, out GraphNode? reader) || reader is not BinaryNode node || node.Operation != operation)
            return null;
        FloatTensor? constant = graph.Constant(node.Left == value ? node.Right : node.Left);
        bool same = graph.Shape(node.Output).AsSpan().SequenceEqual(graph.Shape(value));
        if (constant is null || !same || TensorShape.Broadcast(Trimmed(constant.Shape), normalized) is not { } spread || !spread.AsSpan().SequenceEqual(normalized))
            return null;
        float[] numbers = new float[TensorShape.Count(normalized)];
        Reference.IndexMap.Apply<float>(Reference.IndexMap.Broadcast(Trimmed(constant.Shape), normalized), constant.Data, numbers);
        return (node, new FloatTensor(normalized, numbers));
    }

    private static int[] Trimmed(int[] shape) => [.. shape.SkipWhile(length => length == 1)];

    /// <summary>What is normalized, over which axes, and what is added to the variance.</summary>
    private sealed record Normalized(string Value, int[] Axes, float Epsilon);
}
