namespace Latch.Cli.Tests.Commands;

/// <summary>Each kind of bad input: one message, its exit code, and nothing left behind.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private string _onnx = "";
    private string _data = "";
    private string _latch = "";
    private string[] _before = [];

    public async ValueTask InitializeAsync()
    {
        _onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx"));
        _data = _scratch.Write("train.csv", TinySeries.Csv(100));
        _latch = _scratch.Path("tiny.latch");
        CommandRun run = await CommandRun.Of("quantize", _onnx, "--calibration", _data, "-o", _latch);
        Assert.True(run.Code == 0, run.Error);
    }

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("truncated")]
    [InlineData("noise")]
    public async Task Quantize_BrokenOnnx_BadInput(string kind)
    {
        byte[] good = await File.ReadAllBytesAsync(_onnx, TestContext.Current.CancellationToken);
        byte[] noise = new byte[5000];
        new Random(3).NextBytes(noise);
        string path = _scratch.Path("broken.onnx");
        if (kind != "missing")
            await File.WriteAllBytesAsync(path, kind switch { "empty" => [], "text" => "<html>not found</html>"u8.ToArray(), "truncated" => good[..(good.Length / 2)], _ => noise }, TestContext.Current.CancellationToken);
        Remember();
        (await Quantize(path, _data)).AssertFails(3, "broken.onnx");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Quantize_UnknownOperator_NamesNodeAndSupported()
    {
        string path = new TinyOnnx { LastOperator = "Whirl" }.Write(_scratch.Path("whirl.onnx"));
        Remember();
        (await Quantize(path, _data)).AssertFails(3, "'shift'", "Whirl", "LSTM, LayerNormalization");
        AssertNothingLeft();
        (await CommandRun.Of("inspect", path)).AssertFails(1, "'shift'", "Whirl");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Quantize_WeightNotFinite_BadInput(float odd)
    {
        string path = new TinyOnnx { OddWeight = odd }.Write(_scratch.Path("odd.onnx"));
        Remember();
        (await Quantize(path, _data)).AssertFails(3, "odd.onnx", "R");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("a,b,c\n1,2,3\n1,x,3\n", "line 3", "column 'b'")]
    [InlineData("a,b,c\n1,2,3\n1,,3\n", "line 3", "column 'b'", "missing")]
    [InlineData("a,b\n1,2\n1,2\n", "2 channels, but the model takes 3")]
    [InlineData("a,b,c,d\n1,2,3,4\n", "4 channels, but the model takes 3")]
    [InlineData("a,b,c\n1,2\n", "line 2", "2 fields where the first line has 3")]
    [InlineData("a,b,c\n", "no row")]
    [InlineData("", "empty")]
    public async Task Quantize_BadCalibration_NamesTheLine(string text, params string[] parts)
    {
        string path = _scratch.Write("bad.csv", text);
        Remember();
        (await Quantize(_onnx, path)).AssertFails(3, ["bad.csv", .. parts]);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Quantize_TooFewRowsForAWindow_BadInput()
    {
        Remember();
        (await Quantize(_onnx, _data, "--steps", "200")).AssertFails(3, "train.csv: 100 rows, but a window needs 200");
        AssertNothingLeft();
    }

    [Fact]
    public async Task AnyCommand_OutputIsAnInput_IsNotWrittenOver()
    {
        Remember();
        string text = await File.ReadAllTextAsync(_data, TestContext.Current.CancellationToken);
        byte[] model = await File.ReadAllBytesAsync(_onnx, TestContext.Current.CancellationToken);
        (await CommandRun.Of("quantize", _onnx, "--calibration", _data, "-o", _onnx)).AssertFails(2, "tiny.onnx", "Name another file");
        (await CommandRun.Of("quantize", _onnx, "--calibration", _data, "-o", _data)).AssertFails(2, "train.csv", "Name another file");
        (await CommandRun.Of("run", _latch, "--source", _data, "-o", _data)).AssertFails(2, "train.csv", "Name another file");
        (await CommandRun.Of("compare", _onnx, _latch, "--data", _data, "--report", _latch)).AssertFails(2, "tiny.latch", "Name another file");
        Assert.Equal(text, await File.ReadAllTextAsync(_data, TestContext.Current.CancellationToken));
        Assert.Equal(model, await File.ReadAllBytesAsync(_onnx, TestContext.Current.CancellationToken));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Run_FewerRowsThanAWindow_BadInput()
    {
        string windowed = _scratch.Path("windowed.latch"), few = _scratch.Write("few.csv", TinySeries.Csv(5));
        Assert.Equal(0, (await CommandRun.Of("quantize", _onnx, "--calibration", _data, "--steps", "8", "-o", windowed)).Code);
        Remember();
        (await CommandRun.Of("run", windowed, "--source", few, "-o", _scratch.Path("out.csv"))).AssertFails(3, "5 rows", "takes 8");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Quantize_ColumnMissing_NamesIt()
    {
        string channels = _scratch.Write("channels.json", """{"sampleRate": 1, "channels": [{"name": "a"}, {"name": "b"}, {"name": "pressure"}]}""");
        Remember();
        (await Quantize(_onnx, _data, "--channels", channels)).AssertFails(3, "train.csv", "the column 'pressure' is missing");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"channels": [null]}""")]
    [InlineData("""{"channels": [{"name": "a", "unit": null}, {"name": "b"}, {"name": "c"}]}""")]
    [InlineData("""{"sampleRate": 1, "channels": [{"name": "a"}]}""")]
    public async Task Quantize_BadChannels_NamesTheFile(string text)
    {
        string channels = _scratch.Write("channels.json", text);
        Remember();
        (await Quantize(_onnx, _data, "--channels", channels)).AssertFails(3, "channels.json");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("none/x.latch")]
    [InlineData("train.csv/x.latch")]
    [InlineData("")]
    public async Task Quantize_UnwritableOutput_SaysSoBeforeWorking(string name)
    {
        Remember();
        CommandRun run = await CommandRun.Of("quantize", _onnx, "--calibration", _data, "-o", _scratch.Path(name));
        run.AssertFails(4, "cannot be written");
        Assert.DoesNotContain("Reading", run.Error, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("quantize", "--calibration", "x.csv", "-o", "y.latch")]
    [InlineData("quantize", "m.onnx", "-o", "y.latch")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--steps", "0")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--steps", "many")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--method", "guess")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "int4")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--budget", "0.5%")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "auto", "--budget", "0")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "auto", "--budget", "much")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "auto", "--budget", "101%")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "auto", "--min-sqnr", "-3")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "auto", "--min-sqnr", "loud")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "auto", "--min-sqnr", "40", "--budget", "1%")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "int16", "--min-sqnr", "40")]
    [InlineData("quantize", "m.onnx", "--calibration", "x.csv", "-o", "y.latch", "--activations", "auto", "--all-int8")]
    [InlineData("watch", "m.latch", "--source", "host")]
    [InlineData("watch", "m.latch", "--source", "host", "--train", "a.csv", "--window", "0")]
    [InlineData("watch", "m.latch", "--source", "host", "--profile", "p.json", "--window", "2")]
    [InlineData("run", "m.latch", "--source", "host", "--rate", "-1")]
    public async Task Parse_WrongOptions_Usage(params string[] arguments) => (await CommandRun.Of(arguments)).AssertFails(2, "--help'");

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("truncated")]
    [InlineData("flipped")]
    public async Task AnyCommand_BrokenLatch_BadInput(string kind)
    {
        byte[] bytes = await File.ReadAllBytesAsync(_latch, TestContext.Current.CancellationToken);
        bytes[^100] ^= 1;
        string path = _scratch.Path("broken.latch");
        if (kind != "missing")
            await File.WriteAllBytesAsync(path, kind switch { "empty" => [], "text" => "hello, model"u8.ToArray(), "truncated" => bytes[..^500], _ => bytes }, TestContext.Current.CancellationToken);
        Remember();
        (await CommandRun.Of("inspect", path)).AssertFails(3, "broken.latch");
        (await CommandRun.Of("run", path, "--source", _data, "-o", _scratch.Path("out.csv"))).AssertFails(3, "broken.latch");
        (await CommandRun.Of("watch", path, "--source", _data, "--train", _data)).AssertFails(3, "broken.latch");
        (await CommandRun.Of("compare", _onnx, path, "--data", _data, "--report", _scratch.Path("r.html"))).AssertFails(3, "broken.latch");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("forget")]
    [InlineData("forget=shut")]
    [InlineData("forget=1.5")]
    [InlineData("recurrence=open")]
    [InlineData("door=closed")]
    [InlineData("forget=closed,layer=7")]
    [InlineData("forget=closed,units=99")]
    [InlineData("update=open")]
    [InlineData("forget=closed,x")]
    public async Task Run_BadForce_UsageThatShowsTheForm(string force)
    {
        Remember();
        (await CommandRun.Of("run", _latch, "--source", _data, "--force", force, "-o", _scratch.Path("out.csv"))).AssertFails(2, "--force");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Run_OtherNumberOfChannels_BadInput()
    {
        string path = _scratch.Write("wide.csv", TinySeries.Csv(10, channels: 5));
        Remember();
        (await CommandRun.Of("run", _latch, "--source", path, "-o", _scratch.Path("out.csv"))).AssertFails(3, "wide.csv: 5 channels, but the model takes 3");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Run_RowBreaksInTheMiddle_NoHalfFile()
    {
        string text = TinySeries.Csv(50) + "1,2\n";
        Remember();
        CommandRun run = await CommandRun.WithInput(text, "run", _latch, "--source", "-", "-o", _scratch.Path("out.csv"), "--telemetry", _scratch.Path("gates.csv"));
        run.AssertFails(3, "standard input, line 52", "2 fields");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Compare_AnotherModel_SaysWhichItWasMadeFrom()
    {
        string other = new TinyOnnx { Seed = 2 }.Write(_scratch.Path("other.onnx"));
        (await CommandRun.Of("compare", other, _latch, "--data", _data)).AssertFails(3, "made from another model (tiny.onnx)");
    }

    [Fact]
    public async Task Compare_UnwritableReport_SaysSoBeforeWorking() =>
        (await CommandRun.Of("compare", _onnx, _latch, "--data", _data, "--report", _scratch.Path("none/r.html"))).AssertFails(4, "cannot be written");

    [Fact]
    public async Task Watch_BadProfile_BadInput()
    {
        string profile = _scratch.Write("profile.json", "{}");
        (await CommandRun.Of("watch", _latch, "--source", _data, "--profile", profile)).AssertFails(3, "profile.json");
    }

    [Fact]
    public async Task Watch_ProfileOfOtherChannels_NamesBoth()
    {
        string data = _scratch.Write("long.csv", TinySeries.Csv(400)), profile = _scratch.Path("profile.json"), named = _scratch.Path("named.latch");
        string channels = _scratch.Write("channels.json", """{"channels": [{"name": "b"}, {"name": "a"}, {"name": "c"}]}""");
        Assert.Equal(0, (await CommandRun.Of("watch", _latch, "--source", data, "--train", data, "--save-profile", profile)).Code);
        Assert.Equal(0, (await CommandRun.Of("quantize", _onnx, "--calibration", data, "--channels", channels, "-o", named)).Code);
        (await CommandRun.Of("watch", named, "--source", data, "--profile", profile)).AssertFails(3, "profile.json", "'column1'", "'b'");
    }

    [Fact]
    public async Task Watch_TooFewTrainingRows_BadInput()
    {
        string few = _scratch.Write("few.csv", TinySeries.Csv(5));
        (await CommandRun.Of("watch", _latch, "--source", _data, "--train", few)).AssertFails(3, "few.csv");
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("1e6")]
    public async Task Watch_WindowOfTooFewOrTooManySteps_NamesTheSteps(string window) =>
        (await CommandRun.Of("watch", _latch, "--source", _data, "--train", _data, "--rate", "1", "--window", window)).AssertFails(3, "--window", "steps. Give a window of 2 to 30000 steps");

    [Fact]
    public async Task Demo_FolderWithoutSamples_NamesTheFile() =>
        (await CommandRun.Of("demo", "--samples", _scratch.Folder)).AssertFails(3, "train.csv.gz", "missing");

    private async Task<CommandRun> Quantize(string model, string data, params string[] more) =>
        await CommandRun.Of(["quantize", model, "--calibration", data, "-o", _scratch.Path("out.latch"), .. more]);

    private void Remember() => _before = Directory.GetFileSystemEntries(_scratch.Folder);

    private void AssertNothingLeft() => Assert.Equal(_before.Order(), Directory.GetFileSystemEntries(_scratch.Folder).Order());
}
