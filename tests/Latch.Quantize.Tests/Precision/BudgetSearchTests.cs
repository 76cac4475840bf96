using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Precision;
using Latch.Quantize.Tests.Models;
using Latch.Runtime;
using ActivationKind = Latch.Import.Graph.ActivationKind;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Quantize.Tests;

public sealed class BudgetSearchTests
{
    // 0.01 is 40 dB.
    private const double OnePercent = 0.01;

    [Fact]
    public void Auto_OneInputOfUnevenChannels_IsTheOneThatIsWidened()
    {
        // A channel fifty times larger than the others, which no weight reads, takes most codes for itself.
        QuantizeResult result = Quantize(Chain(), UnevenWindows(1, 200), 2 * OnePercent);
        Assert.Equal(["x"], result.WideValues);
        Assert.True(result.Precision!.IsMet);
        Assert.Equal("x", result.Costs[0].Name);
        Assert.InRange(result.Precision.StartDb, 0, 30);
        Assert.InRange(result.Precision.ReachedDb, 33.9, 100);
        Assert.InRange(RelativeError(Chain(), result.Definition, UnevenWindows(2, 200)), 0, 2 * OnePercent * 1.2);
    }

    [Fact]
    public void Auto_RecurrentStateThatAccumulates_IsTheOneThatIsWidened()
    {
        // The inputs are codes exactly and each row has one weight: nothing but the state's rounding, which the recurrence adds up, is left to err.
        QuantizeResult result = Quantize(Integrator(), CodeWindows(1, 100), OnePercent / 4);
        Assert.Equal(["layer.hidden"], result.WideValues);
        Assert.True(result.Precision!.IsMet);
        PrecisionStep widened = Assert.Single(result.Precision.Steps, static step => step.Action == PrecisionAction.Widen);
        Assert.True(widened.Kept);
        // One row of W and one of R, one column each.
        Assert.Equal(0.5, widened.ExtraWork);
        Assert.Equal(ElementType.Int16, Assert.Single(result.Definition.Layers).Hidden.Type);
    }

    [Fact]
    public void Auto_BudgetThatInt8Holds_ChangesNothing()
    {
        QuantizeResult auto = Quantize(Lstm(8), Windows(3), 0.2);
        Assert.Empty(auto.WideValues);
        Assert.Empty(auto.Precision!.Steps);
        Assert.True(auto.Precision.IsMet);
        ModelDefinition plain = Quantizer.Quantize(Lstm(8), Windows(3), new QuantizeOptions { WidenCostly = false }).Definition;
        Assert.Equal(ModelWriter.ToBytes(plain with { Provenance = auto.Definition.Provenance }), ModelWriter.ToBytes(auto.Definition));
    }

