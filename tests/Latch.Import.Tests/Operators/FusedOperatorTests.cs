using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.BadInput;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Operators;

/// <summary>Operators that ONNX Runtime's optimizer writes, those of new operator sets that are made of others, and those for constants only.</summary>
public sealed class FusedOperatorTests
{
    /// <summary>The operators that are tested here.</summary>
    public static readonly string[] Operators =
    [
        "Mod", "CumSum", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "CastLike", "RMSNormalization", "SimplifiedLayerNormalization", "Swish", "com.microsoft.FusedMatMul",
        "com.microsoft.FusedGemm", "com.microsoft.FusedConv", "com.microsoft.Gelu", "com.microsoft.BiasGelu", "com.microsoft.FastGelu", "com.microsoft.QuickGelu",
        "com.microsoft.SkipLayerNormalization",
    ];

    private readonly OnnxWriter _writer = new(17);
    private readonly Random _random = new(4);

    public FusedOperatorTests() => _writer.Input("x", 1, 4, 6);

    [Theory]
    [InlineData("Gelu", false)]
    [InlineData("BiasGelu", true)]
    [InlineData("FastGelu", false)]
    [InlineData("FastGelu", true)]
    [InlineData("QuickGelu", false)]
    public void Import_Gelu_IsThatOfOnnxRuntime(string name, bool bias) =>
        Microsoft(name, bias ? ["x", _writer.Floats(_random, 1, 6)] : ["x"]);

    [Theory]
    [InlineData(1f, 0)]
    [InlineData(0.25f, 1)]
    public void Import_FusedMatMul_IsThatOfOnnxRuntime(float alpha, int transposed) =>
        Microsoft("FusedMatMul", ["x", _writer.Floats(_random, 1, transposed == 0 ? [6, 3] : [3, 6])], ("alpha", alpha), ("transB", transposed));

    [Fact]
    public void Import_FusedMatMulOfTwoValues_IsThatOfOnnxRuntime() =>
        Microsoft("FusedMatMul", ["x", _writer.Node("Tanh", ["x"])], ("alpha", 0.5f), ("transA", 1));

    [Theory]
    [InlineData("Relu", new float[0])]
    [InlineData("LeakyRelu", new[] { 0.3f })]
    [InlineData("Clip", new[] { -0.5f, 0.5f })]
    [InlineData("HardSigmoid", new[] { 0.3f, 0.4f })]
    public void Import_FusedConv_IsThatOfOnnxRuntime(string activation, float[] parameters)
    {
        (string, object)[] attributes = parameters.Length == 0 ? [] : [("activation_params", parameters)];
        Microsoft("FusedConv", ["x", _writer.Floats(_random, 1, 3, 4, 3), _writer.Floats(_random, 1, 3)], [("activation", activation), ("pads", new long[] { 1, 1 }), .. attributes]);
    }

    [Fact]
    public void Import_FusedGemm_IsThatOfOnnxRuntime() => Microsoft(
        "FusedGemm",
        [_writer.Node("Flatten", ["x"]), _writer.Floats(_random, 1, 24, 3), _writer.Floats(_random, 1, 3)],
        ("activation", "LeakyRelu"), ("activation_alpha", 0.2f), ("alpha", 0.5f));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_SkipLayerNormalization_IsThatOfOnnxRuntime(bool bias)
    {
        string[] inputs = ["x", _writer.Node("Tanh", ["x"]), _writer.Floats(_random, 1, 6), _writer.Floats(_random, 1, 6)];
        Microsoft("SkipLayerNormalization", bias ? [.. inputs, _writer.Floats(_random, 1, 6)] : inputs, ("epsilon", 1e-5f));
    }

    [Fact]
    public void Import_SimplifiedLayerNormalization_IsThatOfOnnxRuntime()
    {
        _writer.Node("SimplifiedLayerNormalization", ["x", _writer.Floats(_random, 1, 6)], ["y"], ("axis", -1), ("epsilon", 1e-3f));
        Check();
    }

    [Theory]
    [InlineData("Swish", 24)]
    [InlineData("RMSNormalization", 23)]
    public void Import_NewOperator_IsThatOfOnnxRuntime(string name, int opset)
    {
        OnnxWriter writer = new(opset);
        writer.Model.IrVersion = 10;
        writer.Input("x", 1, 4, 6);
        writer.Node(name, name == "Swish" ? ["x"] : ["x", writer.Floats(_random, 1, 6)], ["y"], name == "Swish" ? ("alpha", 0.7f) : ("epsilon", 1e-3f));
        writer.Output("y");
        Check(writer);
    }

    [Theory]
    [InlineData("CumSum", false)]
    [InlineData("CumSum", true)]
    [InlineData("Floor", false)]
    [InlineData("Ceil", false)]
    [InlineData("Round", false)]
    [InlineData("Sign", false)]
    [InlineData("Sin", false)]
    [InlineData("Cos", false)]
    public void Import_OperatorForConstants_IsThatOfOnnxRuntime(string name, bool reverse)
    {
        string[] inputs = name == "CumSum" ? [_writer.Floats(_random, 3, 4, 6), _writer.Scalar(-2)] : [_writer.Floats(_random, 3, 4, 6)];
        (string, object)[] attributes = reverse ? [("reverse", 1), ("exclusive", 1)] : [];
        _writer.Node("Add", ["x", _writer.Node(name, inputs, attributes)], ["y"]);
        Check();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Import_RemaindersInShapeArithmetic_AreThoseOfOnnxRuntime(int fmod)
    {
        string numbers = _writer.Node("Mod", [_writer.Integers(-7, 7, -1), _writer.Integers(3, -3, 4)], ("fmod", fmod));
        _writer.Node("Mul", [_writer.Node("ReduceSum", ["x"]), _writer.Node("CastLike", [numbers, "x"])], ["y"]);
        Check();
    }

    [Theory]
    [InlineData("Floor")]
    [InlineData("Sin")]
    public void Import_OperatorForConstantsOnAComputedValue_IsRefusedWithItsName(string name)
    {
        ImportException refusal = Refusal.Of(SmallModels.Single(name, 13));

        Assert.Equal((ImportErrorCode.UnsupportedForm, name, "input 0"), (refusal.Code, refusal.OperatorName, refusal.Attribute));
        Assert.Contains("'x' is computed", refusal.Message, StringComparison.Ordinal);
    }

    private void Microsoft(string name, string[] inputs, params (string Name, object Value)[] attributes)
    {
        _writer.Node(name, inputs, ["y"], attributes);
        _writer.Model.Graph.Node[^1].Domain = "com.microsoft";
        _writer.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        Check();
    }

    private void Check()
    {
        _writer.Output("y");
        Check(_writer);
    }

    private static void Check(OnnxWriter writer)
    {
        byte[] bytes = writer.ToBytes();
        FloatModel model = OnnxImporter.Import(bytes, "fused.onnx");
        using OnnxOracle oracle = new(bytes);
        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(1)), scaleAbove: 1), 0, 5e-6);
    }
}
