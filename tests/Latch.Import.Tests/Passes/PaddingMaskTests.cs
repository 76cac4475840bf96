using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Passes;

/// <summary>Loops that choose between the new state and the one before: by padding, or by the data.</summary>
public sealed class PaddingMaskTests
{
    private const int Inputs = 3;
    private const int Units = 4;
    private const float Padding = -7;

    public static TheoryData<string, bool, int> Masks()
    {
        TheoryData<string, bool, int> masks = [];
        foreach (string form in new[] { "any differs", "all equal", "number that differs", "input", "length" })
        {
            foreach (bool paddingIsTrue in new[] { false, true })
            {
                foreach (int steps in new[] { 1, 6 })
                    masks.Add(form, paddingIsTrue, steps);
            }
        }
        return masks;
    }

    [Theory]
    [MemberData(nameof(Masks))]
    public void Import_PaddingKeepsTheState_TakesEveryRowAsData(string form, bool paddingIsTrue, int steps)
    {
        byte[] bytes = Masked(form, paddingIsTrue, keepsWhenTrue: paddingIsTrue, padded: steps).ToBytes();

        FloatModel model = OnnxImporter.Import(bytes, "masked.onnx", new ImportOptions { Steps = steps });

        Assert.Equal((CellKind.Gru, steps), Assert.Single(model.Nodes.OfType<RecurrentNode>().Select(node => (node.Cell, node.Steps))));
        Assert.Empty(model.Nodes.OfType<WhereNode>());
        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.Contains(model.Notes, note => note.Contains("every row is data", StringComparison.Ordinal));
        float[] x = Rows(steps), expected = Run(bytes, form, paddingIsTrue, x, steps, padding: 0);
        Assert.InRange(Agreement.Largest(new Dictionary<string, float[]> { ["h"] = expected }, new FloatReference(model).Run(new Dictionary<string, float[]> { ["x"] = x })), 0, 3e-6);
    }

    [Theory]
    [InlineData("any differs")]
    [InlineData("all equal")]
    [InlineData("number that differs")]
    [InlineData("input")]
    [InlineData("length")]
    public void Run_RowsWithoutThePadding_GivesTheStateOfThePaddedRows(string form)
    {
        const int Data = 4, Padded = 2;
        float[] x = Rows(Data);
        float[] expected = Run(Masked(form, true, keepsWhenTrue: true, Data + Padded).ToBytes(), form, true, [.. x, .. Enumerable.Repeat(Padding, Padded * Inputs)], Data + Padded, Padded);

        FloatModel model = OnnxImporter.Import(Masked(form, true, keepsWhenTrue: true, Data).ToBytes(), "masked.onnx", new ImportOptions { Steps = Data });

        Assert.InRange(Agreement.Largest(new Dictionary<string, float[]> { ["h"] = expected }, new FloatReference(model).Run(new Dictionary<string, float[]> { ["x"] = x })), 0, 3e-6);
    }

