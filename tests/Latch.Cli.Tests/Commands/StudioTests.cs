using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Cli.Studio;
using Latch.Quantize.Calibration;
using Latch.Quantize.Report;
using Latch.Runtime;

namespace Latch.Cli.Tests.Commands;

public sealed class StudioTests : IDisposable
{
    private const int Rows = 120;

    private readonly Scratch _scratch = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Studio_Replay_ServesThePageAndTheRun()
    {
        (string onnx, string latch, string data) = await Quantized();
        await using StudioRun studio = await StudioRun.Start("studio", latch, "--data", data, "--float", onnx, "--force", "forget=closed,units=2", "--port", "0");
        Assert.StartsWith("<!DOCTYPE html>", await studio.Client.GetStringAsync(new Uri("/", UriKind.Relative), Cancel), StringComparison.OrdinalIgnoreCase);
        JsonElement session = await studio.Client.GetFromJsonAsync<JsonElement>(new Uri("/api/session", UriKind.Relative), Cancel);
        Assert.Equal(("train.csv", Rows, false), (session.GetProperty("title").GetString(), session.GetProperty("steps").GetInt32(), session.GetProperty("live").GetBoolean()));
        Assert.Equal("""["a","b","c"]""", session.GetProperty("input").GetProperty("names").GetRawText());
        JsonElement model = session.GetProperty("models")[0];
        Assert.Equal("""["base","forced","float"]""", model.GetProperty("tracks").GetRawText());
        Assert.Equal("""[{"layer":0,"gate":"forget","how":"closed","value":null,"units":[2]}]""", model.GetProperty("forces").GetRawText());
        await File.WriteAllBytesAsync(_scratch.Path("export.parquet"), await studio.Client.GetByteArrayAsync(new Uri("/api/export?format=parquet", UriKind.Relative), Cancel), Cancel);
        await File.WriteAllBytesAsync(_scratch.Path("export.csv"), await studio.Client.GetByteArrayAsync(new Uri("/api/export?format=csv", UriKind.Relative), Cancel), Cancel);
        Series parquet = Series.Read(_scratch.Path("export.parquet"), [], MissingReadings.Keep, Cancel), csv = Series.Read(_scratch.Path("export.csv"), [], MissingReadings.Keep, Cancel);
        Assert.Equal(csv.Names, parquet.Names);
        Assert.Equal((Rows, Rows), (csv.Rows.Count, parquet.Rows.Count));
        // A series holds floats: text is rounded to them once, doubles were rounded before.
        Assert.All(csv.Rows.Zip(parquet.Rows), static rows => Assert.All(rows.First.Zip(rows.Second), static pair => Assert.Equal(pair.First, pair.Second, MathF.Abs(pair.First) * 1e-6f)));
        Assert.Equal(0, await studio.Interrupt());
    }

