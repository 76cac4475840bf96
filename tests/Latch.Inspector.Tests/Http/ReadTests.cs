using System.Net;
using System.Text.Json;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Http;

public sealed class ReadTests
{
    private const int Steps = 60;

    [Theory]
    [InlineData(CellKind.Lstm, "input,output,forget,cell,c,h")]
    [InlineData(CellKind.Gru, "update,reset,hidden,h")]
    [InlineData(CellKind.Rnn, "hidden,h")]
    public async Task Plane_EveryQuantity_IsTheRuntimesIntegers(CellKind kind, string quantities)
    {
        using LatchModel model = TestModels.Random(kind);
        DirectRun direct = DirectRun.Of(model, Steps);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        string[] ids = quantities.Split(',');
        JsonElement layer = (await server.Json("/api/session")).GetProperty("models")[0].GetProperty("layers")[0];
        Assert.Equal(ids, layer.GetProperty("quantities").EnumerateArray().Select(static quantity => quantity.GetProperty("id").GetString()));
        for (int quantity = 0; quantity < ids.Length; quantity++)
        {
            Assert.Equal(direct.Plane(quantity, 0, Steps), await server.Integers($"/api/plane?quantity={ids[quantity]}"));
            Assert.Equal(direct.Plane(quantity, 17, 23), await server.Integers($"/api/plane?model=0&track=base&layer=0&quantity={ids[quantity]}&from=17&to=23"));
        }
    }

    [Fact]
    public async Task Session_TwoModels_SaysWhatTheyAre()
    {
        using LatchModel lstm = TestModels.Random(CellKind.Lstm), gru = TestModels.Random(CellKind.Gru, seed: 2, units: 4);
        InspectorSession session = TestModels.Replay(
            TestModels.Input(new InspectorLabel(3, 9, "fault")), Steps, TestModels.Sample, new InspectedModel("first", "a.latch", lstm), new InspectedModel("second", "b.latch", gru));
        await using TestServer server = await TestServer.Start(session);
        JsonElement document = await server.Json("/api/session");
        Assert.Equal(("test", false, true), (document.GetProperty("title").GetString(), document.GetProperty("live").GetBoolean(), document.GetProperty("ended").GetBoolean()));
        Assert.Equal((0, Steps, 2.0), (document.GetProperty("firstStep").GetInt32(), document.GetProperty("steps").GetInt32(), document.GetProperty("sampleRateHz").GetDouble()));
        Assert.Equal("channels", document.GetProperty("input").GetProperty("kind").GetString());
        Assert.Equal(TestModels.Names, document.GetProperty("input").GetProperty("names").EnumerateArray().Select(static name => name.GetString()));
        Assert.Equal("""{"start":3,"end":9,"text":"fault"}""", document.GetProperty("labels")[0].GetRawText());
        JsonElement second = document.GetProperty("models")[1];
        Assert.Equal((1, "second", "b.latch", gru.Kernel), (second.GetProperty("id").GetInt32(), second.GetProperty("name").GetString(), second.GetProperty("file").GetString(), second.GetProperty("kernel").GetString()));
        Assert.Equal(["y.0", "y.1", "y.2", "y.3"], second.GetProperty("outputs").EnumerateArray().Select(static name => name.GetString()));
        Assert.Equal(["base"], second.GetProperty("tracks").EnumerateArray().Select(static name => name.GetString()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("attention").ValueKind);
        JsonElement update = second.GetProperty("layers")[0].GetProperty("quantities")[0];
        Assert.Equal("""{"id":"update","title":"update gate","kind":"gate","fractionBits":24,"low":0,"high":1,"forceable":true}""", update.GetRawText());
        JsonElement cell = document.GetProperty("models")[0].GetProperty("layers")[0].GetProperty("quantities")[4];
        Assert.Equal("""{"id":"c","title":"cell state c","kind":"cell","fractionBits":24,"low":-4,"high":4,"forceable":false}""", cell.GetRawText());
    }

    [Fact]
    public async Task Series_InputAndOutput_AreWhatWentInAndCameOut()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        float[] WithGap(long step) => step == 4 ? [1, float.NaN, 2] : TestModels.Sample(step);
        DirectRun direct = DirectRun.Of(model, Steps, sample: WithGap);
        await using TestServer server = await TestServer.Start(TestModels.Replay(TestModels.Input(), Steps, WithGap, new InspectedModel("m", "m.latch", model)));
        float[] inputs = await server.Floats("/api/series?what=input&from=2&to=8"), outputs = await server.Floats("/api/series?what=output");
        Assert.Equal(Enumerable.Range(2, 6).SelectMany(step => WithGap(step)), inputs);
        Assert.Equal(direct.Outputs.SelectMany(static output => output), outputs);
    }

