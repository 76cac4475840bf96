using Latch.Import.Graph;

namespace Latch.Import.Passes;

/// <summary>
/// Puts factors and shifts per channel (batch normalization, or its products and sums with constants) into the weights of the dense or convolution node before
/// them, or after them where it has no padding.
/// </summary>
internal static class ScaleFolding
{
    public static void Fold(PassGraph graph)
    {
        while (graph.Nodes.Any(node => After(graph, node) || Before(graph, node)))
        {
        }
        graph.DropDead();
    }

    /// <summary>Into the node before; a change of shape in between that keeps the channels apart stays.</summary>
    private static bool After(PassGraph graph, GraphNode node)
    {
        if (Line(graph, node) is not { } line)
            return false;
        string input = line.Input;
        ReshapeNode? between = graph.Producer(input) as ReshapeNode;
        string product = between is not null && line.Axis == graph.Shape(input).Length - 1 && graph.Shape(between.Input)[^1] == graph.Shape(input)[^1] ? between.Input : input;
        between = product == input ? null : between;
        if (!graph.HasOnlyReader(input, out _) || !graph.HasOnlyReader(product, out _))
            return false;
        bool last = line.Axis == graph.Shape(input).Length - 1;
        string output = between is null ? line.Output : product;
        GraphNode? folded = graph.Producer(product) switch
        {
            DenseNode dense when last => Scaled(dense, line, output),
            ConvNode conv when line.Axis == 1 && between is null => Scaled(conv, line, output),
            _ => null,
        };
        if (folded is null)
            return false;
        if (between is null)
            graph.Exchange([graph.Producer(product)!, node], folded);
        else
            graph.Exchange([graph.Producer(product)!, between, node], folded, between with { Output = line.Output });
        return true;
    }

    private static bool Before(PassGraph graph, GraphNode node)
    {
        if (node is not AffineNode line || !graph.HasOnlyReader(line.Output, out GraphNode? reader))
            return false;
        GraphNode? folded = reader switch
        {
            DenseNode dense when line.Axis == graph.Shape(line.Input).Length - 1 => Absorbed(dense, line),
            ConvNode { Groups: 1 } conv when line.Axis == 1 && conv.Window.Before.Concat(conv.Window.After).All(padding => padding == 0) => Absorbed(conv, line),
            _ => null,
        };
        if (folded is null)
            return false;
        graph.Exchange([line, reader], folded);
        return true;
    }

    /// <summary>Factors and shifts per channel that a node applies; null when it does anything else.</summary>
    private static AffineNode? Line(PassGraph graph, GraphNode node)
    {
        if (node is AffineNode affine)
            return affine;
        if (node is not BinaryNode binary)
            return null;
        bool left = graph.Constant(binary.Right) is not null;
        string input = left ? binary.Left : binary.Right;
        if ((left ? graph.Constant(binary.Right) : graph.Constant(binary.Left)) is not { } constant || graph.Constant(input) is not null)
            return null;
        int[] shape = graph.Shape(binary.Output);
        if (!shape.AsSpan().SequenceEqual(graph.Shape(input)) || Axis(constant.Shape, shape, graph.Producer(input) is ConvNode) is not int axis)
            return null;
        double[] numbers = [.. Enumerable.Range(0, shape[axis]).Select(k => (double)constant.Data[constant.Count == 1 ? 0 : k])];
        (Func<double, double> factor, Func<double, double> shift)? rule = (binary.Operation, left) switch
        {
            (BinaryOperation.Mul, _) => (x => x, _ => 0),
            (BinaryOperation.Div, true) when numbers.All(x => x != 0) => (x => 1 / x, _ => 0),
            (BinaryOperation.Add, _) => (_ => 1, x => x),
            (BinaryOperation.Sub, true) => (_ => 1, x => -x),
            (BinaryOperation.Sub, false) => (_ => -1, x => x),
            _ => null,
        };
        return rule is not (var f, var s)
            ? null
            : new AffineNode(binary.Name, input, binary.Output, axis, Vector(numbers.Select(f)), Vector(numbers.Select(s)));
    }

    /// <summary>The axis along which a constant that is broadcast varies; for a single number that of the channels.</summary>
    private static int? Axis(int[] constant, int[] shape, bool isConv)
    {
        if (shape.Length == 0)
            return null;
        int preferred = isConv ? 1 : shape.Length - 1;
        int[] padded = [.. Enumerable.Repeat(1, shape.Length - constant.Length), .. constant];
        int[] varying = [.. Enumerable.Range(0, shape.Length).Where(axis => padded[axis] > 1)];
        if (varying.Length > 1)
            return null;
        return varying.Length == 1 ? varying[0] : preferred;
    }

    private static DenseNode Scaled(DenseNode dense, AffineNode line, string output)
    {
        int inputs = dense.Weights.Shape[1];
        return dense with
        {
            Output = output,
            Weights = new FloatTensor(dense.Weights.Shape, [.. dense.Weights.Data.Select((weight, i) => weight * line.Scale.Data[i / inputs])]),
            Bias = Shifted(dense.Bias, line),
        };
    }

    private static ConvNode Scaled(ConvNode conv, AffineNode line, string output)
    {
        int perChannel = conv.Weights.Count / conv.Weights.Shape[0];
        return conv with
        {
            Output = output,
            Weights = new FloatTensor(conv.Weights.Shape, [.. conv.Weights.Data.Select((weight, i) => weight * line.Scale.Data[i / perChannel])]),
            Bias = Shifted(conv.Bias, line),
        };
    }

    private static DenseNode Absorbed(DenseNode dense, AffineNode line)
    {
        int inputs = dense.Weights.Shape[1];
        return dense with
        {
            Input = line.Input,
            Weights = new FloatTensor(dense.Weights.Shape, [.. dense.Weights.Data.Select((weight, i) => weight * line.Scale.Data[i % inputs])]),
            Bias = Collected(dense.Weights, dense.Bias, i => line.Shift.Data[i % inputs]),
        };
    }

    private static ConvNode Absorbed(ConvNode conv, AffineNode line)
    {
        int taps = TensorShape.Count(conv.Weights.Shape.AsSpan(2)), channels = conv.Weights.Shape[1];
        return conv with
        {
            Input = line.Input,
            Weights = new FloatTensor(conv.Weights.Shape, [.. conv.Weights.Data.Select((weight, i) => weight * line.Scale.Data[i / taps % channels])]),
            Bias = Collected(conv.Weights, conv.Bias, i => line.Shift.Data[i / taps % channels]),
        };
    }

    private static FloatTensor Shifted(FloatTensor? bias, AffineNode line) =>
        Vector(line.Scale.Data.Select((scale, k) => ((double)(bias?.Data[k] ?? 0) * scale) + line.Shift.Data[k]));

    /// <summary>The bias with what the shifts of the inputs add to each output.</summary>
    private static FloatTensor Collected(FloatTensor weights, FloatTensor? bias, Func<int, float> shift)
    {
        int outputs = weights.Shape[0], perOutput = weights.Count / outputs;
        return Vector(Enumerable.Range(0, outputs).Select(output =>
            (bias?.Data[output] ?? 0) + Enumerable.Range(output * perOutput, perOutput).Sum(i => (double)weights.Data[i] * shift(i))));
    }

    private static FloatTensor Vector(IEnumerable<double> numbers)
    {
        float[] data = [.. numbers.Select(x => (float)x)];
        return new FloatTensor([data.Length], data);
    }
}
