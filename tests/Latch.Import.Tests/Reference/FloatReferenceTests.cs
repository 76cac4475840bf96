using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Reference;

/// <summary>What the float reference reports, and what it carries from run to run.</summary>
public sealed class FloatReferenceTests
{
    private const int Units = 4;

    [Fact]
    public void Run_Lstm_ReportsQuantitiesThatFitTheEquations()
    {
        FloatModel model = Model("LSTM", steps: 5);
        RecordingObserver seen = Observe(model);
        float[] cellBefore = new float[Units];
        for (int step = 0; step < 5; step++)
        {
            float[] gates = Get(seen, step, RecurrentQuantity.Gate);
            float[] pre = Get(seen, step, RecurrentQuantity.PreActivation);
            float[] cell = Get(seen, step, RecurrentQuantity.Cell);
            for (int row = 0; row < 4 * Units; row++)
            {
                Close(Get(seen, step, RecurrentQuantity.InputSum)[row] + Get(seen, step, RecurrentQuantity.RecurrentSum)[row], pre[row]);
                Close(row < 3 * Units ? 1 / (1 + Math.Exp(-pre[row])) : Math.Tanh(pre[row]), gates[row]);
            }
            for (int unit = 0; unit < Units; unit++)
            {
                (float i, float o, float f, float c) = (gates[unit], gates[Units + unit], gates[(2 * Units) + unit], gates[(3 * Units) + unit]);
                Close((f * cellBefore[unit]) + (i * c), cell[unit]);
                Close(Math.Tanh(cell[unit]), Get(seen, step, RecurrentQuantity.CellActivation)[unit]);
                Close(o * Math.Tanh(cell[unit]), Get(seen, step, RecurrentQuantity.Hidden)[unit]);
            }
            cellBefore = cell;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Run_Gru_ReportsQuantitiesThatFitTheEquations(int linearBeforeReset)
    {
        FloatModel model = Model("GRU", steps: 5, ("linear_before_reset", linearBeforeReset));
        RecurrentNode node = model.Nodes.OfType<RecurrentNode>().Single();
        RecordingObserver seen = Observe(model);
        float[] before = new float[Units];
        for (int step = 0; step < 5; step++)
        {
            float[] gates = Get(seen, step, RecurrentQuantity.Gate);
            float[] hidden = Get(seen, step, RecurrentQuantity.Hidden);
            float[] recurrentInput = [.. before];
            for (int unit = 0; unit < Units && linearBeforeReset == 0; unit++)
            {
                recurrentInput[unit] = gates[Units + unit] * before[unit];
                Close(recurrentInput[unit], Get(seen, step, RecurrentQuantity.ResetHidden)[unit]);
            }
            for (int unit = 0; unit < Units; unit++)
            {
                int row = (2 * Units) + unit;
                double recurrent = node.RecurrentBias.Data[row];
                for (int k = 0; k < Units; k++)
                    recurrent += node.RecurrentWeights.Data[(row * Units) + k] * recurrentInput[k];
                Close(recurrent, Get(seen, step, RecurrentQuantity.RecurrentSum)[row]);
                double factor = linearBeforeReset == 1 ? gates[Units + unit] : 1;
                double pre = Get(seen, step, RecurrentQuantity.InputSum)[row] + (factor * recurrent);
                Close(pre, Get(seen, step, RecurrentQuantity.PreActivation)[row]);
                Close(((1 - gates[unit]) * Math.Tanh(pre)) + (gates[unit] * before[unit]), hidden[unit]);
            }
            before = hidden;
        }
    }

    [Fact]
    public void Run_Observer_SeesEveryInputAndEveryNodeOutputOnce()
    {
        FloatModel model = Model("LSTM", steps: 3);

        RecordingObserver seen = Observe(model);

        Assert.Equal(model.Nodes.SelectMany(n => n.Outputs).Prepend("x").Order(), seen.Values.Keys.Order());
        Assert.All(seen.Values, value => Assert.Equal(model.Count(value.Key), value.Value.Length));
    }

    [Theory]
    [InlineData("forward", new[] { 0, 1, 2 })]
    [InlineData("reverse", new[] { 2, 1, 0 })]
    public void Run_Observer_SeesStepsInTheOrderTaken(string direction, int[] expected) =>
        Assert.Equal(expected, Observe(Model("GRU", 3, ("direction", direction))).Steps);

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("RNN")]
    public void Run_CarriedState_StepByStepEqualsTheWholeSequence(string operatorName)
    {
        FloatModel whole = Model(operatorName, steps: 20);
        float[] series = Agreement.RandomInputs(whole, new Random(3))["x"];
        float[] expected = new FloatReference(whole).Run(series).ToArray();
        FloatReference streaming = new(Model(operatorName, steps: 1), carryState: true);
        for (int round = 0; round < 2; round++)
        {
            streaming.ResetState();
            for (int step = 0; step < 20; step++)
            {
                float[] hidden = streaming.Run(series.AsSpan(step * 3, 3)).ToArray();
                Assert.Equal(expected[(step * Units)..((step + 1) * Units)], hidden);
            }
        }
    }

    [Fact]
    public void Run_StateNotCarried_EachRunBeginsAnew()
    {
        FloatReference reference = new(Model("LSTM", steps: 1));

        float[] first = reference.Run([1, 2, 3]).ToArray();

        Assert.Equal(first, reference.Run([1, 2, 3]).ToArray());
    }

    [Fact]
    public void Run_CarriedStateWithReverse_ReverseBeginsAnew()
    {
        FloatReference reference = new(Model("LSTM", 4, ("direction", "reverse")), carryState: true);
        float[] input = Agreement.RandomInputs(reference.Model, new Random(4))["x"];

        float[] first = reference.Run(input).ToArray();

        Assert.Equal(first, reference.Run(input).ToArray());
    }

    [Fact]
    public void Run_WithoutObserver_AllocatesNothing()
    {
        FloatReference reference = new(Model("LSTM", steps: 1), carryState: true);
        float[] input = [1, 2, 3];
        reference.Run(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < 1000; run++)
            reference.Run(input);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Run_WrongNumberOfElements_Throws()
    {
        FloatReference reference = new(Model("LSTM", steps: 1));

        Assert.Contains("3 elements; 4 were given", Assert.Throws<ArgumentException>(() => reference.Run([1, 2, 3, 4]).Length).Message);
        Assert.Contains("'x' is missing", Assert.Throws<ArgumentException>(() => reference.Run(new Dictionary<string, float[]>())).Message);
    }

    [Fact]
    public void DotProduct_EveryLength_EqualsTheSumInDoublePrecision()
    {
        Random random = new(5);
        for (int length = 0; length <= 256; length++)
        {
            float[] left = [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
            float[] right = [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];

            double expected = left.Zip(right, (a, b) => (double)a * b).Sum();

            Assert.Equal(expected, DotProduct.Of(left, right), 1e-5);
        }
    }

    private static FloatModel Model(string operatorName, int steps, params (string Name, object Value)[] attributes)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", steps, 1, 3);
        Random random = new(1);
        int rows = Units * operatorName switch { "LSTM" => 4, "GRU" => 3, _ => 1 };
        string[] inputs = ["x", writer.Floats(random, 1, 1, rows, 3), writer.Floats(random, 1, 1, rows, Units), writer.Floats(random, 1, 1, 2 * rows)];
        writer.Node(operatorName, inputs, ["y"], [("hidden_size", Units), .. attributes]);
        writer.Output("y");
        return OnnxImporter.Import(writer.ToBytes(), "model");
    }

    private static RecordingObserver Observe(FloatModel model)
    {
        RecordingObserver seen = new();
        new FloatReference(model).Run(Agreement.RandomInputs(model, new Random(2)), seen);
        return seen;
    }

    private static float[] Get(RecordingObserver seen, int step, RecurrentQuantity quantity) =>
        seen.Gates.Single(g => g.Key.Step == step && g.Key.Quantity == quantity).Value;

    private static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-6);
}
