using Latch.Import.Graph;
using Latch.Quantize.Tests.Models;

namespace Latch.Quantize.Tests;

/// <summary>Windows, picked elements and choices along the time axis keep a graph from being streamed, those within a step do not.</summary>
public sealed class CausalityOfWindowsTests
{
    private const int Steps = 5;
    private const int Channels = 6;

    [Fact]
    public void FindObstacle_ConvolutionWithinEachStep_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
        builder.Add(new ConvNode("conv", Rows(builder, x), "y", builder.Weights(1, 2, 1, 3), null, Window(1, 1), 1), builder.Steps, 2, Channels - 2)));

    [Fact]
    public void FindObstacle_ConvolutionOfOneStepInto_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
        builder.Add(new ConvNode("conv", Columns(builder, x), "y", builder.Weights(1, 2, Channels, 1), null, Window(1, 1), 1), 1, 2, builder.Steps)));

    [Fact]
    public void FindObstacle_ConvolutionOverTheStepsBefore_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
        builder.Add(new ConvNode("conv", Columns(builder, x), "y", builder.Weights(1, 2, Channels, 3), null, new WindowGeometry([1], [2], [4], [0]), 1), 1, 2, builder.Steps)));

    [Fact]
    public void FindObstacle_ConvolutionOverTheStepAfter_SeesSeveralSteps() => Assert.Contains("'conv' sees several steps", Obstacle(static (builder, x) =>
        builder.Add(new ConvNode("conv", Columns(builder, x), "y", builder.Weights(1, 2, Channels, 3), null, new WindowGeometry([1], [1], [1], [1]), 1), 1, 2, builder.Steps)), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_ConvolutionOfStepsAsChannels_MultipliesOverTime() => Assert.Contains("'conv' multiplies over time", Obstacle(static (builder, x) =>
        builder.Add(new ConvNode("conv", Planes(builder, x), "y", builder.Weights(1, 2, builder.Steps, 3), null, Window(1, 1), 1), 1, 2, Channels - 2)), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_TransposedConvolutionOverTime_SeesSeveralSteps() => Assert.Contains("'conv' sees several steps", Obstacle(static (builder, x) =>
        builder.Add(new ConvTransposeNode("conv", Columns(builder, x), "y", builder.Weights(1, Channels, 2, 3), null, new WindowGeometry([1], [1], [1], [1]), 1), 1, 2, builder.Steps)), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_PoolOverTheChannelsOfAStep_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
        builder.Add(new PoolNode("pool", PoolOperation.Max, Rows(builder, x), "y", [2], Window(2, 1)), builder.Steps, 1, Channels / 2)));

    [Fact]
    public void FindObstacle_PoolOverTime_SeesSeveralSteps() => Assert.Contains("'pool' sees several steps", Obstacle(static (builder, x) =>
        builder.Add(new PoolNode("pool", PoolOperation.Average, Columns(builder, x), "y", [3], new WindowGeometry([1], [1], [1], [1])), 1, Channels, builder.Steps)), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_ChannelsPickedInEachStep_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
    {
        int[] source = [.. Enumerable.Range(0, builder.Steps).SelectMany(static step => new[] { (step * Channels) + 4, -1, step * Channels })];
        return builder.Add(new PickNode("pick", x, "y", source, 7), builder.Steps, 3);
    }));

    [Fact]
    public void FindObstacle_StepsInReverse_MovesElements() => Assert.Contains("'pick' moves elements", Obstacle(static (builder, x) =>
    {
        int[] source = [.. Enumerable.Range(0, builder.Steps * Channels).Select(i => ((builder.Steps - 1 - (i / Channels)) * Channels) + (i % Channels))];
        return builder.Add(new PickNode("pick", x, "y", source), builder.Steps, Channels);
    }), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_ElementsOfEachStepReplaced_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
    {
        string updates = builder.Add(new SliceNode("part", x, "u", [0, 2], [1, 1]), builder.Steps, 1);
        int[] positions = [.. Enumerable.Range(0, builder.Steps).Select(static step => step * Channels)];
        return builder.Add(new ScatterNode("scatter", x, updates, "y", positions), builder.Steps, Channels);
    }));

    [Fact]
    public void FindObstacle_ElementsReplacedByThoseOfOtherSteps_MovesElements() => Assert.Contains("'scatter' moves elements", Obstacle(static (builder, x) =>
    {
        string updates = builder.Add(new SliceNode("part", x, "u", [0, 2], [1, 1]), builder.Steps, 1);
        int[] positions = [.. Enumerable.Range(0, builder.Steps).Select(step => (builder.Steps - 1 - step) * Channels)];
        return builder.Add(new ScatterNode("scatter", x, updates, "y", positions), builder.Steps, Channels);
    }), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_ConstantPutIntoTheFirstStep_IsFoundByTrial() => Assert.Contains("depends on the number of steps", Obstacle(static (builder, x) =>
        builder.Add(new ScatterNode("scatter", x, builder.Constant("zero", [1], [9]), "y", [0]), builder.Steps, Channels)), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_LargestChannelOfEachStep_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
        builder.Add(new ArgMaxNode("position", x, "y", 1, false, false), builder.Steps)));

    [Fact]
    public void FindObstacle_StepWithTheLargest_LooksForAStep() => Assert.Contains("'position' looks for a step", Obstacle(static (builder, x) =>
        builder.Add(new ArgMaxNode("position", x, "y", 0, false, false), Channels)), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_ComparisonWithTheWholeSequence_JoinsWithTheFuture() => Assert.Contains("'compare' joins", Obstacle(static (builder, x) =>
    {
        string final = builder.Add(new ReshapeNode("row", builder.Recurrent("layer", x, CellKind.Gru, Channels).FinalH!, "r"), 1, Channels);
        return builder.Add(new CompareNode("compare", Comparison.Less, x, final, "y"), builder.Steps, Channels);
    }), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_ChoiceWithinEachStep_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
    {
        string condition = builder.Add(new CompareNode("compare", Comparison.LessOrEqual, x, builder.Constant("limit", [1], [0.2f]), "c"), builder.Steps, Channels);
        return builder.Add(new WhereNode("where", condition, x, builder.Constant("other", [1], [-3]), "y"), builder.Steps, Channels);
    }));

    [Fact]
    public void FindObstacle_ChoiceByTheWholeSequence_JoinsWithTheFuture() => Assert.Contains("'where' joins", Obstacle(static (builder, x) =>
    {
        string final = builder.Add(new ReshapeNode("row", builder.Recurrent("layer", x, CellKind.Gru, Channels).FinalH!, "r"), 1, Channels);
        string condition = builder.Add(new CompareNode("compare", Comparison.Less, final, builder.Constant("limit", [1], [0]), "c"), 1, Channels);
        return builder.Add(new WhereNode("where", condition, x, builder.Constant("other", [1], [-3]), "y"), builder.Steps, Channels);
    }), StringComparison.Ordinal);

    [Fact]
    public void FindObstacle_RowsOfATableForEachStep_IsNone() => Assert.Null(Obstacle(static (builder, x) =>
    {
        string token = builder.Add(new ArgMaxNode("position", x, "n", 1, false, false), builder.Steps);
        return builder.Add(new EmbeddingNode("rows", token, "y", builder.Weights(1, Channels, 3)), builder.Steps, 3);
    }));

    private static string? Obstacle(Func<NetworkBuilder, string, string> network)
    {
        FloatModel Build(int steps)
        {
            var builder = new NetworkBuilder(1, steps);
            builder.Output(network(builder, builder.Input("x", steps, Channels)));
            return builder.Build();
        }
        return Stepping.Of(Build(Steps), Build(1)).Obstacle;
    }

    private static WindowGeometry Window(int stride, int dilation) => new([stride], [dilation], [0], [0]);

    /// <summary>Each step by itself: [T,1,C].</summary>
    private static string Rows(NetworkBuilder builder, string x) => builder.Add(new ReshapeNode("rows", x, "xr"), builder.Steps, 1, Channels);

    /// <summary>The steps along the plane: [1,C,T].</summary>
    private static string Columns(NetworkBuilder builder, string x)
    {
        string turned = builder.Add(new TransposeNode("turn", x, "xt", [1, 0]), Channels, builder.Steps);
        return builder.Add(new ReshapeNode("columns", turned, "xc"), 1, Channels, builder.Steps);
    }

    /// <summary>The steps as channels: [1,T,C].</summary>
    private static string Planes(NetworkBuilder builder, string x) => builder.Add(new ReshapeNode("planes", x, "xp"), 1, builder.Steps, Channels);
}
