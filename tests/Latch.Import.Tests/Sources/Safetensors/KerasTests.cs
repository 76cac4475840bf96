namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>Tensors as Keras stores them give what its equations give.</summary>
public sealed class KerasTests
{
    private const int Inputs = 3;
    private const int Units = 4;
    private const int Steps = 9;
    private const double Tolerance = 2e-6;

    private static readonly Func<double, double> s_sigmoid = WrittenOutCells.Sigmoid;
    private static readonly WrittenOutCells s_cells = new(Inputs, Units);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_Lstm_FollowsTheEquations(bool hasBias)
    {
        Layer layer = new("lstm", 4, hasBias ? [4 * Units] : []);
        layer.Check("", s_cells.KerasLstm(layer.X, layer.Kernel, layer.Recurrent, layer.Bias, s_sigmoid, Math.Tanh));
    }

    [Theory]
    [InlineData("hard_sigmoid", 1.0 / 6)]
    [InlineData("hard_sigmoid_keras2", 0.2)]
    public void Run_LstmWithOtherFunctions_FollowsTheEquations(string name, double slope)
    {
        Layer layer = new("lstm", 4, [4 * Units]);
        layer.Check(
            $$""", "recurrent_activation": "{{name}}", "activation": "softsign" """,
            s_cells.KerasLstm(layer.X, layer.Kernel, layer.Recurrent, layer.Bias, x => Math.Clamp((slope * x) + 0.5, 0, 1), x => x / (1 + Math.Abs(x))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_GruWithResetAfter_FollowsTheEquations(bool hasBias)
    {
        Layer layer = new("gru", 3, hasBias ? [2, 3 * Units] : []);
        layer.Check("", s_cells.KerasGruAfter(layer.X, layer.Kernel, layer.Recurrent, layer.Bias, s_sigmoid));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_GruWithResetBefore_FollowsTheEquations(bool hasBias)
    {
        Layer layer = new("gru", 3, hasBias ? [3 * Units] : []);
        layer.Check(""", "reset_after": false """, s_cells.KerasGruBefore(layer.X, layer.Kernel, layer.Recurrent, layer.Bias, s_sigmoid));
    }

    [Fact]
    public void Run_Rnn_FollowsTheEquations()
    {
        Layer layer = new("rnn", 1, [Units]);
        layer.Check("", s_cells.KerasRnn(layer.X, layer.Kernel, layer.Recurrent, layer.Bias));
    }

    /// <summary>The backward layer sees the steps from the last to the first; Keras puts its outputs beside the forward ones in the order of the steps.</summary>
    [Fact]
    public void Run_Bidirectional_FollowsTheEquations()
    {
        Layer forward = new("gru", 3, [2, 3 * Units]);
        Layer backward = new("gru", 3, [2, 3 * Units], "backward", forward.Writer);
        double[][] there = Rows(s_cells.KerasGruAfter(forward.X, forward.Kernel, forward.Recurrent, forward.Bias, s_sigmoid));
        float[] reversed = [.. Enumerable.Range(0, Steps).SelectMany(step => forward.X.Skip((Steps - 1 - step) * Inputs).Take(Inputs))];
        double[][] back = Rows(s_cells.KerasGruAfter(reversed, backward.Kernel, backward.Recurrent, backward.Bias, s_sigmoid));
        forward.Check(""", "bidirectional": true, "backward_prefix": "backward" """, Enumerable.Range(0, Steps).SelectMany(step => there[step].Concat(back[Steps - 1 - step])));
        forward.Check(""", "bidirectional": true, "backward_prefix": "backward", "returns": "state" """, there[^1].Concat(back[^1]));
    }

    [Fact]
    public void Run_DenseNormsAndConvolution_FollowTheEquations()
    {
        Random random = new(5);
        WeightsWriter writer = new();
        float[] kernel = writer.Add("conv/kernel", random, 1, 2, Inputs, Units);
        float[] bias = writer.Add("conv/bias", random, 1, Units);
        float[][] batch = [.. new[] { "gamma", "beta", "moving_mean" }.Select(name => writer.Add($"bn/{name}", random, 1, Units))];
        float[] variance = [0.5f, 0.001f, 2, 1];
        writer.Add("bn/moving_variance", [Units], variance);
        float[] gamma = writer.Add("ln/gamma", random, 1, Units), beta = writer.Add("ln/beta", random, 1, Units);
        float[] dense = writer.Add("out/kernel", random, 1, Units, 2), offset = writer.Add("out/bias", random, 1, 2);
        float[] x = new WeightsWriter().Add("x", random, 1, Steps, Inputs);
        List<double> expected = [];
        for (int step = 0; step < Steps; step++)
        {
            double[] value = [.. Enumerable.Range(0, Units).Select(unit => bias[unit] + Enumerable.Range(0, 2).Where(tap => step + tap >= 1).Sum(tap =>
                Enumerable.Range(0, Inputs).Sum(input => (double)x[((step + tap - 1) * Inputs) + input] * kernel[(((tap * Inputs) + input) * Units) + unit])))];
            value = [.. value.Select((number, unit) => (batch[0][unit] * (number - batch[2][unit]) / Math.Sqrt(variance[unit] + 1e-3)) + batch[1][unit])];
            double mean = value.Average(), spread = Math.Sqrt(value.Average(number => (number - mean) * (number - mean)) + 1e-3);
            value = [.. value.Select((number, unit) => (gamma[unit] * (number - mean) / spread) + beta[unit])];
            expected.AddRange(Enumerable.Range(0, 2).Select(unit => Math.Max(0, offset[unit] + Enumerable.Range(0, Units).Sum(k => value[k] * dense[(k * 2) + unit]))));
        }
        using DescribedModel model = new(
            DescribedModel.Describe(
                "keras", Inputs, """{"type": "conv1d", "prefix": "conv", "padding": "causal"}""", """{"type": "batch_norm", "prefix": "bn"}""",
                """{"type": "layer_norm", "prefix": "ln"}""", """{"type": "dense", "prefix": "out", "activation": "relu"}"""),
            writer.ToBytes());
        DescribedModel.AssertNear(expected, model.Run(x, Steps), 1e-5);
    }

    private static double[][] Rows(List<double> values) => [.. values.Chunk(Units)];

    /// <summary>Seeded weights of one layer.</summary>
    private sealed class Layer
    {
        private readonly string _type;

        public Layer(string type, int gates, int[] bias, string prefix = "cell", WeightsWriter? writer = null)
        {
            Random random = new(gates + prefix.Length);
            _type = type;
            Writer = writer ?? new WeightsWriter();
            Kernel = Writer.Add($"{prefix}.kernel", random, 1.5, Inputs, gates * Units);
            Recurrent = Writer.Add($"{prefix}.recurrent_kernel", random, 1.5, Units, gates * Units);
            Bias = bias.Length > 0 ? Writer.Add($"{prefix}.bias", random, 1, bias) : null;
            X = new WeightsWriter().Add("x", random, 1, Steps, Inputs);
        }

        public WeightsWriter Writer { get; }

        public float[] Kernel { get; }

        public float[] Recurrent { get; }

        public float[]? Bias { get; }

        public float[] X { get; }

        public void Check(string more, IEnumerable<double> expected)
        {
            string bias = Bias is null ? """, "bias": false""" : "";
            using DescribedModel model = new(DescribedModel.Describe("keras", Inputs, $$"""{"type": "{{_type}}", "prefix": "cell"{{bias}}{{more}}}"""), Writer.ToBytes());
            DescribedModel.AssertNear(expected, model.Run(X, Steps), Tolerance);
        }
    }
}
