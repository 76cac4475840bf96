namespace Latch.Cli.Tests.Commands;

/// <summary>Each kind of bad input: one message, its exit code, and nothing left behind.</summary>
public sealed class BadInputTests() : TinyModelTests(rows: 100)
{
    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("truncated")]
    [InlineData("noise")]
    public async Task Quantize_BrokenOnnx_BadInput(string kind)
    {
        byte[] good = await File.ReadAllBytesAsync(Onnx, TestContext.Current.CancellationToken);
        byte[] noise = new byte[5000];
        new Random(3).NextBytes(noise);
        string path = Folder.Path("broken.onnx");
        if (kind != "missing")
            await File.WriteAllBytesAsync(path, kind switch { "empty" => [], "text" => "<html>not found</html>"u8.ToArray(), "truncated" => good[..(good.Length / 2)], _ => noise }, TestContext.Current.CancellationToken);
        Remember();
        (await Quantize(path, Data)).AssertFails(3, "broken.onnx");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Quantize_UnknownOperator_NamesNodeAndSupported()
    {
        string path = new TinyOnnx { LastOperator = "Whirl" }.Write(Folder.Path("whirl.onnx"));
        Remember();
        (await Quantize(path, Data)).AssertFails(3, "'shift'", "Whirl", "LSTM, LayerNormalization");
        AssertNothingLeft();
        (await CommandRun.Of("inspect", path)).AssertFails(1, "'shift'", "Whirl");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Quantize_WeightNotFinite_BadInput(float odd)
    {
        string path = new TinyOnnx { OddWeight = odd }.Write(Folder.Path("odd.onnx"));
        Remember();
        (await Quantize(path, Data)).AssertFails(3, "odd.onnx", "R");
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
        string path = Folder.Write("bad.csv", text);
        Remember();
        (await Quantize(Onnx, path)).AssertFails(3, ["bad.csv", .. parts]);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Quantize_TooFewRowsForAWindow_BadInput()
    {
        Remember();
        (await Quantize(Onnx, Data, "--steps", "200")).AssertFails(3, "train.csv: 100 rows, but a window needs 200");
        AssertNothingLeft();
    }

    [Fact]
    public async Task AnyCommand_OutputIsAnInput_IsNotWrittenOver()
    {
        Remember();
        string text = await File.ReadAllTextAsync(Data, TestContext.Current.CancellationToken);
        byte[] model = await File.ReadAllBytesAsync(Onnx, TestContext.Current.CancellationToken);
        (await CommandRun.Of("quantize", Onnx, "--calibration", Data, "-o", Onnx)).AssertFails(2, "tiny.onnx", "Name another file");
        (await CommandRun.Of("quantize", Onnx, "--calibration", Data, "-o", Data)).AssertFails(2, "train.csv", "Name another file");
        (await CommandRun.Of("run", Quantized, "--source", Data, "-o", Data)).AssertFails(2, "train.csv", "Name another file");
        (await CommandRun.Of("compare", Onnx, Quantized, "--data", Data, "--report", Quantized)).AssertFails(2, "tiny.latch", "Name another file");
        Assert.Equal(text, await File.ReadAllTextAsync(Data, TestContext.Current.CancellationToken));
        Assert.Equal(model, await File.ReadAllBytesAsync(Onnx, TestContext.Current.CancellationToken));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Run_FewerRowsThanAWindow_BadInput()
    {
        string windowed = Folder.Path("windowed.latch"), few = Folder.Write("few.csv", TinySeries.Csv(5));
        Assert.Equal(0, (await CommandRun.Of("quantize", Onnx, "--calibration", Data, "--steps", "8", "-o", windowed)).Code);
        Remember();
        (await CommandRun.Of("run", windowed, "--source", few, "-o", Folder.Path("out.csv"))).AssertFails(3, "5 rows", "takes 8");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Quantize_ColumnMissing_NamesIt()
    {
        string channels = Folder.Write("channels.json", """{"sampleRate": 1, "channels": [{"name": "a"}, {"name": "b"}, {"name": "pressure"}]}""");
        Remember();
        (await Quantize(Onnx, Data, "--channels", channels)).AssertFails(3, "train.csv", "the column 'pressure' is missing");
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
        string channels = Folder.Write("channels.json", text);
        Remember();
        (await Quantize(Onnx, Data, "--channels", channels)).AssertFails(3, "channels.json");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("none/x.latch")]
    [InlineData("train.csv/x.latch")]
    [InlineData("")]
    public async Task Quantize_UnwritableOutput_SaysSoBeforeWorking(string name)
    {
        Remember();
        CommandRun run = await CommandRun.Of("quantize", Onnx, "--calibration", Data, "-o", Folder.Path(name));
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
        byte[] bytes = await File.ReadAllBytesAsync(Quantized, TestContext.Current.CancellationToken);
        bytes[^100] ^= 1;
        string path = Folder.Path("broken.latch");
        if (kind != "missing")
            await File.WriteAllBytesAsync(path, kind switch { "empty" => [], "text" => "hello, model"u8.ToArray(), "truncated" => bytes[..^500], _ => bytes }, TestContext.Current.CancellationToken);
        Remember();
        (await CommandRun.Of("inspect", path)).AssertFails(3, "broken.latch");
        (await CommandRun.Of("run", path, "--source", Data, "-o", Folder.Path("out.csv"))).AssertFails(3, "broken.latch");
        (await CommandRun.Of("watch", path, "--source", Data, "--train", Data)).AssertFails(3, "broken.latch");
        (await CommandRun.Of("compare", Onnx, path, "--data", Data, "--report", Folder.Path("r.html"))).AssertFails(3, "broken.latch");
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
        (await CommandRun.Of("run", Quantized, "--source", Data, "--force", force, "-o", Folder.Path("out.csv"))).AssertFails(2, "--force");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Run_OtherNumberOfChannels_BadInput()
    {
        string path = Folder.Write("wide.csv", TinySeries.Csv(10, channels: 5));
        Remember();
        (await CommandRun.Of("run", Quantized, "--source", path, "-o", Folder.Path("out.csv"))).AssertFails(3, "wide.csv: 5 channels, but the model takes 3");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Run_RowBreaksInTheMiddle_NoHalfFile()
    {
        string text = TinySeries.Csv(50) + "1,2\n";
        Remember();
        CommandRun run = await CommandRun.WithInput(text, "run", Quantized, "--source", "-", "-o", Folder.Path("out.csv"), "--telemetry", Folder.Path("gates.csv"));
        run.AssertFails(3, "standard input, line 52", "2 fields");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Compare_AnotherModel_SaysWhichItWasMadeFrom()
    {
        string other = new TinyOnnx { Seed = 2 }.Write(Folder.Path("other.onnx"));
        (await CommandRun.Of("compare", other, Quantized, "--data", Data)).AssertFails(3, "made from another model (tiny.onnx)");
    }

    [Fact]
    public async Task Compare_UnwritableReport_SaysSoBeforeWorking() =>
        (await CommandRun.Of("compare", Onnx, Quantized, "--data", Data, "--report", Folder.Path("none/r.html"))).AssertFails(4, "cannot be written");

    [Fact]
    public async Task Watch_BadProfile_BadInput()
    {
        string profile = Folder.Write("profile.json", "{}");
        (await CommandRun.Of("watch", Quantized, "--source", Data, "--profile", profile)).AssertFails(3, "profile.json");
    }

    [Fact]
    public async Task Watch_ProfileOfOtherChannels_NamesBoth()
    {
        string data = Folder.Write("long.csv", TinySeries.Csv(400)), profile = Folder.Path("profile.json"), named = Folder.Path("named.latch");
        string channels = Folder.Write("channels.json", """{"channels": [{"name": "b"}, {"name": "a"}, {"name": "c"}]}""");
        Assert.Equal(0, (await CommandRun.Of("watch", Quantized, "--source", data, "--train", data, "--save-profile", profile)).Code);
        Assert.Equal(0, (await CommandRun.Of("quantize", Onnx, "--calibration", data, "--channels", channels, "-o", named)).Code);
        (await CommandRun.Of("watch", named, "--source", data, "--profile", profile)).AssertFails(3, "profile.json", "'column1'", "'b'");
    }

    [Fact]
    public async Task Watch_TooFewTrainingRows_BadInput()
    {
        string few = Folder.Write("few.csv", TinySeries.Csv(5));
        (await CommandRun.Of("watch", Quantized, "--source", Data, "--train", few)).AssertFails(3, "few.csv");
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("1e6")]
    public async Task Watch_WindowOfTooFewOrTooManySteps_NamesTheSteps(string window) =>
        (await CommandRun.Of("watch", Quantized, "--source", Data, "--train", Data, "--rate", "1", "--window", window)).AssertFails(3, "--window", "steps. Give a window of 2 to 30000 steps");

    [Fact]
    public async Task Demo_FolderWithoutSamples_NamesTheFile() =>
        (await CommandRun.Of("demo", "--samples", Folder.Folder)).AssertFails(3, "train.csv.gz", "missing");

    private async Task<CommandRun> Quantize(string model, string data, params string[] more) =>
        await CommandRun.Of(["quantize", model, "--calibration", data, "-o", Folder.Path("out.latch"), .. more]);
}
