using Latch.Import.Graph;

namespace Latch.Quantize.Tests.Operators;

/// <summary>Products with weights, and windows. Weights are k / 256 with a largest one of 127 / 256 in each row: as codes they are exact.</summary>
internal static partial class OperatorCases
{
    private static IEnumerable<OperatorCase> Products()
    {
        FloatTensor weights = Weights([7, 12], static index => index % 12 == 0), bias = Bias(7);
        yield return new OperatorCase
        {
            Key = "Dense",
            Shapes = [[20, 12]],
            Output = [20, 7],
            Node = _ => new DenseNode("node", "x0", "y", weights, bias),
            Formula = x => [.. Enumerable.Range(0, 140).Select(i => bias.Data[i % 7] + Enumerable.Range(0, 12).Sum(k => x[0][(i / 7 * 12) + k] * weights.Data[(i % 7 * 12) + k]))],
        };
        yield return new OperatorCase
        {
            Key = "MatMul",
            Shapes = [[3, 5, 8], [8, 4]],
            Output = [3, 5, 4],
            Node = static _ => new MatMulNode("node", "x0", "x1", "y"),
            Formula = static x => [.. Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 8).Sum(k => x[0][(i / 4 * 8) + k] * x[1][(k * 4) + (i % 4)]))],
        };
    }

    private static IEnumerable<OperatorCase> Windows()
    {
        var padded = new WindowGeometry([1, 2], [1, 1], [1, 1], [1, 1]);
        yield return Conv([1, 3, 5, 8], [4, 3, 3, 3], 1, padded, [1, 4, 5, 4]);
        yield return Conv([1, 6, 20], [6, 1, 3], 6, new WindowGeometry([1], [2], [2], [2]), [1, 6, 20]);
        yield return Conv([4, 4, 6], [6, 2, 2], 2, new WindowGeometry([1], [1], [0], [0]), [4, 6, 5]);
        yield return ConvTranspose([1, 4, 6], [4, 3, 4], 1, new WindowGeometry([2], [1], [1], [1]), [1, 3, 12]);
        yield return ConvTranspose([1, 4, 3, 4], [4, 2, 3, 2], 2, new WindowGeometry([2, 3], [2, 1], [0, 0], [0, 0]), [1, 4, 9, 11]);
        foreach (PoolOperation operation in Enum.GetValues<PoolOperation>())
        {
            yield return Pool(operation, [1, 3, 5, 8], [3, 3], padded, [1, 3, 5, 4]);
            yield return Pool(operation, [2, 3, 10], [3], new WindowGeometry([3], [1], [1], [0]), [2, 3, 3]);
        }
    }

    private static OperatorCase Conv(int[] input, int[] shape, int groups, WindowGeometry window, int[] output)
    {
        int row = TensorShape.Count(shape.AsSpan(1)), perGroup = shape[0] / groups;
        FloatTensor weights = Weights(shape, index => index % row == 0), bias = Bias(shape[0]);
        return new OperatorCase
        {
            Key = "Conv",
            Shapes = [input],
            Output = output,
            Node = _ => new ConvNode("node", "x0", "y", weights, bias, window, groups),
            Formula = x => Elements(output, at =>
            {
                double sum = bias.Data[at[1]];
                foreach (int[] tap in Indices(shape[1..]))
                {
                    int[] place = [at[0], (at[1] / perGroup * shape[1]) + tap[0], .. Places(window, at[2..], tap[1..])];
                    sum += weights.Data[Offset(shape, [at[1], .. tap])] * (Inside(input, place) ? x[0][Offset(input, place)] : 0);
                }
                return sum;
            }),
        };
    }

    // Every input element adds to the places it reaches.
    private static OperatorCase ConvTranspose(int[] input, int[] shape, int groups, WindowGeometry window, int[] output)
    {
        int kernel = TensorShape.Count(shape.AsSpan(2)), inputs = shape[0] / groups;
        FloatTensor weights = Weights(shape, index => index / (shape[1] * kernel) % inputs == 0 && index % kernel == 0), bias = Bias(output[1]);
        return new OperatorCase
        {
            Key = "ConvTranspose",
            Shapes = [input],
            Output = output,
            Node = _ => new ConvTransposeNode("node", "x0", "y", weights, bias, window, groups),
            Formula = x =>
            {
                double[] sums = Elements(output, at => bias.Data[at[1]]);
                foreach (int[] at in Indices(input))
                {
                    foreach (int[] tap in Indices(shape[1..]))
                    {
                        int[] place = [at[0], (at[1] / inputs * shape[1]) + tap[0], .. Places(window, at[2..], tap[1..])];
                        if (Inside(output, place))
                            sums[Offset(output, place)] += x[0][Offset(input, at)] * weights.Data[Offset(shape, [at[1], .. tap])];
                    }
                }
                return sums;
            },
        };
    }

    private static OperatorCase Pool(PoolOperation operation, int[] input, int[] kernel, WindowGeometry window, int[] output) => new()
    {
        Key = $"Pool.{operation}",
        Shapes = [input],
        Output = output,
        Node = _ => new PoolNode("node", operation, "x0", "y", kernel, window),
        Formula = x => Elements(output, at =>
        {
            int[][] places = [.. Indices(kernel).Select(tap => (int[])[at[0], at[1], .. Places(window, at[2..], tap)])];
            double[] inside = [.. places.Where(place => Inside(input, place)).Select(place => x[0][Offset(input, place)])];
            return operation == PoolOperation.Max ? inside.Max() : inside.Sum() / (operation == PoolOperation.Average ? inside.Length : places.Length);
        }),
    };

    private static FloatTensor Weights(int[] shape, Func<int, bool> isLargest)
    {
        var random = new Random(4);
        return new FloatTensor(shape, [.. Enumerable.Range(0, TensorShape.Count(shape)).Select(index => (isLargest(index) ? 127 : random.Next(-127, 128)) / 256f)]);
    }

    private static FloatTensor Bias(int count) => new([count], [.. Enumerable.Range(0, count).Select(static i => 0.3f - (0.11f * i))]);

    private static int[] Places(WindowGeometry window, int[] at, int[] tap) =>
        [.. at.Select((position, axis) => (position * window.Strides[axis]) + (tap[axis] * window.Dilations[axis]) - window.Before[axis])];

    private static bool Inside(int[] shape, int[] place) => place.Zip(shape).All(static pair => pair.First >= 0 && pair.First < pair.Second);

    private static int Offset(int[] shape, int[] place) => place.Zip(TensorShape.Strides(shape)).Sum(static pair => pair.First * pair.Second);

    private static double[] Elements(int[] shape, Func<int[], double> element) => [.. Indices(shape).Select(element)];

    private static IEnumerable<int[]> Indices(int[] shape) =>
        Enumerable.Range(0, TensorShape.Count(shape)).Select(index => TensorShape.Strides(shape).Select((stride, axis) => index / stride % shape[axis]).ToArray());
}
