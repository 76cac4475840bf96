using System.Text.Json;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Http;

public sealed class ShadowTests
{
    private const int Steps = 2500;

    [Fact]
    public async Task Shadow_KnownError_IsFoundWhereItIs()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        DirectRun direct = DirectRun.Of(model, Steps);
        FakeShadow shadow = new(direct);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model) { Shadow = shadow }));
        JsonElement document = await server.Json("/api/shadow?tolerance=0.2");
        JsonElement[] quantities = [.. document.GetProperty("quantities").EnumerateArray()];
        Assert.Equal(["input", "output", "forget", "cell", "c", "h"], quantities.Select(static quantity => quantity.GetProperty("quantity").GetString()));
        // The forget gate of unit 2 is off by 0.25 from step 1200 on, by 0.125 from step 700.
        JsonElement forget = quantities[2];
        Assert.Equal((1200, 1200, 3), (forget.GetProperty("firstBeyond").GetInt32(), forget.GetProperty("largestStep").GetInt32(), forget.GetProperty("binSteps").GetInt32()));
        Assert.Equal(0.25, forget.GetProperty("largest").GetDouble(), 1e-6);
        Assert.Equal(Math.Sqrt(((1300 * 0.0625) + (500 * 0.015625)) / (Steps * TestModels.Units)), forget.GetProperty("rms").GetDouble(), 1e-6);
        double[] bins = [.. forget.GetProperty("error").EnumerateArray().Select(static bin => bin.GetDouble())];
        Assert.Equal(834, bins.Length);
        Assert.Equal(0, bins[232], 1e-6);
        Assert.Equal(0.125 / Math.Sqrt(TestModels.Units), bins[300], 1e-6);
        Assert.Equal(0.25 / Math.Sqrt(TestModels.Units), bins[833], 1e-6);
        Assert.Equal((0, JsonValueKind.Null), (quantities[5].GetProperty("layer").GetInt32(), quantities[5].GetProperty("firstBeyond").ValueKind));
        JsonElement output = document.GetProperty("output");
        Assert.Equal(2000, output.GetProperty("largestStep").GetInt32());
        Assert.Equal(1, output.GetProperty("largest").GetDouble(), 1e-6);
        float[] plane = await server.Floats("/api/plane?track=float&quantity=forget&from=1200&to=1202");
        Assert.Equal(direct.Plane(2, 1200, 1202).Select(static (code, at) => (float)Math.ScaleB(code, -24) + (at % TestModels.Units == 2 ? 0.25f : 0)), plane);
        JsonElement session = await server.Json("/api/session");
        Assert.Equal("""["base","float"]""", session.GetProperty("models")[0].GetProperty("tracks").GetRawText());
    }

    /// <summary>The integer run itself, with errors put in.</summary>
    private sealed class FakeShadow(DirectRun direct) : IFloatShadow
    {
        private int _step = -1;

        public ReadOnlySpan<float> Output => _step == 2000 ? [.. direct.Outputs[_step].Select(static value => value + 1)] : direct.Outputs[_step];

        public void Step(ReadOnlySpan<float> sample) => Assert.Equal(TestModels.Sample(++_step), sample);

        public ReadOnlySpan<float> Gates(int layer)
        {
            float[] gates = Real(0, 4);
            gates[(2 * TestModels.Units) + 2] += _step >= 1200 ? 0.25f : _step >= 700 ? 0.125f : 0;
            return gates;
        }

        public ReadOnlySpan<float> Cell(int layer) => Real(4, 1);

        public ReadOnlySpan<float> Hidden(int layer) => Real(5, 1);

        private float[] Real(int quantity, int count) =>
            [.. direct.Codes[_step].AsSpan(quantity * TestModels.Units, count * TestModels.Units).ToArray().Select(static code => (float)Math.ScaleB(code, -24))];
    }
}
