using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Tests.Models;
using Latch.Runtime;
using ActivationKind = Latch.Import.Graph.ActivationKind;

namespace Latch.Quantize.Tests;

/// <summary>Models with states that are no recurrent layer's: the integer model carries them as the float reference does.</summary>
public sealed class StateTests
{
    private const int Channels = 3, Units = 5;

    [Fact]
    public void Quantize_LowPass_FollowsTheFloatModel()
    {
        FloatModel model = LowPass();
        float[][] rows = NetworkBuilder.Windows(1, 600, 1, Channels).ToArray();
        QuantizeResult result = Quantizer.Quantize(model, CalibrationData.FromStream(rows));
        Plan plan = result.Definition.Step!;

        PlanState state = Assert.Single(plan.States);
        Assert.Equal(plan.Tensors[state.Input].Quantization, plan.Tensors[state.Output].Quantization);
        Assert.Equal(["x"], plan.Inputs.Select(port => port.Name));
        Assert.Equal(["y"], plan.Outputs.Select(port => port.Name));
        Assert.InRange(Difference(model, result.Definition, NetworkBuilder.Windows(2, 400, 1, Channels)), 0, 0.02);
        Assert.InRange(result.Definition.Provenance.Figures["sqnr_db"], 30, 200);
    }

    [Fact]
    public void Quantize_StatesThatAreHandedOn_AreCopied()
    {
        // y is the input of two steps ago.
        FloatModel model = new(
            [new ReshapeNode("a", "x", "first_out"), new ReshapeNode("b", "first", "second_out"), new ActivationNode("c", ActivationKind.Relu, "second", "y")],
            new[] { "x", "first", "second", "first_out", "second_out", "y" }.ToDictionary(name => name, _ => new[] { 1, Channels }))
        {
            Name = "delay",
            Steps = 1,
            Inputs = [new ValueInfo("x", [1, Channels])],
            Outputs = [new ValueInfo("y", [1, Channels])],
            States = [new StatePair("first", "first_out"), new StatePair("second", "second_out")],
            Constants = new Dictionary<string, FloatTensor>(),
        };
        float[][] rows = NetworkBuilder.Windows(1, 200, 1, Channels).ToArray();

        ModelDefinition definition = Quantizer.Quantize(model, CalibrationData.FromStream(rows)).Definition;

        Assert.InRange(Difference(model, definition, rows), 0, 1e-3);
    }

    [Fact]
    public void Quantize_LayerThatStartsFromACarriedState_StartsThereInEachStep()
    {
        // The state is turned round between the steps: the layer cannot carry it itself.
        var builder = new NetworkBuilder(3, 1);
        string x = builder.Input("x", 1, Channels);
        RecurrentNode node = builder.Recurrent("rnn", x, Import.Graph.CellKind.Rnn, Units, layer => layer with { InitialH = "before" });
        var nodes = new GraphNode[] { node, new SliceNode("turn", "rnn/H", "after", [Units - 1], [-1]) };
        FloatModel model = new(nodes, new Dictionary<string, int[]> { ["x"] = [1, Channels], ["before"] = [Units], ["after"] = [Units], ["rnn/Y"] = [1, Units], ["rnn/H"] = [Units] })
        {
            Name = "turned",
            Steps = 1,
            Inputs = [new ValueInfo("x", [1, Channels])],
            Outputs = [new ValueInfo("rnn/Y", [1, Units])],
            States = [new StatePair("before", "after")],
            Constants = new Dictionary<string, FloatTensor>(),
        };
        float[][] rows = NetworkBuilder.Windows(1, 400, 1, Channels).ToArray();

        ModelDefinition definition = Quantizer.Quantize(model, CalibrationData.FromStream(rows)).Definition;

        Assert.InRange(Difference(model, definition, NetworkBuilder.Windows(2, 200, 1, Channels)), 0, 0.03);
    }

    [Fact]
    public void Quantize_LayerOfOneStepThatStartsFromAnInput_StartsThereInEachStep()
    {
        var builder = new NetworkBuilder(3, 1);
        string x = builder.Input("x", 1, Channels), start = builder.Input("h0", Units);
        builder.Output(builder.Recurrent("gru", x, Import.Graph.CellKind.Gru, Units, layer => layer with { InitialH = start }).Y!);
        FloatModel model = builder.Build();
        float[][] rows = NetworkBuilder.Windows(1, 400, 1, Channels + Units).ToArray();

        ModelDefinition definition = Quantizer.Quantize(model, CalibrationData.FromStream(rows)).Definition;

        FloatReference reference = new(model);
        using LatchModel integer = LatchModel.Create(definition);
        Session session = integer.CreateSession();
        float[] result = new float[Units];
        foreach (float[] row in NetworkBuilder.Windows(2, 100, 1, Channels + Units))
        {
            IReadOnlyDictionary<string, float[]> exact = reference.Run(new Dictionary<string, float[]> { ["x"] = row[..Channels], ["h0"] = row[Channels..] });
            session.Step(row, result);
            for (int unit = 0; unit < Units; unit++)
                Assert.Equal(exact["gru/Y"][unit], result[unit], 0.03);
        }
    }

    /// <summary>state' = 0.8 state + W x; y = tanh of it.</summary>
    private static FloatModel LowPass()
    {
        FloatTensor weights = new NetworkBuilder(1, 1).Weights(0.5, Units, Channels);
        GraphNode[] nodes =
        [
            new DenseNode("in", "x", "product", weights, null),
            new ActivationNode("keep", ActivationKind.Affine, "before", "kept", 0.8f),
            new BinaryNode("add", BinaryOperation.Add, "kept", "product", "after"),
            new ActivationNode("out", ActivationKind.Tanh, "after", "y"),
        ];
        Dictionary<string, int[]> shapes = new() { ["x"] = [1, Channels] };
        foreach (string name in new[] { "product", "before", "kept", "after", "y" })
            shapes[name] = [1, Units];
        return new FloatModel(nodes, shapes)
        {
            Name = "low pass",
            Steps = 1,
            Inputs = [new ValueInfo("x", [1, Channels])],
            Outputs = [new ValueInfo("y", [1, Units])],
            States = [new StatePair("before", "after")],
            Constants = new Dictionary<string, FloatTensor>(),
        };
    }

    /// <summary>Root-mean-square difference over that of the float outputs, as streams from zero states.</summary>
    private static double Difference(FloatModel model, ModelDefinition definition, IEnumerable<float[]> rows)
    {
        FloatReference reference = new(model, carryState: true);
        using LatchModel integer = LatchModel.Create(definition);
        Session session = integer.CreateSession();
        float[] result = new float[integer.OutputSize];
        double error = 0, power = 0;
        foreach (float[] row in rows)
        {
            ReadOnlySpan<float> exact = reference.Run(row);
            session.Step(row, result);
            for (int i = 0; i < result.Length; i++)
                (error, power) = (error + Math.Pow(result[i] - exact[i], 2), power + Math.Pow(exact[i], 2));
        }
        return Math.Sqrt(error / power);
    }
}
