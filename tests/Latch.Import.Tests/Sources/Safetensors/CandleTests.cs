namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>Tensors as candle-nn stores them give what its steps give.</summary>
public sealed class CandleTests
{
    private const int Inputs = 3;
    private const int Units = 4;
    private const int Steps = 9;

    private static readonly WrittenOutCells s_cells = new(Inputs, Units);

    [Theory]
    [InlineData("lstm", 4, true)]
    [InlineData("lstm", 4, false)]
    [InlineData("gru", 3, true)]
    [InlineData("gru", 3, false)]
    public void Run_RecurrentLayer_FollowsTheSteps(string type, int gates, bool hasBias)
    {
        Random random = new(gates);
        WeightsWriter writer = new();
        float[] wih = writer.Add("rnn.weight_ih_l0", random, 1.5, gates * Units, Inputs);
        float[] whh = writer.Add("rnn.weight_hh_l0", random, 1.5, gates * Units, Units);
        float[]? bih = hasBias ? writer.Add("rnn.bias_ih_l0", random, 1, gates * Units) : null;
        float[]? bhh = hasBias ? writer.Add("rnn.bias_hh_l0", random, 1, gates * Units) : null;
        float[] x = new WeightsWriter().Add("x", random, 1, Steps, Inputs);
        string bias = hasBias ? "" : """, "bias": false""";
        using DescribedModel model = new(DescribedModel.Describe("candle", Inputs, $$"""{"type": "{{type}}", "prefix": "rnn"{{bias}}}"""), writer.ToBytes());

        DescribedModel.AssertNear(type == "lstm" ? s_cells.CandleLstm(x, wih, whh, bih, bhh) : s_cells.CandleGru(x, wih, whh, bih, bhh), model.Run(x, Steps), 2e-6);
    }

    /// <summary>candle-nn has one GRU a layer, each with its own prefix; linear layers and embeddings are weight [outputs, inputs] and bias.</summary>
    [Fact]
    public void Run_NamesOfTheirOwn_AreTheSameTensors()
    {
        Random random = new(1);
        WeightsWriter writer = new();
        float[] wih = writer.Add("a", random, 1, 4 * Units, Inputs), whh = writer.Add("b", random, 1, 4 * Units, Units);
        float[] bih = writer.Add("c", random, 1, 4 * Units), bhh = writer.Add("d", random, 1, 4 * Units);
        float[] weight = writer.Add("head.weight", random, 1, 2, Units), bias = writer.Add("head.bias", random, 1, 2);
        float[] x = new WeightsWriter().Add("x", random, 1, Steps, Inputs);
        using DescribedModel model = new(
            DescribedModel.Describe(
                "candle", Inputs,
                """{"type": "lstm", "tensors": {"weight_ih_l0": "a", "weight_hh_l0": "b", "bias_ih_l0": "c", "bias_hh_l0": "d"}}""",
                """{"type": "select", "step": -2}""",
                """{"type": "dense", "prefix": "head"}"""),
            writer.ToBytes());

        double[] hidden = s_cells.CandleLstm(x, wih, whh, bih, bhh).Chunk(Units).ElementAt(Steps - 2);
        IEnumerable<double> expected = Enumerable.Range(0, 2).Select(row => bias[row] + hidden.Select((number, k) => number * weight[(row * Units) + k]).Sum());
        DescribedModel.AssertNear(expected, model.Run(x, Steps), 2e-6);
    }
}
