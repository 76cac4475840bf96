using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Lowering;
using Latch.Quantize.Tests.Models;

namespace Latch.Quantize.Tests.Operators;

/// <summary>Codes of whole numbers, masks and padded values.</summary>
public sealed class FormatTests
{
    [Fact]
    public void Indices_MovedAndShifted_AreWhole()
    {
        var builder = new NetworkBuilder(1, 1);
        string token = builder.Add(new ReshapeNode("flat", builder.Input("token", 1, 1), "flat:y"), 1);
        string shifted = builder.Add(new BinaryNode("shift", BinaryOperation.Add, token, builder.Constant("one", [1], [1]), "shifted"), 1);
        builder.Output(builder.Add(new EmbeddingNode("table", shifted, "row", new FloatTensor([40, 1], new float[40])), 1, 1));
        builder.Output(builder.Add(new CompareNode("end", Import.Graph.Comparison.Equal, token, builder.Constant("last", [1], [39]), "at end"), 1));
        TensorFormats formats = Formats(builder, ("token", 0, 38), ("flat:y", 0, 38), ("shifted", 1, 39), ("at end", 0, 1));
        Assert.Equal(Whole, formats["shifted"]);
        Assert.Equal(Whole, formats["at end"]);
        // The token itself is only known to be whole where it is an index as it stands.
        Assert.Equal(ElementType.Int16, formats["token"].Type);
    }

    [Fact]
    public void Logic_OfComparisons_IsWholeAndItsMixtureIsNot()
    {
        var builder = new NetworkBuilder(1, 1);
        string x = builder.Input("x", 3), zero = builder.Constant("zero", [1], [0]);
        string less = builder.Add(new CompareNode("less", Import.Graph.Comparison.Less, x, zero, "below"), 3);
        string not = builder.Add(new BinaryNode("not", BinaryOperation.Sub, builder.Constant("one", [1], [1]), less, "not below"), 3);
        string both = builder.Add(new BinaryNode("and", BinaryOperation.Mul, less, not, "both"), 3);
        builder.Output(builder.Add(new ConcatNode("mixture", [both, x], "mixed", 0), 6));
        TensorFormats formats = Formats(builder, ("x", -1, 1), ("below", 0, 1), ("not below", 0, 1), ("both", 0, 1), ("mixed", -1, 1));
        Assert.Equal([Whole, Whole, Whole], [formats["below"], formats["not below"], formats["both"]]);
        Assert.InRange(formats["mixed"].Scale, 1 / 32767.0, 4 / 32767.0);
        Assert.Equal(formats["x"].Scale, formats["mixed"].Scale, 1e-4);
    }

    [Fact]
    public void Mask_BeforeSoftmax_LeavesTheCodesToWhatIsComputed()
    {
        var builder = new NetworkBuilder(1, 1);
        string score = builder.Input("score", 4), seen = builder.Input("seen", 4);
        string masked = builder.Add(new WhereNode("mask", seen, score, builder.Constant("far", [1], [-1e9f]), "masked"), 4);
        builder.Output(builder.Add(new SoftmaxNode("softmax", masked, "p", 0), 4));
        TensorFormats formats = Formats(builder, ("score", -3, 5), ("seen", 0, 1), ("masked", -1e9, 5), ("p", 0, 1));
        Assert.InRange(formats["masked"].Scale, 35 / 32767.0, 71 / 32767.0);
        Assert.Equal(Whole, formats["seen"]);
    }

    [Fact]
    public void Table_OfAnEmbedding_CoversEveryRow()
    {
        var builder = new NetworkBuilder(1, 1);
        string row = builder.Add(new EmbeddingNode("table", builder.Input("token", 1), "row", new FloatTensor([3, 1], [-4, 1, 2])), 1, 1);
        builder.Output(builder.Dense("head", row, 2));
        TensorFormats formats = Formats(builder, ("token", 1, 2), ("row", 1, 2), ("head:z", -1, 1));
        Assert.Equal(ElementType.Int8, formats["row"].Type);
        Assert.InRange(formats["row"].Scale, 6 / 255.0, 6.001 / 255);
        Assert.Equal(Whole, formats["token"]);
    }

    private static Quantization Whole => new(ElementType.Int16, 1, 0);

    private static TensorFormats Formats(NetworkBuilder builder, params (string Name, double Min, double Max)[] values)
    {
        var ranges = new Ranges { Method = CalibrationMethod.MinMax, Levels = 255 };
        foreach ((string name, double min, double max) in values)
            ranges.AddValue(name, [(float)min, (float)max]);
        return new TensorFormats(builder.Build(), ranges, ranges, new QuantizeOptions());
    }
}
