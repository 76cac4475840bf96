using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Lowering;
using Latch.Quantize.Tests.Models;
using Latch.Quantize.Weights;
using Latch.Runtime;
using ReduceOperation = Latch.Import.Graph.ReduceOperation;

namespace Latch.Quantize.Tests.Operators;

/// <summary>x over its norm along an axis, the three nodes that LpNormalization becomes: their errors add up as quantize/OPERATORS.md says.</summary>
public sealed class LpNormalizationTests
{
    private const int Rows = 200, Length = 6, Count = Rows * Length;

    [Theory]
    [InlineData(ReduceOperation.L1)]
    [InlineData(ReduceOperation.L2)]
    public void Normalization_OfRowsOverTwoPowersOfTen_HasTheErrorsOfItsNodesAdded(ReduceOperation operation)
    {
        double[] data = Spread(new Random(1));
        var builder = new NetworkBuilder(1, 1);
        string x = builder.Input("x", Rows, Length);
        string norm = builder.Add(new ReduceNode("norm", operation, x, "norm:y", [1], KeepAxes: true), Rows, 1);
        string divisor = builder.Add(new BinaryNode("divisor", BinaryOperation.Max, norm, builder.Constant("least", [], [MathF.ScaleB(1, -126)]), "divisor:y"), Rows, 1);
        builder.Output(builder.Add(new BinaryNode("quotient", BinaryOperation.Div, x, divisor, "y"), Rows, Length));
        double[] norms = Norms(data, operation);
        var ranges = new Ranges { Method = CalibrationMethod.MinMax, Levels = 255 };
        foreach ((string name, double[] values) in new[] { ("x", data), ("norm:y", norms), ("divisor:y", norms), ("y", Quotients(data, norms)) })
            ranges.AddValue(name, Array.ConvertAll(values, static value => (float)value));
        var context = new LoweringContext(builder.Build(), null, static _ => null, ranges, ranges, new QuantizeOptions(), new RoundingCache());
        Plan plan = new PlanBuilder(builder.Build(), context).Build();
        using LatchModel model = LatchModel.Create(new ModelDefinition { Name = "normalization", Layers = [], Step = plan, Constants = context.Constants });
        Quantization given = plan.Tensors[plan.Inputs[0].Tensor].Quantization, result = plan.Tensors[plan.Outputs[0].Tensor].Quantization;
        short[] codes = Array.ConvertAll(data, value => (short)Math.Round(value / given.Scale)), actual = new short[Count];
        model.CreateSession().Step(codes, actual);

        double[] decoded = Array.ConvertAll(codes, code => code * given.Scale);
        norms = Norms(decoded, operation);
        double[] expected = Quotients(decoded, norms);
        // 0.55 codes of the norm, 0.51 of the divisor; 0.51 of the quotient.
        double length = 1.06 * context.Formats["norm:y"].Scale;
        Assert.Equal(context.Formats["norm:y"], context.Formats["divisor:y"]);
        for (int i = 0; i < Count; i++)
        {
            double budget = (0.51 * result.Scale) + (norms[i / Length] == 0 ? 0 : Math.Abs(expected[i]) * length / (norms[i / Length] - length));
            Assert.InRange((actual[i] * result.Scale) - expected[i], -budget, budget);
        }
        Assert.All(actual[^Length..], static code => Assert.Equal(0, code));
    }

    // The last row is zero.
    private static double[] Spread(Random random) =>
        [.. Enumerable.Range(0, Rows).SelectMany(row =>
        {
            double size = row == Rows - 1 ? 0 : Math.Pow(10, -2 * random.NextDouble());
            return Enumerable.Range(0, Length).Select(_ => size * ((6 * random.NextDouble()) - 3));
        })];

    private static double[] Norms(double[] data, ReduceOperation operation) =>
        [.. data.Chunk(Length).Select(row => operation == ReduceOperation.L1 ? row.Sum(Math.Abs) : Math.Sqrt(row.Sum(static value => value * value)))];

    private static double[] Quotients(double[] data, double[] norms) =>
        [.. data.Select((value, i) => value == 0 ? 0 : value / norms[i / Length])];
}