    [Theory]
    [InlineData("/api/plane?quantity=forget&from=0&to=61", HttpStatusCode.NotFound, "0 to 60 are held")]
    [InlineData("/api/plane?quantity=update", HttpStatusCode.BadRequest, "input, output, forget, cell, c, h")]
    [InlineData("/api/plane", HttpStatusCode.BadRequest, "'quantity' is missing")]
    [InlineData("/api/plane?quantity=h&quantity=c", HttpStatusCode.BadRequest, "2 times")]
    [InlineData("/api/plane?quantity=h&model=1", HttpStatusCode.BadRequest, "'model' is 1; it can be 0 to 0")]
    [InlineData("/api/plane?quantity=h&layer=-1", HttpStatusCode.BadRequest, "'layer' is '-1'")]
    [InlineData("/api/plane?quantity=h&layer=1", HttpStatusCode.BadRequest, "'layer' is 1")]
    [InlineData("/api/plane?quantity=h&from=5&to=4", HttpStatusCode.BadRequest, "before 'from'")]
    [InlineData("/api/plane?quantity=h&from=1e3", HttpStatusCode.BadRequest, "whole number")]
    [InlineData("/api/plane?quantity=h&from=99999999999999999999", HttpStatusCode.BadRequest, "whole number")]
    [InlineData("/api/plane?quantity=h&from=0&to=4097", HttpStatusCode.BadRequest, "4096")]
    [InlineData("/api/plane?quantity=h&track=other", HttpStatusCode.BadRequest, "base, forced, float")]
    [InlineData("/api/plane?quantity=h&track=forced", HttpStatusCode.NotFound, "Nothing is forced")]
    [InlineData("/api/plane?quantity=h&track=float", HttpStatusCode.NotFound, "no float model")]
    [InlineData("/api/series?what=score", HttpStatusCode.NotFound, "no score")]
    [InlineData("/api/series?what=wrong", HttpStatusCode.BadRequest, "input, output, score")]
    [InlineData("/api/series?what=input&to=9999", HttpStatusCode.NotFound, "are held")]
    [InlineData("/api/statistics?track=float", HttpStatusCode.BadRequest, "base, forced")]
    [InlineData("/api/shadow", HttpStatusCode.NotFound, "no float model")]
    [InlineData("/api/attention", HttpStatusCode.NotFound, "no attention")]
    [InlineData("/api/text", HttpStatusCode.NotFound, "not text")]
    [InlineData("/api/alarms", HttpStatusCode.NotFound, "no profile")]
    [InlineData("/api/divergence", HttpStatusCode.NotFound, "Nothing is forced")]
    [InlineData("/api/live", HttpStatusCode.NotFound, "replay")]
    [InlineData("/api/export?format=xml", HttpStatusCode.BadRequest, "csv, parquet")]
    [InlineData("/api/export?format=parquet", HttpStatusCode.NotFound, "no Parquet")]
    [InlineData("/api/nothing", HttpStatusCode.NotFound, "no such page")]
    public async Task Get_WhatIsNotThere_IsAnErrorInWords(string path, HttpStatusCode status, string part)
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        JsonElement document = await server.Json(path, status);
        Assert.Contains(part, document.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plane_StepsNotHeld_SaysWhichAre()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = new(TestModels.Input(), [new InspectedModel("m", "m.latch", model)], 10, live: true);
        for (int step = 0; step < Steps; step++)
            session.Append(TestModels.Sample(step));
        await using TestServer server = await TestServer.Start(session);
        JsonElement document = await server.Json("/api/plane?quantity=h&from=49&to=55", HttpStatusCode.NotFound);
        Assert.Equal((50, 60), (document.GetProperty("firstStep").GetInt32(), document.GetProperty("steps").GetInt32()));
        Assert.Equal(DirectRun.Of(model, Steps).Plane(5, 50, 60), await server.Integers("/api/plane?quantity=h"));
    }

    [Fact]
    public async Task Text_OneHotCharacters_IsTheText()
    {
        string text = "b a\nab";
        string[] names = ["a", "b", "space", "newline"];
        using LatchModel model = LatchModel.Create(Runtime.Tests.Reference.LayerQuantizer.Model(
            new Runtime.Tests.Reference.FloatLayer(new(CellKind.Gru, names.Length, 2), new Random(3)), channels: [.. names.Select(static name => new Channel(name))]));
        float[] OneHot(long step) => [.. "ab \n".Select(character => character == text[(int)step] ? 1f : 0f)];
        InspectorSession session = TestModels.Replay(new InspectorInput("t", names, ["", "", "", ""], 0, []), text.Length, OneHot, new InspectedModel("m", "m.latch", model));
        await using TestServer server = await TestServer.Start(session);
        Assert.Equal("characters", (await server.Json("/api/session")).GetProperty("input").GetProperty("kind").GetString());
        Assert.Equal(text, (await server.Json("/api/text")).GetProperty("text").GetString());
        string csv = System.Text.Encoding.UTF8.GetString(await server.Bytes("/api/export?format=csv"));
        Assert.Equal(["b", "space", "a", "newline", "a", "b"], csv.TrimEnd('\n').Split('\n').Skip(1).Select(static line => line.Split(',')[1]));
    }

