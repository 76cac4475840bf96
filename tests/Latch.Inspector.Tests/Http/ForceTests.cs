using System.Net;
using System.Text.Json;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Http;

public sealed class ForceTests
{
    private const int Steps = 50;

    public static TheoryData<CellKind, string, string> Forces => new()
    {
        { CellKind.Lstm, """{"layer":0,"gate":"forget","how":"closed"}""", "closed" },
        { CellKind.Lstm, """{"layer":0,"gate":"input","how":"open","units":[1,3]}""", "open" },
        { CellKind.Lstm, """{"layer":0,"gate":"output","how":"value","value":0.25,"units":[0]}""", "value" },
        { CellKind.Gru, """{"layer":0,"gate":"update","how":"hold","units":[]}""", "hold" },
        { CellKind.Gru, """{"layer":0,"gate":"reset","how":"closed","units":[4]}""", "reset" },
    };

    [Theory]
    [MemberData(nameof(Forces))]
    public async Task Force_Gate_EqualsASessionForcedByHand(CellKind kind, string force, string name)
    {
        using LatchModel model = TestModels.Random(kind);
        DirectRun forced = DirectRun.Of(model, Steps, (session, step) =>
        {
            if (step == 0)
                ByHand(session.Gates, name);
        });
        DirectRun untouched = DirectRun.Of(model, Steps);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        (HttpStatusCode status, JsonElement document) = await server.Post($$"""{"model":0,"forces":[{{force}}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        int hidden = kind == CellKind.Lstm ? 5 : 3;
        Assert.Equal(forced.Plane(hidden, 0, Steps), await server.Integers("/api/plane?track=forced&quantity=h"));
        float[] outputs = await server.Floats("/api/series?track=forced&what=output");
        Assert.Equal(forced.Outputs.SelectMany(static output => output), outputs);
        Assert.Equal(untouched.Plane(hidden, 0, Steps), await server.Integers("/api/plane?quantity=h"));
        int first = Enumerable.Range(0, Steps).First(step => !forced.Outputs[step].AsSpan().SequenceEqual(untouched.Outputs[step]));
        double largest = Enumerable.Range(0, Steps).Max(step => forced.Outputs[step].Zip(untouched.Outputs[step], static (a, b) => Math.Abs((double)a - b)).Max());
        Assert.Equal((Steps, first, largest), (document.GetProperty("steps").GetInt32(), document.GetProperty("firstStep").GetInt32(), document.GetProperty("largest").GetDouble()));
        Assert.Equal(document.GetRawText(), (await server.Json("/api/divergence")).GetRawText());
    }

    [Fact]
    public async Task Force_ForgetClosedAndRecurrenceCut_LeavesNothingOfThePast()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        string closed = """{"layer":0,"gate":"forget","how":"closed"}""";
        (_, JsonElement open) = await server.Post($$"""{"model":0,"forces":[{{closed}}],"cut":[]}""");
        Assert.InRange(open.GetProperty("pastShare").GetDouble(), 1e-3, 10);
        (_, JsonElement cut) = await server.Post($$"""{"model":0,"forces":[{{closed}}],"cut":[0]}""");
        Assert.Equal(0, cut.GetProperty("pastShare").GetDouble());
        // Step 7 alone, from nothing, gives the same state as step 7 of the series.
        DirectRun alone = DirectRun.Of(model, 1, static (session, _) => session.Gates.Force(0, Gate.Forget, GateForce.Closed), static _ => TestModels.Sample(7));
        Assert.Equal(alone.Plane(4, 0, 1), await server.Integers("/api/plane?track=forced&quantity=c&from=7&to=8"));
    }

    [Fact]
    public async Task Force_Nothing_GoesBackToUntouched()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        await server.Post("""{"model":0,"forces":[{"layer":0,"gate":"forget","how":"value","value":0.5,"units":[2]}],"cut":[0]}""");
        JsonElement forced = (await server.Json("/api/session")).GetProperty("models")[0];
        Assert.Equal("""[{"layer":0,"gate":"forget","how":"value","value":0.5,"units":[2]}]""", forced.GetProperty("forces").GetRawText());
        Assert.Equal("[0]", forced.GetProperty("cut").GetRawText());
        Assert.Equal("""["base","forced"]""", forced.GetProperty("tracks").GetRawText());
        (HttpStatusCode status, _) = await server.Post("""{"model":0,"forces":[],"cut":[]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""["base"]""", (await server.Json("/api/session")).GetProperty("models")[0].GetProperty("tracks").GetRawText());
        await server.Json("/api/divergence", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", "at byte")]
    [InlineData("null", "null")]
    [InlineData("[]", "looks like")]
    [InlineData("""{"model":0,"other":1}""", "looks like")]
    [InlineData("""{"model":3}""", "no model 3")]
    [InlineData("""{"model":-1}""", "no model -1")]
    [InlineData("""{"forces":[null]}""", "null")]
    [InlineData("""{"forces":[{"layer":0,"gate":"7","how":"open"}]}""", "gate is one of")]
    [InlineData("""{"forces":[{"layer":0,"how":"open"}]}""", "gate is one of")]
    [InlineData("""{"forces":[{"layer":0,"gate":"","how":"open"}]}""", "gate is one of")]
    [InlineData("""{"forces":[{"layer":0,"gate":"cell","how":"open"}]}""", "cannot be forced")]
    [InlineData("""{"forces":[{"layer":0,"gate":"update","how":"open"}]}""", "cannot be forced")]
    [InlineData("""{"forces":[{"layer":4,"gate":"forget","how":"open"}]}""", "no layer 4")]
    [InlineData("""{"forces":[{"layer":0,"gate":"forget","how":"shut"}]}""", "open, closed, hold or value")]
    [InlineData("""{"forces":[{"layer":0,"gate":"forget","how":"value"}]}""", "from 0 to 1")]
    [InlineData("""{"forces":[{"layer":0,"gate":"forget","how":"value","value":1.5}]}""", "from 0 to 1")]
    [InlineData("""{"forces":[{"layer":0,"gate":"forget","how":"open","units":[5]}]}""", "no unit 5")]
    [InlineData("""{"cut":[1]}""", "no layer 1")]
    public async Task Force_BadBody_IsRefusedAndChangesNothing(string body, string part)
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        await server.Post("""{"forces":[{"layer":0,"gate":"forget","how":"open"}]}""");
        (HttpStatusCode status, JsonElement document) = await server.Post(body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(part, document.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("open", (await server.Json("/api/divergence")).GetProperty("forces")[0].GetProperty("how").GetString());
    }

    private static void ByHand(GateControl gates, string name)
    {
        switch (name)
        {
            case "closed":
                gates.Force(0, Gate.Forget, GateForce.Closed);
                break;
            case "open":
                gates.Force(0, Gate.Input, GateForce.Open, 1, 3);
                break;
            case "value":
                gates.ForceValue(0, Gate.Output, 1 << 22, 0);
                break;
            case "hold":
                gates.Force(0, Gate.Update, GateForce.Hold);
                break;
            default:
                gates.Force(0, Gate.Reset, GateForce.Closed, 4);
                break;
        }
    }
}
