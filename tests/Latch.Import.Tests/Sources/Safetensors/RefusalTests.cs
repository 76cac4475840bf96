using System.Text;
using Latch.Import.Sources;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>What is wrong in a description or its weights is said with file, layer and member.</summary>
public sealed class RefusalTests
{
    private const string Lstm = """{"type": "lstm", "prefix": "a"}""";

    /// <summary>A bidirectional LSTM of PyTorch, 3 to 2 * 4, and a dense layer to 2.</summary>
    internal static WeightsWriter Weights()
    {
        Random random = new(1);
        WeightsWriter writer = new();
        foreach (string suffix in new[] { "", "_reverse" })
        {
            writer.Add($"a.weight_ih_l0{suffix}", random, 1, 16, 3);
            writer.Add($"a.weight_hh_l0{suffix}", random, 1, 16, 4);
            writer.Add($"a.bias_ih_l0{suffix}", random, 1, 16);
            writer.Add($"a.bias_hh_l0{suffix}", random, 1, 16);
        }
        writer.Add("b.weight", random, 1, 2, 8);
        writer.Add("b.bias", random, 1, 2);
        return writer;
    }

    internal static readonly string Whole = DescribedModel.Describe("pytorch", 3, """{"type": "lstm", "prefix": "a", "bidirectional": true}""", """{"type": "dense", "prefix": "b"}""");

    [Theory]
    [InlineData("""{"type": "lstm", "prefix": "a"}""", "layers", "no layer uses 'a.bias_hh_l0_reverse', 'a.bias_ih_l0_reverse'")]
    [InlineData("""{"type": "lstm", "prefix": "c"}""", "layers[0]' (lstm), prefix", "there is no tensor 'c.weight_ih_l0' in")]
    [InlineData("""{"type": "lstm", "prefix": "a", "layers": 2}""", "layers[0]' (lstm), prefix", "there is no tensor 'a.weight_ih_l1'")]
    [InlineData("""{"type": "gru", "prefix": "a"}""", "layers[0]' (gru), weight_ih_l0", "16 rows are not the same number for each of the 3 gates")]
    [InlineData("""{"type": "lstm", "prefix": "a", "tensors": {"weight_hh_l0": "a.weight_ih_l0"}}""", "(lstm), weight_hh_l0", "the tensor 'a.weight_ih_l0' has shape [16,3], here [16,4] is needed")]
    [InlineData("""{"type": "lstm", "prefix": "a", "tensors": {"weight_hh_l0": "zzz"}}""", "(lstm), tensors.weight_hh_l0", "there is no tensor 'zzz'")]
    [InlineData("""{"type": "lstm", "prefix": "a", "tensors": {"kernel": "zzz"}}""", "(lstm), tensors.kernel", "is unknown here. Known are: bias_hh_l0, bias_ih_l0, weight_hh_l0, weight_ih_l0")]
    [InlineData("""{"type": "lstm", "prefix": "a", "format": "keras", "layers": 2}""", "(lstm), layers", "Keras has no stacked layers")]
    [InlineData("""{"type": "lstm", "prefix": "a", "format": "keras", "bidirectional": true}""", "(lstm), backward_prefix", "is missing")]
    [InlineData("""{"type": "lstm", "prefix": "a", "backward_prefix": "c"}""", "(lstm), backward_prefix", "belongs to Keras")]
    [InlineData("""{"type": "gru", "prefix": "a", "reset_after": false}""", "(gru), reset_after", "a GRU in pytorch resets after its product")]
    [InlineData("""{"type": "lstm", "prefix": "a", "layers": 0}""", "(lstm), layers", "must be a whole number from 1 to 64, not 0")]
    [InlineData("""{"type": "lstm", "prefix": "a", "bidirectional": "yes"}""", "(lstm), bidirectional", "must be true or false")]
    [InlineData("""{"type": "lstmm", "prefix": "a"}""", "layers[0].type", "must be one of activation, batch_norm, conv1d")]
    [InlineData("""{"prefix": "a"}""", "layers[0].type", "is missing")]
    [InlineData("7", "layers[0]", "must be an object")]
    [InlineData("""{"type": "dense", "prefix": "b"}""", "(dense), weight", "has shape [2,8], here [?,3] is needed")]
    [InlineData("""{"type": "embedding", "prefix": "b"}""", "input.shape", "an embedding takes one whole number per step")]
    [InlineData("""{"type": "last_step"}, {"type": "lstm", "prefix": "a"}""", "layers[1]' (lstm), type", "what comes in has none")]
    [InlineData("""{"type": "activation", "activation": "leaky_relu"}""", "(activation), alpha", "is missing")]
    [InlineData("""{"type": "activation", "activation": "relu", "alpha": 1}""", "(activation), alpha", "belongs to leaky_relu and elu")]
    [InlineData("""{"type": "dropout", "rate": 0.1}""", "layers", "no layer computes anything")]
    [InlineData("""{"type": "conv1d", "prefix": "b", "padding": "full"}""", "(conv1d), weight", "has shape [2,8]")]
    [InlineData("""{"type": "layer_norm", "prefix": "b", "epsilon": -1}""", "(layer_norm), epsilon", "must not be below zero")]
    [InlineData("""{"type": "select", "step": 1.5}""", "(select), step", "must be a whole number")]
    public void Open_WrongLayer_IsRefused(string layers, string where, string what) => Refuse(DescribedModel.Describe("pytorch", 3, layers), where, what);

