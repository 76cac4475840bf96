using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests;

public sealed class CounterfactualTests
{
    private const int Inputs = 3, Units = 5, Steps = 40;

    [Theory]
    [InlineData(CellKind.Lstm, Gate.Forget)]
    [InlineData(CellKind.Gru, Gate.Update)]
    public void Step_Forced_EqualsTwoSessionsOfTheirOwn(CellKind kind, Gate gate)
    {
        using LatchModel model = Model(kind);
        Counterfactual counterfactual = new(model, [ForcedGate.ToValue(0, gate, 0.25, 1, 2)]);
        Session free = model.CreateSession(), forced = model.CreateSession();
        forced.Gates.ForceValue(0, gate, 1 << 22, 1, 2);
        float[] untouchedResult = new float[Units], forcedResult = new float[Units], expected = new float[Units], expectedForced = new float[Units];
        double squares = 0, largest = 0;
        long? first = null;
        for (int step = 0; step < Steps; step++)
        {
            float[] sample = Sample(step);
            counterfactual.Step(sample, untouchedResult, forcedResult);
            free.Step(sample, expected);
            forced.Step(sample, expectedForced);
            Assert.Equal(expected, untouchedResult);
            Assert.Equal(expectedForced, forcedResult);
            for (int unit = 0; unit < Units; unit++)
            {
                double difference = (double)expectedForced[unit] - expected[unit];
                squares += difference * difference;
                largest = Math.Max(largest, Math.Abs(difference));
                first ??= difference != 0 ? step : null;
            }
        }
        Assert.NotNull(first);
        Assert.Equal(first, counterfactual.Outputs.FirstStep);
        Assert.Equal(largest, counterfactual.Outputs.Largest);
        Assert.Equal(Math.Sqrt(squares / (Steps * Units)), counterfactual.Outputs.Rms, 1e-12);
        Assert.Equal(Steps, counterfactual.Steps);
    }

    [Fact]
    public void Step_NothingForced_NeverDiverges()
    {
        using LatchModel model = Model(CellKind.Lstm);
        Counterfactual counterfactual = Run(model, []);
        Assert.Null(counterfactual.Outputs.FirstStep);
        Assert.Null(counterfactual.Layers[0].Hidden.FirstStep);
        Assert.Equal((0.0, 0.0), (counterfactual.Outputs.Largest, counterfactual.Outputs.Rms));
    }

    [Fact]
    public void Step_OutputGateForced_DivergesInTheGateAtOnceAndInTheCellOneStepLater()
    {
        using LatchModel model = Model(CellKind.Lstm);
        LayerDivergence layer = Run(model, [ForcedGate.To(0, Gate.Output, GateForce.Closed)]).Layers[0];
        // h is 0 from the first step on; the other gates see that, through the recurrent product, in the second.
        Assert.Equal((0L, 0L), (layer.Gates[GateOrder.IndexOf(CellKind.Lstm, Gate.Output)].FirstStep, layer.Hidden.FirstStep));
        Assert.Equal((1L, 1L), (layer.Gates[GateOrder.IndexOf(CellKind.Lstm, Gate.Forget)].FirstStep, layer.Cell!.FirstStep));
        Assert.InRange(layer.Gates[GateOrder.IndexOf(CellKind.Lstm, Gate.Output)].Largest, 0.1, 1);
    }

    [Theory]
    [InlineData(CellKind.Lstm, Gate.Forget)]
    [InlineData(CellKind.Gru, Gate.Update)]
    public void PastShare_NothingKept_IsWhatComesThroughTheHiddenState(CellKind kind, Gate gate)
    {
        using LatchModel model = Model(kind);
        double[] forced = [.. Outputs(model, gate, cut: false)], cut = [.. Outputs(model, gate, cut: true)];
        double past = forced.Zip(cut, static (a, b) => (a - b) * (a - b)).Sum();
        double spread = Enumerable.Range(0, Units).Sum(unit =>
        {
            double[] values = [.. forced.Where((_, i) => i % Units == unit)];
            return values.Sum(value => Math.Pow(value - values.Average(), 2));
        });
        Assert.True(past > 0);
        Assert.Equal(Math.Sqrt(past / spread), Run(model, [ForcedGate.To(0, gate, GateForce.Closed)]).PastShare!.Value, 1e-9);
        Assert.Equal(0.0, Run(model, [ForcedGate.To(0, gate, GateForce.Closed)], [0]).PastShare);
    }

    [Fact]
    public void PastShare_ConstantOutput_IsNull()
    {
        using LatchModel model = Model(CellKind.Lstm);
        Assert.Null(Run(model, [ForcedGate.To(0, Gate.Output, GateForce.Closed)]).PastShare);
    }

    [Fact]
    public void Step_ManySteps_AllocatesNothing()
    {
        using LatchModel model = Model(CellKind.Lstm);
        Counterfactual counterfactual = new(model, [ForcedGate.To(0, Gate.Input, GateForce.Hold)]);
        float[] sample = Sample(1), untouched = new float[Units], forced = new float[Units];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () => counterfactual.Step(sample, untouched, forced)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void ToValue_OutsideZeroToOne_IsRefused(double value) =>
        Assert.Throws<ArgumentException>(() => ForcedGate.ToValue(0, Gate.Forget, value));

    private static Counterfactual Run(LatchModel model, IReadOnlyList<ForcedGate> forces, IReadOnlyList<int>? cut = null)
    {
        Counterfactual counterfactual = new(model, forces, cut);
        for (int step = 0; step < Steps; step++)
            counterfactual.Step(Sample(step), new float[Units], new float[Units]);
        return counterfactual;
    }

    /// <summary>Outputs of a session with a closed gate, all steps one after the other.</summary>
    private static List<double> Outputs(LatchModel model, Gate gate, bool cut)
    {
        Session session = model.CreateSession();
        session.Gates.Force(0, gate, GateForce.Closed);
        if (cut)
            session.Gates.CutRecurrence(0);
        List<double> outputs = [];
        float[] result = new float[Units];
        for (int step = 0; step < Steps; step++)
        {
            session.Step(Sample(step), result);
            outputs.AddRange(result.Select(static value => (double)value));
        }
        return outputs;
    }

    private static float[] Sample(int step)
    {
        var random = new Random(step);
        return [.. Enumerable.Range(0, Inputs).Select(_ => (4 * random.NextSingle()) - 2)];
    }

    private static LatchModel Model(CellKind kind) => LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(kind, Inputs, Units), new Random(9))));
}
