using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Lowering;
using Latch.Quantize.Tests.Models;
using Latch.Quantize.Weights;
using Latch.Runtime;

namespace Latch.Quantize.Tests.Operators;

/// <summary>One node, and its formula in double precision.</summary>
internal sealed record OperatorCase
{
    /// <summary>The catalog's key.</summary>
    public required string Key { get; init; }

    /// <summary>Shapes of the inputs "x0", "x1" and so on.</summary>
    public required int[][] Shapes { get; init; }

    /// <summary>Shape of the output "y".</summary>
    public required int[] Output { get; init; }

    /// <summary>The node that writes "y"; constants are added to the builder.</summary>
    public required Func<NetworkBuilder, GraphNode> Node { get; init; }

    /// <summary>The output from the inputs.</summary>
    public required Func<double[][], double[]> Formula { get; init; }

    /// <summary>Smallest element of the inputs.</summary>
    public double Low { get; init; } = -2;

    /// <summary>Largest element of the inputs.</summary>
    public double High { get; init; } = 3;

    /// <summary>Whether the inputs are whole numbers, which the formula then sees as they are and not as their codes.</summary>
    public bool Whole { get; init; }

    /// <summary>The largest difference of the integer operation from the formula, less the codes' share of the budget.</summary>
    /// <returns>What is left in real numbers, and the scale of the output.</returns>
    public (double Beyond, double Scale) Measure(ActivationWidth width, double codes)
    {
        var random = new Random(3);
        var builder = new NetworkBuilder(1, 1);
        double[][] inputs = [.. Shapes.Select(shape => Draw(random, TensorShape.Count(shape)))];
        for (int i = 0; i < Shapes.Length; i++)
            builder.Input($"x{i}", Shapes[i]);
        builder.Output(builder.Add(Node(builder), Output));
        FloatModel model = builder.Build();
        var ranges = new Ranges { Method = CalibrationMethod.MinMax, Levels = 255 };
        for (int i = 0; i < Shapes.Length; i++)
            ranges.AddValue($"x{i}", Array.ConvertAll(inputs[i], static value => (float)value));
        ranges.AddValue("y", Array.ConvertAll(Formula(inputs), static value => (float)value));
        var context = new LoweringContext(model, null, static _ => null, ranges, ranges, new QuantizeOptions { Activations = width }, new RoundingCache());
        Plan plan = new PlanBuilder(model, context).Build();
        var definition = new ModelDefinition { Name = Key, Layers = [], Step = plan, Constants = context.Constants };

        Quantization[] formats = [.. plan.Inputs.Select(port => plan.Tensors[port.Tensor].Quantization)];
        short[][] given = [.. inputs.Zip(formats, static (data, format) => Array.ConvertAll(data, value => (short)Math.Clamp(Math.Round(value / format.Scale) + format.ZeroPoint, format.MinCode, format.MaxCode)))];
        double[][] decoded = [.. given.Zip(formats, static (data, format) => Array.ConvertAll(data, code => format.Scale * (code - format.ZeroPoint)))];
        double[] expected = Formula(Whole ? inputs : decoded);
        Quantization y = plan.Tensors[plan.Outputs[0].Tensor].Quantization;
        using LatchModel integer = LatchModel.Create(definition);
        short[] result = new short[expected.Length];
        integer.CreateSession().Step([.. given.SelectMany(static data => data)], result);
        double beyond = result.Zip(expected, (code, real) => Math.Abs((y.Scale * (code - y.ZeroPoint)) - real) - (codes * y.Scale)).Max();
        return (beyond, y.Scale);
    }

    private double[] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Whole ? random.Next((int)Low, (int)High + 1) : Low + ((High - Low) * random.NextDouble()))];
}
