using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.BadInput;

/// <summary>What the operators around recurrent layers cannot be imported with is refused with node, operator, and the attribute or input concerned.</summary>
public sealed class OperatorRefusalTests
{
    /// <summary>What is wrong, the attribute named, and the node; the input x is [1,4,6], n holds integers [1,4,6].</summary>
    private static readonly Dictionary<string, (string Attribute, int Opset, Func<OnnxWriter, string> Write)> s_refused = new()
    {
        ["Conv with a group that does not divide"] = ("group", 13, w => Conv(w, ("group", 3))),
        ["Conv with one pad"] = ("pads", 13, w => Conv(w, ("pads", new long[] { 1 }))),
        ["Conv that crops"] = ("pads", 13, w => Conv(w, ("pads", new long[] { -1, 0 }))),
        ["Conv without a stride"] = ("strides", 13, w => Conv(w, ("strides", new long[] { 0 }))),
        ["Conv with a dilation beyond all bounds"] = ("dilations", 13, w => Conv(w, ("dilations", new[] { long.MaxValue }))),
        ["Conv with windows that overflow"] = ("", 13, w => Conv(w, ("dilations", new long[] { int.MaxValue }))),
        ["Conv with a window larger than its input"] = ("", 13, w => Conv(w, ("dilations", new long[] { 6 }))),
        ["Conv with padding by an unknown name"] = ("auto_pad", 13, w => Conv(w, ("auto_pad", "SAME"))),
        ["Conv with two paddings"] = ("auto_pad", 13, w => Conv(w, ("auto_pad", "VALID"), ("pads", new long[] { 1, 1 }))),
        ["Conv with a kernel that the weights do not have"] = ("kernel_shape", 13, w => Conv(w, ("kernel_shape", new long[] { 3 }))),
        ["Conv of other channels"] = ("W", 13, w => w.Node("Conv", ["x", w.Floats(new Random(1), 1, 2, 3, 2)])),
        ["Conv with computed weights"] = ("W", 13, w => w.Node("Conv", ["x", w.Node("Relu", ["x"])])),
        ["Conv with weights of another rank"] = ("W", 13, w => w.Node("Conv", ["x", w.Floats(new Random(1), 1, 2, 4, 2, 2)])),
        ["Conv with two biases for three channels"] = ("B", 13, w => w.Node("Conv", ["x", w.Floats(new Random(1), 1, 3, 4, 2), w.Floats(new Random(1), 1, 2)])),
        ["Conv over three axes"] = ("X", 13, w => w.Node("Conv", [Volume(w), w.Floats(new Random(1), 1, 1, 1, 1, 1, 1)])),
        ["Conv with a weight that is not a number"] = ("W", 13, w => w.Node("Conv", ["x", w.Floats([1, 4, 1], [1, 2, float.NaN, 4])])),
        ["ConvTranspose to more than its windows reach"] =
            ("output_shape", 13, w => w.Node("ConvTranspose", ["x", w.Floats(new Random(1), 1, 4, 1, 2)], ("output_shape", new long[] { 9 }))),
        ["MaxPool without a kernel"] = ("kernel_shape", 13, w => w.Node("MaxPool", ["x"])),
        ["MaxPool of padding only"] = ("pads", 13, w => Pool(w, "MaxPool", ("pads", new long[] { 2, 0 }))),
        ["MaxPool of the same length with dilations"] = ("auto_pad", 13, w => Pool(w, "MaxPool", ("auto_pad", "SAME_UPPER"), ("dilations", new long[] { 2 }))),
        ["MaxPool with dilations too early"] = ("dilations", 9, w => Pool(w, "MaxPool", ("dilations", new long[] { 2 }))),
        ["AveragePool that counts padding and reaches beyond it"] = ("ceil_mode", 13, w => w.Node(
            "AveragePool", ["x"], ("kernel_shape", new long[] { 4 }), ("strides", new long[] { 4 }), ("pads", new long[] { 1, 0 }), ("ceil_mode", 1), ("count_include_pad", 1))),
        ["Pad in an unknown mode"] = ("mode", 13, w => Pad(w, [0, 0, 1, 0, 0, 0], ("mode", "mirror"))),
        ["Pad that reflects more than there is"] = ("pads", 13, w => Pad(w, [0, 0, 6, 0, 0, 0], ("mode", "reflect"))),
        ["Pad that crops everything"] = ("pads", 13, w => Pad(w, [0, 0, -6, 0, 0, 0])),
        ["Pad beyond all bounds"] = ("pads", 13, w => Pad(w, [0, 0, long.MaxValue, 0, 0, 0])),
        ["Pad to a huge value"] = ("pads", 13, w => Pad(w, [0, 0, 1 << 24, 0, 0, 0])),
        ["Pad with too few numbers"] = ("pads", 13, w => Pad(w, [0, 0, 1])),
        ["Pad with computed numbers"] = ("pads", 13, w => w.Node("Pad", ["x", "n"])),
        ["Pad with infinity"] = ("constant_value", 13, w => w.Node("Pad", ["x", w.Integers(0, 0, 1, 0, 0, 0), w.Floats([], [float.NegativeInfinity])])),
        ["Pad of an axis twice"] = ("pads", 18, w => w.Node("Pad", ["x", w.Integers(1, 1, 1, 1), "", w.Integers(1, -2)])),
        ["Gather of computed rows by computed indices"] = ("indices", 13, w => w.Node("Gather", ["x", "n"])),
        ["Gather of columns by computed indices"] = ("axis", 13, w => w.Node("Gather", [w.Floats(new Random(1), 1, 2, 3), "n"], ("axis", 1))),
        ["Gather by computed floats"] = ("indices", 13, w => w.Node("Gather", [w.Floats(new Random(1), 1, 2, 3), "x"])),
        ["GatherElements by computed indices"] = ("indices", 13, w => w.Node("GatherElements", ["x", "n"])),
        ["GatherElements outside"] = ("indices", 13, w => w.Node("GatherElements", ["x", w.Integers([1, 1, 1], [6])], ("axis", 2))),
        ["GatherND with more axes than there are"] = ("indices", 13, w => w.Node("GatherND", ["x", w.Integers(0, 0, 0, 0)])),
        ["GatherND with batch axes that differ"] = ("batch_dims", 13, w => w.Node("GatherND", ["x", w.Integers([2, 1], [0, 0])], ("batch_dims", 1))),
        ["ScatterND that adds"] = ("reduction", 16, w => w.Node("ScatterND", ["x", w.Integers([1, 1], [0]), "x"], ("reduction", "add"))),
        ["ScatterND with updates of another shape"] = ("updates", 13, w => w.Node("ScatterND", ["x", w.Integers([1, 1], [0]), w.Floats([], [1])])),
        ["ScatterElements that multiplies"] = ("reduction", 18, w => w.Node("ScatterElements", ["x", w.Integers([1, 1, 1], [0]), w.Floats([1, 1, 1], [1])], ("reduction", "mul"))),
        ["ArgMax of the last of several"] = ("select_last_index", 13, w => w.Node("ArgMax", ["x"], ("select_last_index", 1))),
        ["Gelu by an unknown formula"] = ("approximate", 20, w => w.Node("Gelu", ["x"], ("approximate", "erf"))),
        ["Celu without a scale"] = ("alpha", 13, w => w.Node("Celu", ["x"], ("alpha", 0f))),
        ["Cast that rounds"] = ("to", 13, w => w.Node("Cast", [w.Node("Tanh", ["x"])], ("to", (int)DataType.Int64))),
        ["Cast to text"] = ("to", 13, w => w.Node("Cast", ["x"], ("to", (int)DataType.String))),
        ["Div of integers"] = ("", 14, w => w.Node("Div", ["n", w.Scalar(2)])),
        ["Add of integers and floats"] = ("", 14, w => w.Node("Add", ["n", "x"])),
        ["ReduceSumSquare of no axes"] = ("noop_with_empty_axes", 18, w => w.Node("ReduceSumSquare", ["x"], ("noop_with_empty_axes", 1))),
        ["ReduceL1 of no axes"] = ("noop_with_empty_axes", 18, w => w.Node("ReduceL1", ["x"], ("noop_with_empty_axes", 1))),
        ["ReduceMean of integers"] = ("", 13, w => w.Node("ReduceMean", ["n"])),
        ["Pow of integers that roots"] = ("Y", 13, w => w.Node("Pow", ["n", w.Floats([], [0.5f])])),
        ["Where a constant mask puts infinity"] =
            ("Y", 13, w => w.Node("Where", [w.Integers([6], [1, 1, 0, 1, 0, 1], DataType.Bool), "x", w.Floats([], [float.PositiveInfinity])])),
        ["Where shapes do not fit"] = ("", 13, w => w.Node("Where", [w.Integers([5], [1, 1, 0, 1, 0], DataType.Bool), "x", "x"])),
        ["InstanceNormalization without a spatial axis"] =
            ("input", 13, w => w.Node("InstanceNormalization", [w.Node("Flatten", ["x"]), w.Floats(new Random(1), 1, 24), w.Floats(new Random(1), 1, 24)])),
        ["LpNormalization by a third power"] = ("p", 13, w => w.Node("LpNormalization", ["x"], ("p", 3))),
        ["LpNormalization by the largest"] = ("p", 22, w => w.Node("LpNormalization", ["x"], ("p", 0))),
        ["LpNormalization along an axis that is not there"] = ("axis", 13, w => w.Node("LpNormalization", ["x"], ("axis", 3))),
        ["DepthToSpace without a block"] = ("blocksize", 13, w => w.Node("DepthToSpace", [w.Node("Unsqueeze", ["x", w.Integers(0)])], ("blocksize", 0))),
        ["DepthToSpace in an unknown order"] =
            ("mode", 13, w => w.Node("DepthToSpace", [w.Node("Unsqueeze", ["x", w.Integers(0)])], ("blocksize", 1), ("mode", "RCD"))),
        ["SpaceToDepth of half blocks"] = ("blocksize", 13, w => w.Node("SpaceToDepth", [w.Node("Unsqueeze", ["x", w.Integers(0)])], ("blocksize", 4))),
    };

