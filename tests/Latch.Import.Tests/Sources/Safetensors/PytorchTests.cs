using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>Files that PyTorch wrote (golden/make_pytorch.py) give what PyTorch computed.</summary>
public sealed class PytorchTests
{
    private const double Tolerance = 2e-6;
    private const string Head = """{"type": "dense", "prefix": "head"}""";

    [Theory]
    [InlineData("lstm", """{"type": "lstm", "prefix": "cell", "layers": 2, "bidirectional": true}""")]
    [InlineData("gru", """{"type": "gru", "prefix": "cell", "layers": 2, "bidirectional": true, "reset_after": true}""")]
    [InlineData("rnn", """{"type": "rnn", "prefix": "cell.", "activation": "relu"}""")]
    public void Run_RecurrentLayer_GivesWhatPytorchGave(string name, string layer) => Check($"pytorch_{name}", Describe("""["steps", 3]""", layer, Head));

    [Theory]
    [InlineData("half", "")]
    [InlineData("bfloat", """, "bias": false""")]
    [InlineData("double", """, "bias": false""")]
    public void Run_FinalStatesOfOtherElementTypes_GivesWhatPytorchGave(string name, string bias) =>
        Check($"pytorch_{name}_state", Describe("[7, 3]", $$"""{"type": "gru", "bidirectional": true, "returns": "state"{{bias}}}"""));

    [Fact]
    public void Run_EmbeddingConvolutionAndNorms_GivesWhatPytorchGave() => Check("pytorch_mixed", Describe(
        """["steps"]""",
        """{"type": "embedding", "prefix": "table"}""",
        """{"type": "conv1d", "prefix": "conv", "padding": "same"}""",
        """{"type": "batch_norm", "prefix": "norm"}""",
        """{"type": "dropout", "rate": 0.2}""",
        """{"type": "layer_norm", "prefix": "layer"}""",
        """{"type": "last_step"}""",
        """{"type": "activation", "activation": "gelu"}""",
        Head,
        """{"type": "softmax"}"""));

    [Theory]
    [InlineData("elu", 0.7)]
    [InlineData("gelu")]
    [InlineData("gelu_tanh")]
    [InlineData("hard_sigmoid")]
    [InlineData("hard_swish")]
    [InlineData("leaky_relu", 0.3)]
    [InlineData("log_softmax")]
    [InlineData("mish")]
    [InlineData("relu")]
    [InlineData("relu6")]
    [InlineData("selu")]
    [InlineData("sigmoid")]
    [InlineData("silu")]
    [InlineData("softmax")]
    [InlineData("softplus")]
    [InlineData("softsign")]
    [InlineData("tanh")]
    public void Run_Function_GivesWhatPytorchGave(string function, double? alpha = null)
    {
        string more = alpha is null ? "" : FormattableString.Invariant($", \"alpha\": {alpha}");
        using DescribedModel model = new(
            $$"""{"weights": "model.safetensors", "input": {"shape": [33]}, "ignore": ["*"], "layers": [{"type": "activation", "activation": "{{function}}"{{more}}}]}""",
            File.ReadAllBytes(Golden("pytorch_functions")));
        TensorFile golden = new(Golden("pytorch_functions"));
        DescribedModel.AssertNear(golden.Floats(function).Select(number => (double)number), model.Run(golden.Floats("golden.input")), Tolerance);
    }

    private static string Describe(string shape, params string[] layers) =>
        $$"""{"weights": "model.safetensors", "format": "pytorch", "input": {"shape": {{shape}}}, "ignore": ["golden.*"], "layers": [{{string.Join(", ", layers)}}]}""";

    private static void Check(string name, string description)
    {
        using DescribedModel model = new(description, File.ReadAllBytes(Golden(name)));
        TensorFile golden = new(Golden(name));
        DescribedModel.AssertNear(golden.Floats("golden.output").Select(number => (double)number), model.Run(golden.Floats("golden.input"), 7), Tolerance);
    }

    private static string Golden(string name) => Path.Combine(SharedData.Repository, "tests/Latch.Import.Tests/Sources/Safetensors/golden", $"{name}.safetensors");
}
