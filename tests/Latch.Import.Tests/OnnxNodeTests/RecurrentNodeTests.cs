using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.OnnxNodeTests;

/// <summary>ONNX's own tests of LSTM, GRU and RNN.</summary>
public sealed class RecurrentNodeTests
{
    [Theory]
    [InlineData("test_gru_batchwise")]
    [InlineData("test_gru_defaults")]
    [InlineData("test_gru_seq_length")]
    [InlineData("test_gru_with_initial_bias")]
    [InlineData("test_lstm_batchwise")]
    [InlineData("test_lstm_defaults")]
    [InlineData("test_lstm_with_initial_bias")]
    [InlineData("test_lstm_with_peepholes")]
    [InlineData("test_rnn_seq_length")]
    [InlineData("test_simple_rnn_batchwise")]
    [InlineData("test_simple_rnn_defaults")]
    [InlineData("test_simple_rnn_with_initial_bias")]
    public void Run_OnnxNodeTest_GivesItsOutputs(string name)
    {
        NodeTestFolder folder = new(name);
        Assert.InRange(folder.Samples, 1, 100);
        for (int sample = 0; sample < folder.Samples; sample++)
        {
            FloatModel model = OnnxImporter.Import(folder.Model(sample), name);

            IReadOnlyDictionary<string, float[]> actual = new FloatReference(model).Run(folder.Inputs(sample));

            Assert.InRange(Agreement.Largest(folder.Outputs(sample), actual), 0, 1e-6);
        }
    }
}