    public static TheoryData<string> Names() => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Import_FormThatIsNotSupported_IsRefusedWithNodeOperatorAndAttribute(string name)
    {
        (string attribute, int opset, Func<OnnxWriter, string> write) = s_refused[name];
        OnnxWriter writer = new(opset);
        writer.Input("x", 1, 4, 6);
        writer.Input("n", DataType.Int64, [1, 4, 6]);
        writer.Output(write(writer));

        ImportException refusal = Refusal.Of(writer);

        Assert.Equal((name.Split(' ')[0], attribute), (refusal.OperatorName, refusal.Attribute));
        Assert.Equal(writer.Model.Graph.Node[^1].Name, refusal.Node);
        Assert.Contains($"node '{refusal.Node}' ({refusal.OperatorName})", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_PositionsOfAMaxPool_AreRefused()
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 4, 6);
        string[] outputs = writer.Node("MaxPool", ["x"], ["y", "positions"], ("kernel_shape", new long[] { 2 }));
        foreach (string output in outputs)
            writer.Output(output);

        Assert.Equal("output 1", Refusal.Of(writer).Attribute);
    }

    private static string Conv(OnnxWriter writer, params (string, object)[] attributes) =>
        writer.Node("Conv", ["x", writer.Floats(new Random(1), 1, 2, 4, 2)], attributes);

    private static string Pool(OnnxWriter writer, string name, params (string, object)[] attributes) =>
        writer.Node(name, ["x"], [.. attributes, ("kernel_shape", new long[] { 2 })]);

    private static string Pad(OnnxWriter writer, long[] pads, params (string, object)[] attributes) =>
        writer.Node("Pad", ["x", writer.Integers(pads)], attributes);

    private static string Volume(OnnxWriter writer) => writer.Node("Reshape", ["x", writer.Integers(1, 1, 4, 3, 2)]);
}