    [Theory]
    [InlineData("""{"kind": "csv", "file": "x.csv"}""", "", "this JSON file describes no layers: it has neither a member 'weights' nor 'layers', but kind, file")]
    [InlineData("[1, 2]", "", "must be an object")]
    [InlineData("{", "", "is not valid JSON")]
    [InlineData("""{"weights": "model.safetensors", "layers": [], "layers": []}""", "", "is not valid JSON")]
    [InlineData("""{"weights": "\ud800", "layers": []}""", "", "not valid Unicode")]
    [InlineData("""{"weights": 5, "layers": []}""", "weights", "must be a text, not 5")]
    [InlineData("""{"weights": "", "layers": []}""", "weights", "must not be empty")]
    [InlineData("""{"layers": []}""", "weights", "is missing")]
    [InlineData("""{"weights": "model.safetensors", "layers": []}""", "input", "is missing")]
    [InlineData("""{"weights": "model.safetensors", "input": {}, "layers": []}""", "input.shape", "is missing")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": []}, "layers": []}""", "input.shape", "the batch is not part of it")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": [1, 30, 3]}, "layers": []}""", "input.shape", "the batch is not part of it")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": ["steps", -3]}, "layers": []}""", "input.shape[1]", "must be a number from 1 to 1048576")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": ["time", 3]}, "layers": []}""", "input.shape[0]", "or \"steps\"")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": ["steps", 3]}, "layers": []}""", "layers", "must be a list of 1 to 1024 layers")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": ["steps"]}, "layers": [{"type": "softmax"}]}""", "input.shape", "has steps, but no features")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": ["steps", 3]}, "layers": [{"type": "dense"}]}""", "(dense), format", "is missing, here and for the whole model")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": ["steps", 3], "name": "output"}, "layers": [{"type": "softmax"}]}""", "output", "input and output are both called 'output'")]
    [InlineData("""{"weights": "model.safetensors", "input": {"shape": ["steps", 3]}, "ignore": ["c.*"], "layers": [{"type": "softmax"}]}""", "ignore", "no tensor of")]
    [InlineData("""{"weights": "../model.safetensors", "input": {"shape": ["steps", 3]}, "layers": [{"type": "softmax"}]}""", "weights", "is not within the folder of the description")]
    [InlineData("""{"weights": "/model.safetensors", "input": {"shape": ["steps", 3]}, "layers": [{"type": "softmax"}]}""", "weights", "is not within the folder of the description")]
    [InlineData("""{"weights": "none.safetensors", "input": {"shape": ["steps", 3]}, "layers": [{"type": "softmax"}]}""", "weights", "there is no such file beside the description")]
    public void Open_WrongDescription_IsRefused(string description, string where, string what) => Refuse(description, where, what);

    [Fact]
    public void Open_WeightsAlone_SaysWhatToDo()
    {
        using DescribedModel model = new(Whole, Weights().ToBytes());
        Assert.Contains("Write a JSON file beside it", Assert.Throws<ImportException>(() => ModelSource.Open(model.WeightsPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}""", 4, "does not take the 4 bytes it has")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}""", 4, "does not take")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [65536, 65536, 65536, 65536, 1], "data_offsets": [0, 4]}}""", 4, "does not take")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [3000000000], "data_offsets": [0, 4]}}""", 4, "not the JSON that belongs there")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 8]}}""", 4, "cut off or damaged")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}""", 4, "cut off or damaged")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", 8, "begins at byte 4")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}""", 8, "take 4 bytes of data, it has 8")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}""", 4, "but the one before ends at 4")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], "more": 1}}""", 4, "instead of dtype, shape and data_offsets")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}""", 4, "not the JSON that belongs there")]
    [InlineData("""{"a": 5}""", 0, "not the JSON that belongs there")]
    [InlineData("[]", 0, "not the JSON that belongs there")]
    public void Open_BrokenWeights_AreRefused(string header, int bytes, string what)
    {
        using DescribedModel model = new(Whole, WeightsWriter.File(header, new byte[bytes]));
        ImportException refusal = Assert.Throws<ImportException>(() => ModelSource.Open(model.Path));
        Assert.Equal(ImportErrorCode.NotSafetensors, refusal.Code);
        Assert.StartsWith(model.WeightsPath, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I32", "its type is I32; supported are F32, F16, BF16 and F64", ImportErrorCode.UnsupportedForm)]
    [InlineData("F8_E4M3", "its type is F8_E4M3", ImportErrorCode.UnsupportedForm)]
    [InlineData("F32", "element 0 is NaN", ImportErrorCode.NotFinite)]
    public void Open_WeightsThatAreNoNumbers_AreRefused(string type, string what, ImportErrorCode code)
    {
        using DescribedModel model = new(
            DescribedModel.Describe("pytorch", 1, """{"type": "dense", "bias": false}"""),
            WeightsWriter.File($$$"""{"weight": {"dtype": "{{{type}}}", "shape": [1, 1], "data_offsets": [0, 4]}}""", BitConverter.GetBytes(float.NaN)));
        ImportException refusal = Assert.Throws<ImportException>(() => ModelSource.Open(model.Path));
        Assert.Equal(code, refusal.Code);
        Assert.Contains($"tensor 'weight': {what}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_StepBeyondTheEnd_NamesTheLayer()
    {
        using DescribedModel model = new(DescribedModel.Describe("pytorch", 3, """{"type": "select", "step": 5, "name": "pick"}"""), new WeightsWriter().ToBytes());
        Assert.Contains("node 'pick/output' (Gather)", Assert.Throws<ImportException>(() => model.Import(4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_NoSteps_IsRefusedAsElsewhere()
    {
        using DescribedModel model = new(Whole, Weights().ToBytes());
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Import(0));
    }

    private static void Refuse(string description, string where, string what)
    {
        using DescribedModel model = new(description, Weights().ToBytes());
        ImportException refusal = Assert.Throws<ImportException>(() => ModelSource.Open(model.Path));
        Assert.StartsWith(model.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{where}: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
    }
}