    [Theory]
    [InlineData("below", false, 1)]
    [InlineData("below", true, 1)]
    [InlineData("below", false, 5)]
    [InlineData("below", true, 5)]
    [InlineData("one feature equal", true, 1)]
    [InlineData("one feature equal", true, 5)]
    [InlineData("any equal", true, 5)]
    [InlineData("all differ", false, 5)]
    [InlineData("computed", true, 5)]
    [InlineData("all equal", false, 5)]
    [InlineData("length", false, 5)]
    public void Import_DataDecide_IsRefused(string form, bool keepsWhenTrue, int steps)
    {
        ImportException refusal = Refusal.Of(Masked(form, paddingIsTrue: true, keepsWhenTrue, steps), new ImportOptions { Steps = steps });

        Assert.Equal((ImportErrorCode.UnsupportedForm, "Scan", "body"), (refusal.Code, refusal.OperatorName, refusal.Attribute));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Import_ChoiceWithoutTheStateBefore_IsRefused(int steps) => Assert.Equal(
        "Scan", Refusal.Of(Masked("all equal", true, keepsWhenTrue: true, steps, other: true), new ImportOptions { Steps = steps }).OperatorName);

    /// <summary>A Scan of a GRU over x [time,1,I] to its last state h, with a choice between the new state and the one before (or its negative).</summary>
    private static OnnxWriter Masked(string form, bool paddingIsTrue, bool keepsWhenTrue, int padded, bool other = false)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", "time", 1, Inputs);
        OnnxWriter body = new(13, "body_");
        body.Input("body_h", 1, Units);
        body.Input("body_x", 1, Inputs);
        List<string> scanned = ["x"];
        if (form == "input")
        {
            scanned.Add(writer.Input("mask", DataType.Bool, "time", 1));
            body.Input("body_mask", DataType.Bool, 1);
        }
        else if (form == "length")
        {
            writer.Input("rows", DataType.Int64, 1);
            scanned.Add(writer.Integers([padded], [.. Enumerable.Range(0, padded)]));
            body.Input("body_time", DataType.Int64);
        }
        string h = GruCell.Write(body, "body_x", "body_h", Inputs, Units, true, "(1 - z) n + z h", "Sigmoid", "Tanh");
        string kept = other ? body.Node("Neg", ["body_h"]) : "body_h", condition = Condition(body, form, paddingIsTrue);
        body.Node("Where", keepsWhenTrue ? [condition, kept, h] : [condition, h, kept], ["body_out"]);
        body.Output("body_out");
        writer.Node("Scan", [writer.Floats([1, Units], new float[Units]), .. scanned], ["h"], ("body", body.Graph), ("num_scan_inputs", scanned.Count));
        writer.Output("h");
        return writer;
    }

    private static string Condition(OnnxWriter body, string form, bool paddingIsTrue)
    {
        string Not(string value) => body.Node("Not", [value]);
        string Numbers(string value) => body.Node("Cast", [value], ("to", 1));
        string Truth(string value) => body.Node("Cast", [value], ("to", 9));
        string Equal(string value) => body.Node("Equal", [value, body.Floats([], [Padding])]);
        string Reduced(string operation, string value) => Truth(body.Node(operation, [Numbers(value)], operation == "ReduceSum" ? [] : [("axes", new long[] { 1 }), ("keepdims", 1)]));
        string first = body.Node("Slice", ["body_x", body.Integers(0), body.Integers(1), body.Integers(1)]);
        string padding = form switch
        {
            "any differs" => Not(Reduced("ReduceMax", Not(Equal("body_x")))),
            "number that differs" => Not(Reduced("ReduceSum", Not(Equal("body_x")))),
            "all equal" => Reduced("ReduceMin", Equal("body_x")),
            "input" => Not(Truth("body_mask")),
            "length" => Not(body.Node("Less", ["body_time", "rows"])),
            "below" => body.Node("Less", [first, body.Floats([], [0f])]),
            "one feature equal" => Equal(first),
            "any equal" => Reduced("ReduceMax", Equal("body_x")),
            "all differ" => Reduced("ReduceMin", Not(Equal("body_x"))),
            _ => Reduced("ReduceMin", Equal(body.Node("Tanh", ["body_x"]))),
        };
        return paddingIsTrue ? padding : Not(padding);
    }

    private static float[] Rows(int steps)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, steps * Inputs).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    /// <summary>The last state in ONNX Runtime, with some rows of padding at the end.</summary>
    private static float[] Run(byte[] bytes, string form, bool paddingIsTrue, float[] x, int steps, int padding)
    {
        using OnnxOracle oracle = new(bytes);
        List<(string, int[], float[])> inputs = [("x", [steps, 1, Inputs], x)];
        if (form == "input")
            inputs.Add(("mask", [steps, 1], [.. Enumerable.Range(0, steps).Select(step => step < steps - padding ? 1f : 0f)]));
        else if (form == "length")
            inputs.Add(("rows", [1], [steps - padding]));
        return oracle.Run(inputs)["h"];
    }
}
