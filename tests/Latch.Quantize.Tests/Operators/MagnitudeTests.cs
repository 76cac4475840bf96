using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Lowering;
using Latch.Quantize.Tests.Models;
using Latch.Quantize.Weights;
using Latch.Runtime;

namespace Latch.Quantize.Tests.Operators;

/// <summary>sqrt(a^2 + b^2) keeps what is small beside the largest.</summary>
public sealed class MagnitudeTests
{
    private const int Count = 500;

    [Fact]
    public void Magnitude_OfValuesOverFourPowersOfTen_IsWithinACodeOfEach()
    {
        var random = new Random(1);
        double[][] parts = [Spread(random), Spread(random)];
        double[] expected = [.. parts[0].Zip(parts[1], static (a, b) => Math.Sqrt((a * a) + (b * b)))];
        var builder = new NetworkBuilder(1, 1);
        string first = Square(builder, builder.Input("a", Count), "a"), second = Square(builder, builder.Input("b", Count), "b");
        string sum = builder.Add(new BinaryNode("sum", BinaryOperation.Add, first, second, "sum:y"), Count);
        builder.Output(builder.Add(new ActivationNode("root", Import.Graph.ActivationKind.Sqrt, sum, "y"), Count));
        var ranges = new Ranges { Method = CalibrationMethod.MinMax, Levels = 255 };
        foreach ((string name, double[] data) in new[] { ("a", parts[0]), ("b", parts[1]), ("a:square", Squares(parts[0])), ("b:square", Squares(parts[1])), ("sum:y", Squares(expected)), ("y", expected) })
            ranges.AddValue(name, Array.ConvertAll(data, static value => (float)value));
        var context = new LoweringContext(builder.Build(), null, static _ => null, ranges, ranges, new QuantizeOptions(), new RoundingCache());
        Plan plan = new PlanBuilder(builder.Build(), context).Build();
        Assert.DoesNotContain(plan.Operations, static operation => operation is ElementwiseOperation);

        using LatchModel model = LatchModel.Create(new ModelDefinition { Name = "magnitude", Layers = [], Step = plan, Constants = context.Constants });
        float[] actual = new float[Count];
        model.CreateSession().Step([.. parts.SelectMany(static part => part).Select(static value => (float)value)], actual);
        double code = plan.Tensors[plan.Outputs[0].Tensor].Quantization.Scale;
        // Half a code of each part and of the result, and what the root's eight bits cut.
        Assert.All(actual.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1.3 * code, 1.3 * code));
    }

    private static string Square(NetworkBuilder builder, string value, string name) =>
        builder.Add(new BinaryNode($"{name}.square", BinaryOperation.Mul, value, value, $"{name}:square"), Count);

    private static double[] Spread(Random random) => [.. Enumerable.Range(0, Count).Select(_ => Math.Pow(10, -4 * random.NextDouble()) * (random.Next(2) == 0 ? 3 : -3))];

    private static double[] Squares(double[] values) => Array.ConvertAll(values, static value => value * value);
}
