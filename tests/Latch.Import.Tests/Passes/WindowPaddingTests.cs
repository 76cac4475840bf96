using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>Padding around convolutions becomes their own, and the outputs stay what ONNX Runtime says.</summary>
public sealed class WindowPaddingTests
{
    private const int Steps = 7;

    [Fact]
    public void Import_ConvolutionPaddedOnBothSidesAndCut_IsPaddedBefore()
    {
        // As PyTorch writes a causal convolution: padding of (K - 1) dilation, then [:, :, :-padding].
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, Steps);
        string all = writer.Node("Conv", ["x", writer.Floats(new Random(1), 1, 4, 3, 3)], ("pads", new long[] { 4, 4 }), ("dilations", new long[] { 2 }));
        string cut = writer.Node("Slice", [all, writer.Integers(0), writer.Integers(-4), writer.Integers(2)]);
        writer.Node("Relu", [cut], ["y"]);
        writer.Output("y");

        Assert.Equal([[4], [0]], Pads(Conv(Check(writer), "ConvNode", "ActivationNode")));
    }

    [Fact]
    public void Import_ConvolutionCutFromItsFirstElements_IsCutStill()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, Steps);
        string all = writer.Node("Conv", ["x", writer.Floats(new Random(1), 1, 4, 3, 3)], ("pads", new long[] { 2, 2 }));
        writer.Node("Slice", [all, writer.Integers(1), writer.Integers(8), writer.Integers(2)], ["y"]);
        writer.Output("y");

        Assert.Equal([[2], [2]], Pads(Conv(Check(writer), "ConvNode", "SliceNode")));
    }

    [Fact]
    public void Import_ConvolutionCutByMoreThanItsPadding_IsCutStill()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, Steps);
        string all = writer.Node("Conv", ["x", writer.Floats(new Random(1), 1, 4, 3, 3)], ("pads", new long[] { 2, 2 }));
        writer.Node("Slice", [all, writer.Integers(0), writer.Integers(-3), writer.Integers(2)], ["y"]);
        writer.Output("y");

        Assert.Equal([[2], [2]], Pads(Conv(Check(writer), "ConvNode", "SliceNode")));
    }

    [Fact]
    public void Import_StridedConvolutionCut_LosesWholeStridesOfPadding()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, 9);
        string all = writer.Node("Conv", ["x", writer.Floats(new Random(1), 1, 4, 3, 3)], ("pads", new long[] { 2, 4 }), ("strides", new long[] { 2 }));
        writer.Node("Slice", [all, writer.Integers(0), writer.Integers(-2), writer.Integers(2)], ["y"]);
        writer.Output("y");

        Assert.Equal([[2], [0]], Pads(Conv(Check(writer), "ConvNode")));
    }

    [Fact]
    public void Import_ZerosBeforeTheInput_AreTheConvolutionsPadding()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, Steps);
        string padded = writer.Node("Pad", ["x", writer.Integers(0, 0, 2, 0, 0, 1)]);
        writer.Node("Conv", [padded, writer.Floats(new Random(1), 1, 4, 3, 3)], ["y"], ("pads", new long[] { 1, 0 }));
        writer.Output("y");

        Assert.Equal([[3], [1]], Pads(Conv(Check(writer), "ConvNode")));
    }

    [Fact]
    public void Import_ZerosBeforeAxesAreTurnedAndAdded_AreTheConvolutionsPadding()
    {
        // As Keras does: steps before channels are padded, become a plane of one row, and turn.
        OnnxWriter writer = new(13);
        writer.Input("x", 1, Steps, 3);
        string padded = writer.Node("Pad", ["x", writer.Integers(0, 2, 0, 0, 0, 0)]);
        string plane = writer.Node("Unsqueeze", [padded, writer.Integers(1)]);
        string turned = writer.Node("Transpose", [plane], ("perm", new long[] { 0, 3, 1, 2 }));
        string all = writer.Node("Conv", [turned, writer.Floats(new Random(1), 1, 4, 3, 1, 3)]);
        writer.Node("Squeeze", [all, writer.Integers(2)], ["y"]);
        writer.Output("y");

        FloatModel model = Check(writer);
        Assert.DoesNotContain(model.Nodes, static node => node is PickNode);
        Assert.Equal([[0, 2], [0, 0]], Pads(Assert.Single(model.Nodes.OfType<ConvNode>())));
    }

    [Theory]
    [InlineData("reflect", 0f)]
    [InlineData("constant", 0.5f)]
    public void Import_OtherPadding_StaysANode(string mode, float fill)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, Steps);
        string padded = writer.Node("Pad", ["x", writer.Integers(0, 0, 2, 0, 0, 0), writer.Floats([], [fill])], ("mode", mode));
        writer.Node("Conv", [padded, writer.Floats(new Random(1), 1, 4, 3, 3)], ["y"]);
        writer.Output("y");

        Assert.Equal([[0], [0]], Pads(Conv(Check(writer), "PickNode", "ConvNode")));
    }

    [Theory]
    [InlineData(0, 0, 0, 2, 0, 0, -1, 0)] // cut
    [InlineData(0, 0, 1, 1, 0, 0, -1, 1)] // moved on
    [InlineData(0, 0, 1, 1, 0, -1, 0, 0)] // fewer channels
    public void Import_OneAxisPaddedAndAnotherCut_StaysANode(params int[] pads)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, 4, Steps);
        string padded = writer.Node("Pad", ["x", writer.Integers([.. pads.Select(pad => (long)pad)])]);
        writer.Node("Conv", [padded, writer.Floats(new Random(1), 1, 4, 3 + pads[5], 2, 3)], ["y"], ("pads", new long[] { 0, 0, 1, 0 }));
        writer.Output("y");

        Assert.Equal([0, 0], Conv(Check(writer), "PickNode", "ConvNode").Window.Before);
    }

    [Fact]
    public void Import_PaddedChannels_StayANode()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, Steps);
        string padded = writer.Node("Pad", ["x", writer.Integers(0, 1, 2, 0, 0, 0)]);
        writer.Node("Conv", [padded, writer.Floats(new Random(1), 1, 4, 4, 3)], ["y"]);
        writer.Output("y");

        Assert.Equal([[0], [0]], Pads(Conv(Check(writer), "PickNode", "ConvNode")));
    }

    [Fact]
    public void Import_PaddedValueThatOthersRead_StaysANode()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3, Steps);
        string padded = writer.Node("Pad", ["x", writer.Integers(0, 0, 2, 0, 0, 0)]);
        string all = writer.Node("Conv", [padded, writer.Floats(new Random(1), 1, 3, 3, 1)]);
        writer.Node("Add", [all, padded], ["y"]);
        writer.Output("y");

        Assert.Equal([[0], [0]], Pads(Conv(Check(writer), "PickNode", "ConvNode", "BinaryNode")));
    }

    private static int[][] Pads(ConvNode node) => [node.Window.Before, node.Window.After];

    private static ConvNode Conv(FloatModel model, params string[] kinds)
    {
        Assert.Equal(kinds, model.Nodes.Select(node => node.GetType().Name));
        return Assert.Single(model.Nodes.OfType<ConvNode>());
    }

    private static FloatModel Check(OnnxWriter writer)
    {
        byte[] bytes = writer.ToBytes();
        FloatModel model = OnnxImporter.Import(bytes, "model.onnx");
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1)), scaleAbove: 1), 0, 2e-6);
        return model;
    }
}
