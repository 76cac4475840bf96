using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Sources;
using Latch.Import.Tests.Support;
using static Latch.Import.Tests.Sources.TfLite.TfLiteCases;

namespace Latch.Import.Tests.Sources.TfLite;

/// <summary>Files of TensorFlow Lite as sources of models: found by their content, with their names, states and steps.</summary>
public sealed class TfLiteSourceTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.bin");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Open_FileOfAnyName_IsFoundByItsContent()
    {
        ModelSource source = Open(Write("two layers and a head"));
        FloatModel model = source.Import();

        Assert.Equal("tflite", source.Kind);
        Assert.Equal("TensorFlow Lite", model.Producer);
        Assert.Equal(6, model.Steps);
        Assert.Equal(64, model.SourceSha256.Length);
        Assert.Equal([4, 5], model.Nodes.OfType<RecurrentNode>().Select(layer => layer.HiddenSize));
        Assert.Equal(sizeof(float) * ((16 * 7) + 32 + (20 * 9) + 40 + 15 + 3), model.FloatBytes);
    }

    [Fact]
    public void Readme_Operators_AreThoseSupported()
    {
        string text = File.ReadAllText(Path.Combine(SharedData.Repository, "quantize", "Latch.Import", "README.md"));
        string list = text.Split("<!-- tflite operators -->")[1].Split("<!-- end -->")[0];

        Assert.Equal(Import.Sources.TfLite.Operators.TfLiteOperators.Names, list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Import_BoundOfTheConverter_IsTold() =>
        Assert.Contains(Open(Write("UNIDIRECTIONAL_SEQUENCE_LSTM clip of the converter")).Import().Notes, note => note.Contains("bound 10 of the cell state", StringComparison.Ordinal));

    [Fact]
    public void Import_Signature_GivesTheNames()
    {
        TfLiteWriter writer = new() { Aliases = ["sensors", "forecast"] };
        writer.Output(writer.Add("TANH", [writer.Input([1, 3])], [1, 3]));
        FloatModel model = Open(writer.ToBytes()).Import();

        Assert.Equal("sensors", Assert.Single(model.Inputs).Name);
        Assert.Equal("forecast", Assert.Single(model.Outputs).Name);
    }

    /// <summary>Two outputs of one value, one that is an input, one that is a constant: each has a name of its own.</summary>
    [Fact]
    public void Import_OutputsThatNoOperatorYieldsAlone_AreAllThere()
    {
        TfLiteWriter writer = new();
        int input = writer.Input([3]);
        int output = writer.Add("NEG", [input], [3]);
        writer.Output(output, output, input);
        FloatModel model = Open(writer.ToBytes()).Import();

        IReadOnlyDictionary<string, float[]> results = new FloatReference(model).Run(new Dictionary<string, float[]> { [model.Inputs[0].Name] = [1, -2, 3] });

        Assert.Equal([[-1, 2, -3], [-1, 2, -3], [1, -2, 3]], model.Outputs.Select(port => results[port.Name]));
    }

    [Fact]
    public void Import_WrittenOutGru_IsOneLayer()
    {
        FloatModel model = Open(Write("GRU written out")).Import();

        RecurrentNode layer = Assert.Single(model.Nodes.OfType<RecurrentNode>());
        Assert.Equal((CellKind.Gru, 3, true), (layer.Cell, layer.Steps, layer.LinearBeforeReset));
    }

    [Fact]
    public void Import_ConvolutionsInARow_TurnTheImageOnce()
    {
        FloatModel model = Open(Write("convolutions in a row")).Import();

        Assert.Equal(2, model.Nodes.OfType<ConvNode>().Count());
        Assert.InRange(model.Nodes.OfType<TransposeNode>().Count(), 0, 2);
    }

    /// <summary>The file fixes six steps; one after the other they give the same.</summary>
    [Fact]
    public void Import_OneStepOfAFixedWindow_StreamsToTheSameResult()
    {
        ModelSource source = Open(Write("two layers and a head"));
        FloatModel window = source.Import();
        FloatModel single = source.Import(new ImportOptions { Steps = 1 });
        float[] input = Agreement.RandomInputs(window, new Random(3))[window.Inputs[0].Name];
        float[] expected = new FloatReference(window).Run(input).ToArray();

        FloatReference stream = new(single, carryState: true);
        float[] last = [];
        foreach (float[] step in input.Chunk(3))
            last = stream.Run(step).ToArray();

        Assert.Equal(1, single.Steps);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], last[i], 1e-6f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    public void ToOnnx_OtherNumberOfSteps_RunsInOnnxRuntime(int steps)
    {
        ModelSource source = Open(Write("UNIDIRECTIONAL_SEQUENCE_LSTM"));
        FloatModel model = source.Import(new ImportOptions { Steps = steps });
        using OnnxOracle oracle = new(source.ToOnnx()!);

        Assert.InRange(Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, new Random(4))), 0, 1e-6);
    }

    [Theory]
    [InlineData("UNIDIRECTIONAL_SEQUENCE_LSTM", 7)]
    [InlineData("GRU written out", 2)]
    public void Import_StepsThatTheFileCannotHave_IsRefused(string name, int steps)
    {
        ImportException refusal = Assert.Throws<ImportException>(() => Open(Write(name)).Import(new ImportOptions { Steps = steps }));

        Assert.Equal(ImportErrorCode.UnresolvedShape, refusal.Code);
        Assert.Contains("fixes the number of steps", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_OpenBatchAndSteps_AreResolved()
    {
        TfLiteWriter writer = new();
        writer.Output(Lstm(writer, writer.Input([1, 1, 3], signature: [-1, -1, 3]), new LstmForm()));

        Assert.Equal([1, 9, 4], Open(writer.ToBytes()).Import(new ImportOptions { Steps = 9 }).Outputs[0].Shape);
    }

    /// <summary>A recurrent matrix may be stored as its diagonal; held against the formula of the layer.</summary>
    [Fact]
    public void Import_DiagonalRecurrentWeights_YieldTheFormula()
    {
        TfLiteWriter writer = new();
        int input = writer.Input([1, 3, 1]);
        writer.Output(writer.Add(
            "UNIDIRECTIONAL_SEQUENCE_RNN", [input, writer.Floats([2, 1], 0.5f, -1f), writer.Floats([2], 0.3f, 0.6f), writer.Floats([2], 0.1f, 0.2f), writer.Variable(1, 2)], [1, 3, 2], (0, false), (1, (byte)4)));
        float[] samples = [0.4f, -0.7f, 0.9f];
        double[] expected = new double[6];
        for (int step = 0; step < 3; step++)
        {
            expected[2 * step] = Math.Tanh((0.5 * samples[step]) + 0.1 + (0.3 * (step > 0 ? expected[(2 * step) - 2] : 0)));
            expected[(2 * step) + 1] = Math.Tanh(-samples[step] + 0.2 + (0.6 * (step > 0 ? expected[(2 * step) - 1] : 0)));
        }

        float[] actual = new FloatReference(Open(writer.ToBytes()).Import()).Run(samples).ToArray();

        for (int i = 0; i < 6; i++)
            Assert.Equal(expected[i], actual[i], 1e-6);
    }

    private ModelSource Open(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return ModelSource.Open(_path);
    }
}
