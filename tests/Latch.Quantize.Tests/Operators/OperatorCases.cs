using Latch.Import.Graph;
using Latch.Quantize.Tests.Models;

namespace Latch.Quantize.Tests.Operators;

/// <summary>The cases of every node but those with windows.</summary>
internal static partial class OperatorCases
{
    private const int Count = 600;

    public static IReadOnlyList<OperatorCase> All { get; } = [.. Functions(), .. Pairs(), .. Axes(), .. Choices(), .. Moves(), .. Products(), .. Windows()];

    private static IEnumerable<OperatorCase> Functions()
    {
        yield return Function(ActivationKind.Sigmoid, static x => 1 / (1 + Math.Exp(-x)), -9, 9);
        yield return Function(ActivationKind.Tanh, Math.Tanh, -5, 5);
        yield return Function(ActivationKind.Relu, static x => Math.Max(x, 0));
        yield return Function(ActivationKind.LeakyRelu, static x => x >= 0 ? x : 0.1f * x, alpha: 0.1f);
        yield return Function(ActivationKind.ThresholdedRelu, static x => Math.Max(x, 0));
        yield return Function(ActivationKind.HardSigmoid, static x => Math.Clamp((0.2f * x) + 0.5, 0, 1), alpha: 0.2f, beta: 0.5f);
        yield return Function(ActivationKind.ScaledTanh, static x => 1.5 * Math.Tanh(0.625 * x), alpha: 1.5f, beta: 0.625f);
        yield return Function(ActivationKind.Affine, static x => (2 * x) - 0.25, alpha: 2, beta: -0.25f);
        yield return Function(ActivationKind.Elu, static x => x >= 0 ? x : Math.Exp(x) - 1, alpha: 1);
        yield return Function(ActivationKind.Softsign, static x => x / (1 + Math.Abs(x)));
        yield return Function(ActivationKind.Softplus, static x => Math.Log(1 + Math.Exp(x)));
        yield return Function(ActivationKind.Clip, static x => Math.Clamp(x, -1, 1.5), alpha: -1, beta: 1.5f);
        yield return Function(ActivationKind.Exp, Math.Exp, -8, 6);
        yield return Function(ActivationKind.Exp, Math.Exp, -60, 50);
        yield return Function(ActivationKind.Log, Math.Log, 1e-3, 8);
        yield return Function(ActivationKind.Log, Math.Log, 1e-9, 1e-5);
        yield return Function(ActivationKind.Sqrt, static x => Math.Sqrt(Math.Max(x, 0)), 0, 9);
        yield return Function(ActivationKind.Sqrt, static x => Math.Sqrt(Math.Max(x, 0)), 0, 1e6);
        yield return Function(ActivationKind.Reciprocal, static x => 1 / x, 0.2, 5);
        yield return Function(ActivationKind.Reciprocal, static x => 1 / x, -400, -30);
        yield return Function(ActivationKind.Abs, Math.Abs);
        yield return Function(ActivationKind.Gelu, static x => x / 2 * (1 + ErrorFunction(x / Math.Sqrt(2))), -6, 5);
        yield return Function(ActivationKind.GeluTanh, static x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))), -6, 5);
        yield return Function(ActivationKind.HardSwish, static x => x * Math.Clamp((x / 6) + 0.5, 0, 1), -5, 5);
        yield return Function(ActivationKind.Erf, ErrorFunction, -4, 4);
        yield return Function(ActivationKind.Atan, Math.Atan);
        yield return Function(ActivationKind.Atan, Math.Atan, -60, 50);
        yield return Function(ActivationKind.PRelu, static x => x) with
        {
            Shapes = [[Count / 3, 3]],
            Output = [Count / 3, 3],
            Node = static _ => new ActivationNode("node", ActivationKind.PRelu, "x0", "y", Slope: new FloatTensor([3], [0.5f, 0.25f, 0.125f])),
            Formula = static x => [.. x[0].Select((value, i) => value >= 0 ? value : value * Math.ScaleB(1, -1 - (i % 3)))],
        };
    }

    private static IEnumerable<OperatorCase> Pairs()
    {
        yield return Pair(BinaryOperation.Add, static (a, b) => a + b);
        yield return Pair(BinaryOperation.Sub, static (a, b) => a - b);
        yield return Pair(BinaryOperation.Mul, static (a, b) => a * b);
        yield return Pair(BinaryOperation.Div, static (a, b) => a / b) with { Low = 0.25 };
        yield return Pair(BinaryOperation.Max, Math.Max);
        yield return Pair(BinaryOperation.Min, Math.Min);
        yield return new OperatorCase
        {
            Key = "Binary.Pow",
            Shapes = [[Count]],
            Output = [Count],
            Node = static builder => new BinaryNode("node", BinaryOperation.Pow, "x0", builder.Constant("two", [1], [2]), "y"),
            Formula = static x => Array.ConvertAll(x[0], static value => value * value),
        };
        yield return Comparing(Comparison.Less, static (a, b) => a < b);
        yield return Comparing(Comparison.LessOrEqual, static (a, b) => a <= b);
        yield return Comparing(Comparison.Equal, static (a, b) => a == b);
        yield return WithConstant(Comparison.Equal, static a => a == 2);
        yield return WithConstant(Comparison.Less, static a => a < 2);
        yield return WithConstant(Comparison.LessOrEqual, static a => a <= 2);
    }

    private static IEnumerable<OperatorCase> Axes()
    {
        yield return Rows("Softmax", static row => [.. row.Select(value => Math.Exp(value) / row.Sum(Math.Exp))], static _ => new SoftmaxNode("node", "x0", "y", 1));
        yield return Rows("Softmax.Log", static row => [.. row.Select(value => value - Math.Log(row.Sum(Math.Exp)))], static _ => new SoftmaxNode("node", "x0", "y", 1, IsLog: true));
        yield return Reduction(ReduceOperation.Sum, static row => row.Sum());
        yield return Reduction(ReduceOperation.Mean, static row => row.Average());
        yield return Reduction(ReduceOperation.Max, static row => row.Max());
        yield return Reduction(ReduceOperation.Min, static row => row.Min());
        yield return Reduction(ReduceOperation.Prod, static row => row.Aggregate(1.0, static (a, b) => a * b));
        yield return Reduction(ReduceOperation.L1, static row => row.Sum(Math.Abs));
        yield return Reduction(ReduceOperation.L2, static row => Math.Sqrt(row.Sum(static value => value * value)));
        yield return Reduction(ReduceOperation.SumSquare, static row => row.Sum(static value => value * value));
        yield return Reduction(ReduceOperation.LogSum, static row => Math.Log(row.Sum())) with { Low = 0.5 };
        yield return Reduction(ReduceOperation.LogSumExp, static row => Math.Log(row.Sum(Math.Exp)));
        yield return Rows("LayerNorm", Normalised, static _ => new LayerNormNode("node", "x0", "y", 1, new FloatTensor([6], [1, 2, -1, 0.5f, 1, 1]), new FloatTensor([6], [0, 0.5f, 0, 0, -1, 0]), 1e-3f));
        yield return Rows("Affine", static row => [.. row.Select(static (value, i) => (value * (i - 2.5)) + i)], static _ =>
            new AffineNode("node", "x0", "y", 1, new FloatTensor([6], [-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f]), new FloatTensor([6], [0, 1, 2, 3, 4, 5])));
        yield return Rows("ArgMax", static row => [Array.IndexOf(row, row.Max())], static _ => new ArgMaxNode("node", "x0", "y", 1, KeepAxis: false, Smallest: false)) with { Output = [100] };
        yield return Rows("ArgMax", static row => [Array.IndexOf(row, row.Min())], static _ => new ArgMaxNode("node", "x0", "y", 1, KeepAxis: true, Smallest: true)) with { Output = [100, 1] };
    }

    private static double[] Normalised(double[] row)
    {
        double[] gain = [1, 2, -1, 0.5, 1, 1], bias = [0, 0.5, 0, 0, -1, 0];
        double mean = row.Average(), deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + 1e-3f);
        return [.. row.Select((value, i) => ((value - mean) / deviation * gain[i]) + bias[i])];
    }

    private static OperatorCase Function(ActivationKind kind, Func<double, double> formula, double low = -2, double high = 3, float alpha = 0, float beta = 0) => new()
    {
        Key = $"Activation.{kind}",
        Shapes = [[Count]],
        Output = [Count],
        Node = _ => new ActivationNode("node", kind, "x0", "y", alpha, beta),
        Formula = x => Array.ConvertAll(x[0], value => formula(value)),
        Low = low,
        High = high,
    };

    private static OperatorCase Pair(BinaryOperation operation, Func<double, double, double> formula) => new()
    {
        Key = $"Binary.{operation}",
        Shapes = [[100, 6], [6]],
        Output = [100, 6],
        Node = _ => new BinaryNode("node", operation, "x0", "x1", "y"),
        Formula = x => [.. x[0].Select((value, i) => formula(value, x[1][i % 6]))],
    };

    private static OperatorCase Comparing(Comparison comparison, Func<double, double, bool> holds) => new()
    {
        Key = $"Compare.{comparison}",
        Shapes = [[100, 6], [6]],
        Output = [100, 6],
        Node = _ => new CompareNode("node", comparison, "x0", "x1", "y"),
        Formula = x => [.. x[0].Select((value, i) => holds(value, x[1][i % 6]) ? 1.0 : 0)],
    };

    // Whole numbers against one of them: 2 is 2 in floating point and must be so in codes.
    private static OperatorCase WithConstant(Comparison comparison, Func<double, bool> holds) => new()
    {
        Key = $"Compare.{comparison}",
        Shapes = [[Count]],
        Output = [Count],
        Node = builder => new CompareNode("node", comparison, "x0", builder.Constant("two", [1], [2]), "y"),
        Formula = x => Array.ConvertAll(x[0], value => holds(value) ? 1.0 : 0),
        Low = 0,
        High = 5,
        Whole = true,
    };

    private static OperatorCase Rows(string key, Func<double[], double[]> formula, Func<NetworkBuilder, GraphNode> node) => new()
    {
        Key = key,
        Shapes = [[100, 6]],
        Output = [100, 6],
        Node = node,
        Formula = x => [.. x[0].Chunk(6).SelectMany(formula)],
    };

    private static OperatorCase Reduction(ReduceOperation operation, Func<double[], double> formula) =>
        Rows($"Reduce.{operation}", row => [formula(row)], _ => new ReduceNode("node", operation, "x0", "y", [1], false)) with { Output = [100] };

    // erf x = 2/sqrt(pi) e^-x^2 sum of 2^n x^(2n+1) / (2n+1)!!
    private static double ErrorFunction(double x)
    {
        double term = x, sum = 0;
        for (int n = 0; n < 200; n++)
        {
            sum += term;
            term *= 2 * x * x / ((2 * n) + 3);
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