    [Fact]
    public async Task Studio_FloatTrack_IsTheFloatReference()
    {
        (string onnx, string latch, string data) = await Quantized();
        await using StudioRun studio = await StudioRun.Start("studio", latch, "--data", data, "--float", onnx, "--port", "0");
        JsonElement shadow = await studio.Client.GetFromJsonAsync<JsonElement>(new Uri("/api/shadow", UriKind.Relative), Cancel);
        using LatchModel model = ModelFile.OpenLatch(latch);
        Comparison expected = ModelComparison.Compare(
            ModelFile.OpenOnnx(onnx, 1), model.Definition, CalibrationData.FromStream([.. Series.Read(data, [], MissingReadings.Keep, Cancel).Rows]), cancellation: Cancel);
        StateError forget = expected.States.Single(static state => state is { Quantity: "gate", Gate: "forget" });
        JsonElement shown = shadow.GetProperty("quantities")[2];
        Assert.Equal(forget.Error.Rms, shown.GetProperty("rms").GetDouble(), 1e-6);
        Assert.Equal(forget.Error.Largest, shown.GetProperty("largest").GetDouble(), 1e-6);
        Assert.Equal(expected.Outputs[0].Rms, shadow.GetProperty("output").GetProperty("rms").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task Studio_DescriptionFile_QuantizesAndLearns()
    {
        new TinyOnnx().Write(_scratch.Path("tiny.onnx"));
        new TinyOnnx { Seed = 2 }.Write(_scratch.Path("twin.onnx"));
        _scratch.Write("train.csv", TinySeries.Csv(2000));
        _scratch.Write("test.csv", TinySeries.Csv(Rows, seed: 5));
        _scratch.Write("labels.csv", "start,end,kind,target\n10,20,leak,a\n");
        string description = _scratch.Write("studio.json", """
            {
              "title": "twins", "data": "test.csv", "labels": "labels.csv", "train": ["train.csv"],
              "models": [
                {"name": "one", "model": "tiny.onnx", "float": "tiny.onnx", "calibration": ["train.csv"]},
                {"model": "twin.onnx", "calibration": ["train.csv"]}
              ]
            }
            """);
        await using StudioRun studio = await StudioRun.Start("studio", description, "--port", "0");
        JsonElement session = await studio.Client.GetFromJsonAsync<JsonElement>(new Uri("/api/session", UriKind.Relative), Cancel);
        Assert.Equal("twins", session.GetProperty("title").GetString());
        Assert.Equal("""[{"start":10,"end":20,"text":"leak a"}]""", session.GetProperty("labels").GetRawText());
        JsonElement[] models = [.. session.GetProperty("models").EnumerateArray()];
        Assert.Equal(["one", "twin"], models.Select(static model => model.GetProperty("name").GetString()));
        Assert.Equal(["""["base","float"]""", """["base"]"""], models.Select(static model => model.GetProperty("tracks").GetRawText()));
        Assert.All(models, static model => Assert.True(model.GetProperty("hasScore").GetBoolean()));
        byte[] scores = await studio.Client.GetByteArrayAsync(new Uri("/api/series?model=1&what=score", UriKind.Relative), Cancel);
        Assert.Equal(Rows, scores.Length / 4);
    }

    [Fact]
    public async Task Studio_StandardInput_IsFollowedToItsEnd()
    {
        (_, string latch, _) = await Quantized();
        string rows = TinySeries.Csv(Rows, seed: 3);
        await using StudioRun studio = await StudioRun.WithInput(rows, "studio", latch, "--source", "-", "--keep", "50", "--port", "0");
        using HttpResponseMessage live = await studio.Client.GetAsync(new Uri("/api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancel);
        string events = await live.Content.ReadAsStringAsync(Cancel);
        Assert.Matches("event: ended\ndata: {\"id\":\"[0-9a-f]{16}\",\"firstStep\":70,\"steps\":120,\"dropped\":70}\n\n$", events);
        float[] readings = MemoryMarshal.Cast<byte, float>(await studio.Client.GetByteArrayAsync(new Uri("/api/series?what=input&from=119&to=120", UriKind.Relative), Cancel)).ToArray();
        Assert.Equal(rows.TrimEnd('\n').Split('\n')[^1].Split(',').Select(static field => float.Parse(field, CultureInfo.InvariantCulture)), readings);
        Assert.Equal(0, await studio.Interrupt());
    }

    [Fact]
    public async Task Studio_BrokenRow_IsSaidAndEndsTheSource()
    {
        (_, string latch, _) = await Quantized();
        await using StudioRun studio = await StudioRun.WithInput("a,b,c\n1,2,3\n1,2\n", "studio", latch, "--source", "-", "--port", "0");
        using HttpResponseMessage live = await studio.Client.GetAsync(new Uri("/api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Matches("event: ended\ndata: {\"id\":\"[0-9a-f]{16}\",\"firstStep\":0,\"steps\":1,\"dropped\":0}\n\n$", await live.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(0, await studio.Interrupt());
        Assert.Contains("standard input, line 3", studio.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Studio_OtherAddress_NeedsThePrintedToken()
    {
        (_, string latch, string data) = await Quantized();
        await using StudioRun studio = await StudioRun.Start("studio", latch, "--data", data, "--listen", "0.0.0.0", "--port", "0");
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{48}$", studio.Address);
        using HttpResponseMessage without = await studio.Client.GetAsync(new Uri("/api/session", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        using HttpResponseMessage with = await studio.Client.GetAsync(new Uri(studio.Address), Cancel);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        using HttpResponseMessage after = await studio.Client.GetAsync(new Uri("/api/session", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Studio_WrongCommandLine_IsUsage()
    {
        (string onnx, string latch, string data) = await Quantized();
        string token = _scratch.Write("token", "short\n"), description = _scratch.Write("studio.json", "{\"models\":[]}");
        (await CommandRun.Of("studio", latch)).AssertFails(2, "--data DATA", "--source SOURCE");
        (await CommandRun.Of("studio", latch, "--data", data, "--source", "host")).AssertFails(2, "Give one of");
        (await CommandRun.Of("studio", latch, "--data", data, "--float", onnx, onnx)).AssertFails(2, "--float", "2 files for 1 model");
        (await CommandRun.Of("studio", latch, "--data", data, "--listen", "example.org")).AssertFails(2, "--listen example.org");
        (await CommandRun.Of("studio", latch, "--data", data, "--port", "70000")).AssertFails(2, "--port");
        (await CommandRun.Of("studio", latch, "--data", data, "--keep", "0")).AssertFails(2, "--keep");
        (await CommandRun.Of("studio", description, latch)).AssertFails(2, "Give it alone");
        (await CommandRun.Of("studio", description, "--data", data)).AssertFails(2, "Give it alone");
        (await CommandRun.Of("studio", latch, "--data", data, "--token-file", token)).AssertFails(3, "16 letters and digits");
    }

    [Fact]
    public async Task Studio_BadInput_IsOneMessage()
    {
        (string onnx, string latch, string data) = await Quantized();
        string other = new TinyOnnx { Seed = 9 }.Write(_scratch.Path("other.onnx")), wide = _scratch.Write("wide.csv", TinySeries.Csv(20, channels: 4));
        string labels = _scratch.Write("labels.csv", "nothing\n");
        string longData = _scratch.Write("long.csv", string.Concat(Enumerable.Repeat("1,2,3\n", 200_001)));
        async Task<CommandRun> Fails(params string[] arguments)
        {
            CommandRun run = await CommandRun.Of(["studio", .. arguments, "--port", "0"]);
            return run with { Error = string.Join('\n', run.Error.Split('\n').Where(static line => line.StartsWith("latch: error", StringComparison.Ordinal))) };
        }
        (await Fails(_scratch.Path("none.latch"), "--data", data)).AssertFails(3, "none.latch");
        (await Fails(onnx, "--data", data)).AssertFails(3, "calibration data");
        (await Fails(latch, "--data", _scratch.Path("none.csv"))).AssertFails(3, "none.csv");
        (await Fails(latch, "--data", wide)).AssertFails(3, "4 channels");
        (await Fails(latch, "--data", longData)).AssertFails(3, "200001 rows", "--source");
        (await Fails(latch, "--data", data, "--float", other)).AssertFails(3, "made from another model");
        (await Fails(latch, "--data", data, "--labels", labels)).AssertFails(3, "labels.csv");
        (await Fails(latch, "--data", data, "--train", wide)).AssertFails(3, "wide.csv");
        (await Fails(latch, "--data", data, "--profile", labels)).AssertFails(3, "labels.csv");
        (await Fails(latch, "--data", data, "--force", "update=open")).AssertFails(2, "--force", "cannot be forced");
        (await Fails(latch, "--data", data, "--listen", "203.0.113.7")).AssertFails(2, "203.0.113.7");
        (await Fails(_scratch.Write("a.json", "{\"models\":[]}"))).AssertFails(3, "there is no model");
        (await Fails(_scratch.Write("b.json", "{\"modles\":[]}"))).AssertFails(3, "line 1", "looks like");
        (await Fails(_scratch.Write("c.json", "{\"models\":[{\"model\":\"a.latch\"}]}"))).AssertFails(3, "there is no data");
    }

    [Fact]
    public async Task Studio_PortTaken_IsSaid()
    {
        (_, string latch, string data) = await Quantized();
        await using StudioRun studio = await StudioRun.Start("studio", latch, "--data", data, "--port", "0");
        CommandRun second = await CommandRun.Of("studio", latch, "--data", data, "--port", $"{studio.Client.BaseAddress!.Port}");
        Assert.Equal(2, second.Code);
        Assert.Contains("cannot be listened on", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_ShadowOfSparseReadings_HoldsTheLast()
    {
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx"));
        using LatchModel model = LatchModel.Create(QuantizeTiny(onnx));
        FloatShadow gaps = new(onnx, model, "tiny.latch"), full = new(onnx, model, "tiny.latch");
        gaps.Step([0.5f, float.NaN, -1f]);
        full.Step([0.5f, 0, -1f]);
        gaps.Step([float.NaN, 0.25f, float.NaN]);
        full.Step([0.5f, 0.25f, -1f]);
        Assert.Equal(full.Output, gaps.Output);
        Assert.Equal(full.Gates(0), gaps.Gates(0));
        Assert.Equal(full.Cell(0), gaps.Cell(0));
        Assert.Equal(full.Hidden(0), gaps.Hidden(0));
    }

    private Model.ModelDefinition QuantizeTiny(string onnx) => Cli.Commands.QuantizeCommand.Quantize(
        new Cli.Commands.QuantizeCommand.Request(onnx, [_scratch.Write("calibration.csv", TinySeries.Csv(80))], "", null, 1, Latch.Quantize.ActivationWidth.Int8, false, Latch.Quantize.CalibrationMethod.MinMax, null),
        new SilentStages(), Cancel).Definition;

    private async Task<(string Onnx, string Latch, string Data)> Quantized()
    {
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx")), data = _scratch.Write("train.csv", TinySeries.Csv(Rows)), latch = _scratch.Path("tiny.latch");
        Assert.Equal(0, (await CommandRun.Of("quantize", onnx, "--calibration", data, "-o", latch, "--json")).Code);
        return (onnx, latch, data);
    }
}
