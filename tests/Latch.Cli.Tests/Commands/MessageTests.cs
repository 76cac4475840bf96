namespace Latch.Cli.Tests.Commands;

/// <summary>Messages about what is no file of the kind that belongs there, and about what was misspelt.</summary>
public sealed class MessageTests : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private string _data = "";
    private string _latch = "";

    public async ValueTask InitializeAsync()
    {
        _data = _scratch.Write("train.csv", "time," + TinySeries.Csv(100));
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx"));
        _latch = _scratch.Path("tiny.latch");
        Assert.Equal(0, (await CommandRun.Of("quantize", onnx, "--calibration", _scratch.Write("rows.csv", TinySeries.Csv(100)), "-o", _latch)).Code);
    }

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("'quantise' is not known here: did you mean 'quantize'? Run 'latch --help'.", "quantise", "x")]
    [InlineData("did you mean '--source'? Run 'latch run --help'.", "run", "m.latch", "--sorce", "x.csv")]
    [InlineData("'--targte' is not known here: did you mean '--target'?", "inspect", "--targte", "pi-4", "m.latch")]
    [InlineData("did you mean '--calibration'?", "quantize", "m.onnx", "--calibartion", "x.csv", "-o", "y.latch")]
    [InlineData("Unrecognized command or argument 'whirl'. Run 'latch --help'.", "whirl")]
    [InlineData("Unrecognized command or argument 'x'.", "targets", "x")]
    public async Task Parse_Misspelt_NamesTheNearest(string message, params string[] arguments) => (await CommandRun.Of(arguments)).AssertFails(2, message);

    [Fact]
    public async Task AnyCommand_DataInPlaceOfJson_IsNotPrintedWhole()
    {
        CommandRun channels = await CommandRun.Of("quantize", _scratch.Path("tiny.onnx"), "--calibration", _data, "--channels", _data, "-o", _scratch.Path("x.latch"));
        CommandRun profile = await CommandRun.Of("watch", _latch, "--source", _data, "--profile", _data);
        foreach (CommandRun run in new[] { channels, profile })
        {
            run.AssertFails(3, "train.csv", "'time,", "…' is an invalid JSON literal");
            Assert.True(run.Error.Length < 500, run.Error);
        }
    }

    [Fact]
    public async Task Inspect_Text_IsNoModel()
    {
        (await CommandRun.Of("inspect", _scratch.Write("text.latch", "hello, this is text"))).AssertFails(3, "text.latch: It is no .latch file. Give a .latch file");
        CommandRun onnx = await CommandRun.Of("inspect", _scratch.Write("text.onnx", "hello, this is text"));
        onnx.AssertFails(3, "this is not an ONNX model", "looks like text); give an .onnx file as its exporter wrote it");
    }

    [Fact]
    public async Task AnyCommand_FileMissing_SaysSoInOurWords()
    {
        (await CommandRun.Of("watch", _latch, "--source", _data, "--profile", _scratch.Path("none.json"))).AssertFails(3, "none.json: there is no such file. Check the path.");
        string[] build = ["build", "--target", "pi-5", "-o", _scratch.Path("out")];
        (await CommandRun.Of([.. build, "--model", _latch, "--sign", _scratch.Path("none.pem")])).AssertFails(3, "none.pem", "there is no such file. Check the path.");
        (await CommandRun.Of([.. build, "--model", _scratch.Path("none.latch")])).AssertFails(3, "none.latch", "there is no such file.");
    }

    [Fact]
    public async Task Build_SignWithWhatIsNoKey_SaysThatFirst()
    {
        CommandRun run = await CommandRun.Of("build", "--target", "pi-5", "--model", _latch, "--sign", _latch, "-o", _scratch.Path("out"));
        run.AssertFails(3, "tiny.latch: It holds no private key.");
    }
}
