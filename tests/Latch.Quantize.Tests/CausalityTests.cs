using Latch.Import.Graph;
using Latch.Quantize.Tests.Models;

namespace Latch.Quantize.Tests;

public sealed class CausalityTests
{
    private const int Steps = 5;

    [Fact]
    public void FindObstacle_LayersWithDenseAfterEachStep_IsNone()
    {
        Assert.Null(Obstacle(static (builder, x) => Add(builder, builder.Dense("out", Sequence(builder, x), 2), builder.Constant("shift", [1, 2], [1, 2]))));
    }

    [Fact]
    public void FindObstacle_LastStepOfALayer_IsNone()
    {
        Assert.Null(Obstacle(static (builder, x) =>
        {
            string y = Sequence(builder, x);
            return builder.Add(new GatherNode("last", y, "h", 0, [builder.Steps - 1]), 1, 4);
        }));
    }

    [Fact]
    public void FindObstacle_StateThatIsAnInput_IsNamed()
    {
        Assert.Contains("'layer' starts from the input 'h0', which no output carries on", Obstacle(static (builder, x) =>
        {
            string start = builder.Input("h0", 4);
            return builder.Recurrent("layer", x, CellKind.Gru, 4, node => node with { InitialH = start }).Y!;
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void FindObstacle_FinalStateAddedToZerosPerStep_SpreadsTheFuture()
    {
        // As torch.zeros(1, T, H) + h: a decoder would get at every step what the last one decides.
        Assert.Contains("'sum' spreads", Obstacle(static (builder, x) => Add(builder, Final(builder, x), Zeros(builder, builder.Steps, 4))), StringComparison.Ordinal);
    }

    [Fact]
    public void FindObstacle_FinalStateGatheredOncePerStep_SpreadsTheFuture()
    {
        Assert.Contains("'repeat' spreads", Obstacle(static (builder, x) =>
        {
            string row = builder.Add(new ReshapeNode("row", Final(builder, x), "r"), 1, 4);
            return builder.Add(new GatherNode("repeat", row, "rows", 0, new int[builder.Steps]), builder.Steps, 4);
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void FindObstacle_ColumnOfOnesTimesFinalState_SpreadsTheFuture()
    {
        Assert.Contains("'product' spreads", Obstacle(static (builder, x) =>
        {
            string row = builder.Add(new ReshapeNode("row", Final(builder, x), "r"), 1, 4);
            string ones = builder.Constant("ones", [builder.Steps, 1], [.. Enumerable.Repeat(1f, builder.Steps)]);
            return builder.Add(new MatMulNode("product", ones, row, "rows"), builder.Steps, 4);
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void FindObstacle_EveryStepTimesFinalStateAsVector_JoinsWithTheFuture()
    {
        // Attention scores Y h with h a vector: the product drops an axis.
        Assert.Contains("'scores' joins", Obstacle(static (builder, x) =>
        {
            builder.Recurrent("layer", x, CellKind.Gru, 4);
            return builder.Add(new MatMulNode("scores", "layer/Y", "layer/H", "s"), builder.Steps);
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void FindObstacle_FactorMadeOfTheNumberOfSteps_IsFoundByTrial()
    {
        Assert.Contains("'scaled' depends", Obstacle(static (builder, x) =>
        {
            string factor = builder.Constant("factor", [1], [builder.Steps]);
            return builder.Add(new BinaryNode("mul", BinaryOperation.Mul, Sequence(builder, x), factor, "scaled"), builder.Steps, 4);
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void FindObstacle_ConstantPerStepThatJoinsALayerAtOneStep_NamesTheNode()
    {
        // With one step the constant has one row, and the simplified model has no sum.
        Assert.Contains("'out' is not the same", Obstacle(static (builder, x) =>
            Add(builder, builder.Dense("out", Sequence(builder, x), 2), Zeros(builder, builder.Steps, 2))), StringComparison.Ordinal);
    }

    private static string? Obstacle(Func<NetworkBuilder, string, string> network)
    {
        FloatModel Build(int steps)
        {
            var builder = new NetworkBuilder(1, steps);
            builder.Output(network(builder, builder.Input("x", steps, 3)));
            return Simplification.Apply(builder.Build());
        }
        return Stepping.Of(Build(Steps), Build(1)).Obstacle;
    }

    private static string Sequence(NetworkBuilder builder, string x) => builder.Recurrent("layer", x, CellKind.Lstm, 4).Y!;

    private static string Final(NetworkBuilder builder, string x) => builder.Recurrent("layer", x, CellKind.Lstm, 4).FinalH!;

    private static string Zeros(NetworkBuilder builder, params int[] shape) => builder.Constant("zeros", shape, new float[TensorShape.Count(shape)]);

    private static string Add(NetworkBuilder builder, string left, string right)
    {
        int[] shape = builder.ShapeOf(left).Length == 2 ? builder.ShapeOf(left) : builder.ShapeOf(right);
        return builder.Add(new BinaryNode("sum", BinaryOperation.Add, left, right, "total"), shape);
    }
}
