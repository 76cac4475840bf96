using System.Net;
using System.Text.Json;
using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Inspector.Tests;

/// <summary>Models that take whole windows only.</summary>
public sealed class WindowTests
{
    private const int Window = 6;
    private const int Steps = 15;

    [Fact]
    public async Task Plane_WindowsOnly_IsTheLastStepOfTheWindowThatEndsThere()
    {
        LayerOptions options = new(CellKind.Gru, TestModels.Inputs, TestModels.Units) { Reverse = true };
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(options, new Random(1)), Window));
        await using TestServer server = await Served.Of(model, Steps);
        JsonElement told = (await server.Json("/api/session")).GetProperty("models")[0];
        Assert.Equal(Window, told.GetProperty("window").GetInt32());
        int[] hidden = await server.Integers("/api/plane?quantity=h");
        float[] outputs = await server.Floats("/api/series?what=output");
        int width = model.WindowOutputSize;
        Assert.All(hidden.Take((Window - 1) * TestModels.Units), static code => Assert.Equal(0, code));
        Assert.All(outputs.Take((Window - 1) * width), static value => Assert.True(float.IsNaN(value)));
        for (int step = Window - 1; step < Steps; step++)
        {
            List<int[]> states = [];
            float[] result = new float[width];
            Probe probe = new(states);
            model.CreateSession().Run([.. Enumerable.Range(step - Window + 1, Window).SelectMany(row => TestModels.Sample(row))], Window, result, ref probe);
            // The layer walks backward: the last step in time is the first it takes.
            Assert.Equal(states[0], hidden[(step * TestModels.Units)..((step + 1) * TestModels.Units)]);
            Assert.Equal(result, outputs[(step * width)..((step + 1) * width)]);
        }
        (HttpStatusCode status, JsonElement document) = await server.Post("""{"forces":[{"layer":0,"gate":"update","how":"open"}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("whole windows only", document.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attention_SoftmaxOverTheWindow_IsShownPerStep()
    {
        using LatchModel model = LatchModel.Create(Attending());
        await using TestServer server = await Served.Of(model, Steps, "x");
        JsonElement told = (await server.Json("/api/session")).GetProperty("models")[0];
        Assert.Equal("""{"name":"weights","width":6}""", told.GetProperty("attention").GetRawText());
        float[] weights = await server.Floats("/api/attention");
        Assert.Equal(Steps * Window, weights.Length);
        Assert.All(weights.Take((Window - 1) * Window), static value => Assert.True(float.IsNaN(value)));
        for (int step = Window - 1; step < Steps; step++)
        {
            float[] expected = new float[Window];
            Session session = model.CreateSession();
            session.Run([.. Enumerable.Range(step - Window + 1, Window).Select(row => TestModels.Sample(row)[0])], Window, new float[Window]);
            session.ReadTensor("weights", expected);
            Assert.Equal(expected, weights[(step * Window)..((step + 1) * Window)]);
        }
    }

    /// <summary>x -> softmax over the window -> a copy of it, without a recurrent layer.</summary>
    internal static ModelDefinition Attending()
    {
        Quantization input = new(ElementType.Int8, 1 / 64.0, 0), output = new(ElementType.Int16, 1 / 32767.0, 0);
        return new ModelDefinition
        {
            Name = "attention",
            Layers = [],
            NotStreamable = "the softmax sees the whole window.",
            Sequence = new Plan
            {
                Steps = Window,
                Tensors = [new ActivationTensor("x", [Window, 1], input), new ActivationTensor("weights", [Window, 1], output), new ActivationTensor("y", [Window, 1], output)],
                ConstantTensors = new Dictionary<int, string>(),
                Inputs = [new PlanPort("x", 0)],
                Outputs = [new PlanPort("y", 2)],
                Operations =
                [
                    new SoftmaxOperation
                    {
                        Name = "softmax", Input = 0, Output = 1, Outer = 1, Axis = Window, Inner = 1,
                        InputRescale = LayerQuantizer.Ratio(input.Scale * 8192), OutputRescale = LayerQuantizer.Ratio(Math.ScaleB(1, -24) / output.Scale),
                    },
                    new ActivationOperation { Name = "copy", Input = 1, Output = 2, Function = default, Limit = 1 << 20, InputRescale = LayerQuantizer.Ratio(output.Scale * 8192), OutputRescale = LayerQuantizer.Ratio(Math.ScaleB(1, -24) / output.Scale) },
                ],
            },
            Constants = new Dictionary<string, ConstantTensor>(),
        };
    }

    private static class Served
    {
        public static Task<TestServer> Of(LatchModel model, int steps, params string[] names)
        {
            string[] all = names.Length > 0 ? names : TestModels.Names;
            InspectorInput input = new("window", all, [.. all.Select(static _ => "")], 0, []);
            return TestServer.Start(TestModels.Replay(input, steps, step => TestModels.Sample(step)[..all.Length], new InspectedModel("m", "m.latch", model)));
        }
    }

    private readonly struct Probe(List<int[]> states) : IGateProbe
    {
        public void OnStep(in GateFrame frame) => states.Add(frame.Hidden.ToArray());
    }
}