    [Fact]
    public void Auto_BudgetOutOfReach_TellsTheBestThatWasReached()
    {
        QuantizeResult result = Quantize(Lstm(8), Windows(4), 1e-6);
        PrecisionReport report = result.Precision!;
        Assert.False(report.IsMet);
        Assert.Equal(120, report.WantedDb, 6);
        Assert.InRange(report.ReachedDb, report.StartDb + 3, 119);
        Assert.Contains("the best that was found", report.Summary, StringComparison.Ordinal);
        Assert.Equal(result.Definition.Provenance.Figures["sqnr_db"], report.ReachedDb, 0.01);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.004)]
    [InlineData(0.001)]
    [InlineData(1e-6)]
    public void Auto_AnyBudget_KeepsNothingThatDoesNotHelp(double budget)
    {
        PrecisionReport report = Quantize(Deep(), Windows(5), budget).Precision!;
        Assert.Equal(report.ReachedDb >= report.WantedDb, report.IsMet);
        Assert.All(report.Steps.Where(static step => step.Kept && step.Action != PrecisionAction.Narrow), static step => Assert.True(step.AfterDb > step.BeforeDb, step.ToString()));
        // What is taken back may cost a hundredth of the squared error, 0.05 dB, or whatever the budget has to spare.
        Assert.All(report.Steps.Where(static step => step.Kept && step.Action == PrecisionAction.Narrow), step => Assert.True(step.AfterDb >= Math.Min(report.WantedDb, step.BeforeDb - 0.05), step.ToString()));
        Assert.All(report.Steps.Where(static step => !step.Kept && step.Action == PrecisionAction.Narrow), step => Assert.True(step.AfterDb < report.WantedDb, step.ToString()));
        Assert.NotEmpty(report.Steps);
    }

    [Fact]
    public void Auto_Twice_GivesTheSameBytesAndReasons()
    {
        QuantizeResult first = Quantize(Deep(), Windows(6), 0.002), second = Quantize(Deep(), Windows(6), 0.002);
        Assert.Equal(ModelWriter.ToBytes(first.Definition), ModelWriter.ToBytes(second.Definition));
        Assert.Equal(first.Precision!.Reasons(), first.Definition.Provenance.Reasons);
        Assert.True(first.Definition.Provenance.Reasons!.Count > 3);
    }

    [Fact]
    public void Auto_CausalModel_StepsLikeItsWindow()
    {
        ModelDefinition definition = Quantize(Deep(), Windows(7), 0.001, Deep).Definition;
        Assert.Null(definition.NotStreamable);
        using LatchModel model = LatchModel.Create(definition);
        Session window = model.CreateSession(), stream = model.CreateSession();
        float[] input = NetworkBuilder.Windows(3, 1, 8, 4)[0], whole = new float[16], single = new float[2];
        window.Run(input, 8, whole);
        for (int step = 0; step < 8; step++)
        {
            stream.Step(input.AsSpan(step * 4, 4), single);
            Assert.Equal(whole[(step * 2)..(step * 2 + 2)], single);
        }
    }

    [Fact]
    public void Auto_Stream_MeetsItsBudget()
    {
        float[][] rows = [.. NetworkBuilder.Windows(8, 30, 40, 4).SelectMany(static window => window.Chunk(4))];
        QuantizeResult result = Quantizer.Quantize(Lstm(1), CalibrationData.FromStream(rows), new QuantizeOptions { Activations = ActivationWidth.Auto, Budget = 0.005 }, Lstm);
        Assert.True(result.Precision!.IsMet, result.Precision.Summary);
        Assert.NotEmpty(result.Precision.Steps);
    }

    [Fact]
    public void Auto_OutputsOfDifferentSize_CountAlike()
    {
        // Each output is one channel of the input. The small one is rounded to nothing, an error as large as its signal: half of the mean square, 3 dB.
        var builder = new NetworkBuilder(9, 1);
        string x = builder.Input("x", 1, 2);
        builder.Output(builder.Add(new DenseNode("large", x, "large:y", new FloatTensor([1, 2], [1, 0]), null), 1, 1));
        builder.Output(builder.Add(new DenseNode("small", x, "small:y", new FloatTensor([1, 2], [0, 1]), null), 1, 1));
        CalibrationData data = CalibrationData.FromWindows([.. Enumerable.Range(0, 100).Select(static i => new[] { i - 50f, (i % 7 - 3) / 20f })]);
        QuantizeResult result = Quantize(builder.Build(), data, OnePercent);
        Assert.Equal(10 * Math.Log10(2), result.Precision!.StartDb, 0.3);
        Assert.Equal(["x"], result.WideValues);
        Assert.True(result.Precision.IsMet);
        double pooled = Quantizer.Quantize(builder.Build(), data, new QuantizeOptions { WidenCostly = false }).Definition.Provenance.Figures["sqnr_db"];
        Assert.InRange(pooled, 40, 50);
    }

    private static QuantizeResult Quantize(FloatModel model, CalibrationData data, double budget, Func<int, FloatModel>? import = null) =>
        Quantizer.Quantize(model, data, new QuantizeOptions { Activations = ActivationWidth.Auto, Budget = budget }, import);

    private static CalibrationData Windows(int seed) => CalibrationData.FromWindows(NetworkBuilder.Windows(seed, 150, 8, 4));

    private static FloatModel Lstm(int steps)
    {
        var builder = new NetworkBuilder(1, steps);
        builder.Recurrent("layer", builder.Input("x", steps, 4), CellKind.Lstm, 6);
        builder.Output(builder.Dense("head", "layer/Y", 2));
        return builder.Build();
    }

    private static FloatModel Deep() => Deep(8);

    private static FloatModel Deep(int steps)
    {
        var builder = new NetworkBuilder(2, steps);
        builder.Recurrent("first", builder.Input("x", steps, 4), CellKind.Gru, 8, static node => node with { LinearBeforeReset = true });
        builder.Recurrent("second", "first/Y", CellKind.Gru, 8);
        string hidden = builder.Dense("a", "second/Y", 12, ActivationKind.Relu);
        builder.Output(builder.Dense("b", hidden, 2));
        return builder.Build();
    }

    private static FloatModel Chain()
    {
        var builder = new NetworkBuilder(3, 1);
        string x = builder.Input("x", 1, 4);
        float[] weights = [.. builder.Weights(1, 16, 4).Data.Select(static (weight, i) => i % 4 == 0 ? 0 : weight)];
        string first = builder.Add(new DenseNode("a", x, "a:z", new FloatTensor([16, 4], weights), builder.Weights(0.3, 16)), 1, 16);
        string relu = builder.Add(new ActivationNode("a.f", ActivationKind.Relu, first, "a:y"), 1, 16);
        builder.Output(builder.Dense("c", builder.Dense("b", relu, 16, ActivationKind.Relu), 1));
        return builder.Build();
    }

    private static CalibrationData UnevenWindows(int seed, int count) => CalibrationData.FromWindows(
        [.. NetworkBuilder.Windows(seed, count, 1, 4).Select(static window => window.Select(static (value, i) => i == 0 ? 50 * value : value).ToArray())]);

    private static FloatModel Integrator()
    {
        var builder = new NetworkBuilder(4, 40);
        builder.Recurrent("layer", builder.Input("x", 40, 1), CellKind.Rnn, 1, static node => node with
        {
            InputWeights = new FloatTensor([1, 1], [0.05f]),
            RecurrentWeights = new FloatTensor([1, 1], [0.95f]),
            InputBias = new FloatTensor([1], [0]),
            RecurrentBias = new FloatTensor([1], [0]),
            Activations = [new RecurrentActivation(ActivationKind.Affine, 1, 0)],
        });
        builder.Output("layer/Y");
        return builder.Build();
    }

    // Multiples of a hundredth from 0 to 2.55, both ends in every window.
    private static CalibrationData CodeWindows(int seed, int count)
    {
        var random = new Random(seed);
        return CalibrationData.FromWindows([.. Enumerable.Range(0, count).Select(_ =>
            Enumerable.Range(0, 40).Select(step => step switch { 0 => 0, 1 => 2.55f, _ => random.Next(256) / 100f }).ToArray())]);
    }

    private static double RelativeError(FloatModel model, ModelDefinition definition, CalibrationData data)
    {
        var reference = new FloatReference(model);
        using LatchModel integer = LatchModel.Create(definition);
        Session session = integer.CreateSession();
        var exact = new List<double>();
        double square = 0;
        foreach (float[] window in data.Sequences.Select(static sequence => sequence[0]))
        {
            var result = new float[1];
            session.Run(window, 1, result);
            exact.Add(reference.Run(new Dictionary<string, float[]> { ["x"] = window })[model.Outputs[0].Name][0]);
            square += Math.Pow(result[0] - exact[^1], 2);
        }
        double mean = exact.Average();
        return Math.Sqrt(square / exact.Sum(value => (value - mean) * (value - mean)));
    }
}