    [Fact]
    public async Task Statistics_Steps_MatchTheCodes()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        DirectRun direct = DirectRun.Of(model, Steps);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        JsonElement document = await server.Json("/api/statistics");
        JsonElement[] peaked = [.. document.GetProperty("layers")[0].GetProperty("units").EnumerateArray()];
        int[] cells = await server.Integers("/api/plane?quantity=c");
        JsonElement cell = (await server.Json("/api/session")).GetProperty("models")[0].GetProperty("layers")[0].GetProperty("quantities").EnumerateArray().Single(static item => item.GetProperty("id").GetString() == "c");
        Assert.All(peaked, (unit, at) => Assert.Equal(
            Math.ScaleB(cells.Where((_, place) => place % peaked.Length == at).Max(static code => Math.Abs((long)code)), -cell.GetProperty("fractionBits").GetInt32()),
            unit.GetProperty("cPeak").GetDouble()));
        double[] forget = [.. direct.Plane(2, 0, Steps).Select(static code => Math.ScaleB(code, -24))];
        double[] ofUnit = [.. Enumerable.Range(0, Steps).Select(step => forget[(step * TestModels.Units) + 1])];
        JsonElement layer = document.GetProperty("layers")[0], gate = layer.GetProperty("gates")[2], unit = layer.GetProperty("units")[1];
        Assert.Equal(Steps, document.GetProperty("steps").GetInt32());
        Assert.Equal("forget", gate.GetProperty("gate").GetString());
        Assert.Equal(forget.Average(), gate.GetProperty("mean").GetDouble(), 1e-6);
        Assert.Equal(forget.Count(static value => value > 0.9) / (double)forget.Length, gate.GetProperty("above").GetDouble(), 1e-12);
        double[] quantiles = [.. gate.GetProperty("quantiles").EnumerateArray().Select(static value => value.GetDouble())];
        double[] sorted = [.. forget.Order()], shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
        Assert.Equal(shares.Length, quantiles.Length);
        Assert.All(quantiles.Zip(shares), pair => Assert.Equal(sorted[(int)Math.Ceiling(pair.Second * sorted.Length) - 1], pair.First, 1.0 / 128));
        double halfLife = -Math.Log(2) / ofUnit.Average(Math.Log);
        Assert.Equal(halfLife, unit.GetProperty("halfLife").GetDouble(), halfLife * 1e-4);
        Assert.Equal(halfLife / 2, unit.GetProperty("halfLifeSeconds").GetDouble(), halfLife * 1e-4);
        Assert.Equal(ofUnit.Average(), unit.GetProperty("mean")[2].GetDouble(), 1e-6);
        Assert.Equal(ofUnit.Count(static value => value < 0.1) / (double)Steps, unit.GetProperty("below")[2].GetDouble(), 1e-12);
        Assert.False(unit.GetProperty("dead").GetBoolean());
        Assert.Equal(Math.Log(2) * (1 << 24), unit.GetProperty("formatLimit").GetDouble(), 1.0);
        Assert.Equal(TestModels.Names, layer.GetProperty("inputs").GetProperty("channels").EnumerateArray().Select(static input => input.GetProperty("channel").GetString()));
        Assert.InRange(layer.GetProperty("inputs").GetProperty("outOfRange").GetDouble(), 0, 1);
    }

    [Fact]
    public async Task Statistics_ForcedTrack_AreItsOwn()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)));
        await server.Post("""{"forces":[{"layer":0,"gate":"forget","how":"open"}]}""");
        JsonElement layer = (await server.Json("/api/statistics?track=forced")).GetProperty("layers")[0];
        Assert.Equal((1.0, 0.0), (layer.GetProperty("gates")[2].GetProperty("mean").GetDouble(), layer.GetProperty("gates")[2].GetProperty("deviation").GetDouble()));
        Assert.Equal(JsonValueKind.Null, layer.GetProperty("units")[0].GetProperty("halfLife").ValueKind);
        Assert.NotEqual(1, (await server.Json("/api/statistics")).GetProperty("layers")[0].GetProperty("gates")[2].GetProperty("mean").GetDouble());
    }
}
