using Latch.Import.Sources.TfLite;
using static Latch.Import.Tests.Sources.TfLite.TfLiteCases;

namespace Latch.Import.Tests.Sources.TfLite;

/// <summary>What cannot be translated is one message that names the operator and the option, and says what to do.</summary>
public sealed class TfLiteRefusalTests
{
    [Theory]
    [InlineData("WHILE", "unroll=True")]
    [InlineData("FlexTensorListReserve", "TFLITE_BUILTINS")]
    [InlineData("READ_VARIABLE", "stateful=True")]
    [InlineData("SIN", "Supported operators: ABS, ADD,")]
    public void Translate_UnsupportedOperator_SaysWhatToDo(string name, string advice)
    {
        ImportException refusal = Refused(writer => writer.Output(writer.Add(name, [writer.Input([2])], [2])));

        Assert.Equal(ImportErrorCode.UnsupportedOperator, refusal.Code);
        Assert.Equal(name, refusal.OperatorName);
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_OperatorThatNoOutputNeeds_MayBeAnything()
    {
        TfLiteWriter writer = new();
        int input = writer.Input([2]);
        writer.Add("SIN", [input], [2]);
        writer.Output(writer.Add("TANH", [input], [2]));

        Assert.Equal(["Tanh"], TfLiteSource.Translate(writer.ToBytes(), "model").Proto.Graph.Node.Select(node => node.OpType));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(3)]
    public void Translate_QuantizedTensor_AsksForTheFloatModel(byte type)
    {
        ImportException refusal = Refused(writer =>
        {
            int weights = writer.Tensor([3, 4], type, new byte[12], "W", scale: 0.1f);
            writer.Output(writer.Add("FULLY_CONNECTED", [writer.Input([2, 4]), weights, -1], [2, 3], (0, (byte)0), (1, (byte)0), (2, false)));
        });

        Assert.Equal(ImportErrorCode.UnsupportedForm, refusal.Code);
        Assert.Contains("'W'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("without optimizations", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cell_clip")]
    [InlineData("proj_clip")]
    [InlineData("fused_activation_function")]
    [InlineData("projection_bias")]
    [InlineData("layer_norm_coefficients")]
    public void Translate_LstmForm_NamesTheOption(string option)
    {
        ImportException refusal = Refused(writer =>
        {
            LstmForm form = new()
            {
                CellClip = option == "cell_clip" ? 3 : 0,
                ProjectionClip = option == "proj_clip" ? 1 : 0,
                Projection = option is "proj_clip" or "projection_bias" ? 2 : 0,
                ProjectionBias = option == "projection_bias",
                Normalized = option == "layer_norm_coefficients",
                Activation = option == "fused_activation_function" ? (byte)3 : (byte)4,
            };
            writer.Output(Lstm(writer, writer.Input([1, 6, 3]), form));
        });

        Assert.Equal(ImportErrorCode.UnsupportedForm, refusal.Code);
        Assert.Equal("UNIDIRECTIONAL_SEQUENCE_LSTM", refusal.OperatorName);
        Assert.Equal(option, refusal.Attribute);
    }

    [Fact]
    public void Translate_StateThatIsNoVariable_IsRefused()
    {
        ImportException refusal = Refused(writer =>
        {
            int input = writer.Input([1, 6, 3]);
            int[] weights = [writer.Weights(new Random(1), 1, 4, 3), writer.Weights(new Random(1), 1, 4, 4), writer.Weights(new Random(1), 1, 4)];
            writer.Output(writer.Add("UNIDIRECTIONAL_SEQUENCE_RNN", [input, .. weights, writer.Input([1, 4])], [1, 6, 4], (0, false), (1, (byte)4)));
        });

        Assert.Equal("hidden state", refusal.Attribute);
    }

    [Fact]
    public void Translate_WeightsOfAnotherShape_NamesThem()
    {
        ImportException refusal = Refused(writer => writer.Output(Lstm(writer, writer.Input([1, 6, 5]), new LstmForm { Inputs = 5, WrongWeights = true })));

        Assert.Equal(ImportErrorCode.ShapeMismatch, refusal.Code);
        Assert.Equal("recurrent_to_cell_weights", refusal.Attribute);
        Assert.Contains("needs shape [4,4], has [4,3]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_OptionsOfAnotherOperator_IsRefused()
    {
        byte[] bytes = Write("SOFTMAX");
        TfLiteModel model = TfLiteReader.Read(bytes, "model");
        TfLiteOperator changed = model.Operators[0] with { OptionsKind = 11 };

        ImportException refusal = Assert.Throws<ImportException>(() => new TfLiteTranslator(model with { Operators = [changed] }, "model").Run());

        Assert.Equal(ImportErrorCode.BrokenGraph, refusal.Code);
    }

    private static ImportException Refused(Action<TfLiteWriter> write)
    {
        TfLiteWriter writer = new();
        write(writer);
        return Assert.Throws<ImportException>(() => TfLiteSource.Translate(writer.ToBytes(), "bad.tflite"));
    }
}
