using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Reference;
using Latch.Import.Sources;
using Latch.Import.Sources.Safetensors;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>Weights that others trained with Keras, described by hand, give what ONNX Runtime makes of the ONNX files of the same models.</summary>
public sealed class RealWeightsTests
{
    private const string Folder = "data/CMAPSS/models";
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void Run_LstmStack_GivesWhatTheOnnxFileGives(int steps)
    {
        using DescribedModel model = new(
            DescribedModel.Describe(
                "keras", 14,
                """{"type": "lstm", "prefix": "lstm"}""", """{"type": "lstm", "prefix": "lstm_1"}""", """{"type": "lstm", "prefix": "lstm_2", "returns": "state"}""",
                """{"type": "dense", "prefix": "dense", "activation": "relu"}""", """{"type": "dense", "prefix": "dense_1", "activation": "relu"}""",
                """{"type": "dense", "prefix": "dense_2"}"""),
            File.ReadAllBytes(SharedData.Require($"{Folder}/FD001_LSTM.safetensors")));
        using OnnxOracle oracle = OnnxOracle.Load(SharedData.Require($"{Folder}/FD001_LSTM.onnx"));
        Check(model, oracle, "rul", steps);
    }

    [Theory]
    [InlineData("sequence", "enc")]
    [InlineData("state", "encoder_1_h")]
    public void Run_GruEncoder_GivesWhatTheOnnxFileGives(string returns, string value)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(SharedData.Require($"{Folder}/FD001_GRU_attention.onnx")));
        proto.Graph.Output.Clear();
        proto.Graph.Output.Add(new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } } });
        using OnnxOracle oracle = new(Google.Protobuf.MessageExtensions.ToByteArray(proto));
        using DescribedModel model = new(
            $$"""
            {
                "weights": "model.safetensors", "format": "keras", "input": {"shape": ["steps", 14]}, "ignore": ["decoder.*"],
                "layers": [{"type": "gru", "prefix": "encoder.rnn.cell.cells.0"}, {"type": "gru", "prefix": "encoder.rnn.cell.cells.1", "returns": "{{returns}}"}]
            }
            """,
            File.ReadAllBytes(SharedData.Require($"{Folder}/FD001_GRU_attention.safetensors")));
        Check(model, oracle, value, 30);
    }

    /// <summary>The example that users start from.</summary>
    [Fact]
    public void Run_ExampleOfTheReadme_GivesWhatTheOnnxFileGives()
    {
        string example = ReadmeText().Split("<!-- example -->\n```json\n")[1].Split("```")[0];
        using DescribedModel model = new(
            example.Replace("engine.safetensors", "model.safetensors", StringComparison.Ordinal), File.ReadAllBytes(SharedData.Require($"{Folder}/FD001_LSTM.safetensors")));
        using OnnxOracle oracle = OnnxOracle.Load(SharedData.Require($"{Folder}/FD001_LSTM.onnx"));
        Check(model, oracle, "rul", 30);
        Assert.Equal(["readings", "remaining_cycles"], model.Import(30).Inputs.Concat(model.Import(30).Outputs).Select(port => port.Name));
    }

    [Fact]
    public void Readme_LayersAndFormats_AreThoseOfTheReader()
    {
        string section = ReadmeText().Split("## Weights in safetensors, layers in JSON")[1];
        Assert.All(LayerTypes.Names.Concat(LayerDescription.Formats), name => Assert.Contains($"`{name}`", section, StringComparison.Ordinal));
    }

    private static string ReadmeText() => File.ReadAllText(Path.Combine(SharedData.Repository, "quantize/Latch.Import/README.md"));

    private static void Check(DescribedModel described, OnnxOracle oracle, string output, int steps)
    {
        FloatModel model = described.Import(steps);
        Random random = new(steps);
        for (int run = 0; run < 5; run++)
        {
            float[] input = Assert.Single(Agreement.RandomInputs(model, random)).Value;
            float[] expected = oracle.Run([("input", [1, steps, 14], input)])[output];
            float[] actual = Assert.Single(new FloatReference(model).Run(new Dictionary<string, float[]> { [model.Inputs[0].Name] = input })).Value;
            DescribedModel.AssertNear(expected.Select(number => (double)number), actual, Tolerance);
        }
        Assert.Equal(ModelSource.Open(described.Path).Bytes, new FileInfo(described.Path).Length + new FileInfo(described.WeightsPath).Length);
    }
}
