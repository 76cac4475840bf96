using System.Diagnostics;
using System.Text;
using Latch.Cli.Output;

namespace Latch.Cli.Tests.Commands;

/// <summary>What a command may do to files that are there already, and what it says when an output cannot be written.</summary>
public sealed class OutputTests() : TinyModelTests(rows: 400)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OutputIsAPipe_IsWrittenInto()
    {
        string pipe = Pipe();
        Task<string> reader = Task.Run(() => File.ReadAllText(pipe), Token);
        Assert.Equal(0, (await CommandRun.Of("run", Quantized, "--source", Data, "-o", pipe)).Code);
        Assert.Equal((await CommandRun.Of("run", Quantized, "--source", Data)).Out, await reader);
        AssertStillAPipe(pipe);
    }

    [Fact]
    public async Task Run_TelemetryIsAPipe_IsWrittenInto()
    {
        string pipe = Pipe("gates.csv");
        Task<string> reader = Task.Run(() => File.ReadAllText(pipe), Token);
        Assert.Equal(0, (await CommandRun.Of("run", Quantized, "--source", Data, "-o", Folder.Path("out.csv"), "--telemetry", pipe)).Code);
        Assert.StartsWith("step,layer,quantity", await reader, StringComparison.Ordinal);
        AssertStillAPipe(pipe);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Quantize_OutputIsALink_WritesItsTarget(bool exists)
    {
        Directory.CreateDirectory(Folder.Path("models"));
        string target = Folder.Path("models/target.latch"), link = Folder.Path("link.latch");
        if (exists)
            await File.WriteAllTextAsync(target, "old", Token);
        File.CreateSymbolicLink(link, "models/target.latch");
        Assert.Equal(0, (await CommandRun.Of("quantize", Onnx, "--calibration", Data, "-o", link)).Code);
        Assert.Equal("models/target.latch", new FileInfo(link).LinkTarget);
        Assert.Equal(await File.ReadAllBytesAsync(Quantized, Token), await File.ReadAllBytesAsync(target, Token));
        Assert.Single(Directory.GetFileSystemEntries(Folder.Path("models")));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Run_OutputThatIsThere_KeepsItsMode()
    {
        string output = Folder.Write("secret.csv", "old");
        File.SetUnixFileMode(output, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(0, (await CommandRun.Of("run", Quantized, "--source", Data, "-o", output)).Code);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(output));
        Assert.NotEqual("old", await File.ReadAllTextAsync(output, Token));
    }

    [Fact]
    public async Task Run_OutputIsALinkToTheModel_IsRefused()
    {
        string link = Folder.Path("out.csv");
        File.CreateSymbolicLink(link, Quantized);
        (await CommandRun.Of("run", Quantized, "--source", Data, "-o", link)).AssertFails(2, "out.csv", "Name another file");
    }

    [Fact]
    public async Task AnyCommand_TemporaryFilesOfTheUser_StayAsTheyAre()
    {
        string[] mine = [.. new[] { "q.latch", "o.csv", "g.csv", "p.json", "r.html" }.Select(name => Folder.Write($"{name}.tmp", "mine"))];
        string model = Folder.Path("m.csv.tmp");
        File.Copy(Quantized, model);
        Assert.Equal(0, (await CommandRun.Of("quantize", Onnx, "--calibration", Data, "-o", Folder.Path("q.latch"))).Code);
        Assert.Equal(3, (await CommandRun.Of("quantize", Folder.Path("none.onnx"), "--calibration", Data, "-o", Folder.Path("q.latch"))).Code);
        Assert.Equal(0, (await CommandRun.Of("run", Quantized, "--source", Data, "-o", Folder.Path("o.csv"), "--telemetry", Folder.Path("g.csv"))).Code);
        Assert.Equal(0, (await CommandRun.Of("run", model, "--source", Data, "-o", Folder.Path("m.csv"))).Code);
        Assert.Equal(0, (await CommandRun.Of("watch", Quantized, "--source", Data, "--train", Data, "--save-profile", Folder.Path("p.json"))).Code);
        Assert.Equal(0, (await CommandRun.Of("compare", Onnx, Quantized, "--data", Data, "--report", Folder.Path("r.html"))).Code);
        foreach (string file in mine)
            Assert.Equal("mine", await File.ReadAllTextAsync(file, Token));
        Assert.Equal(await File.ReadAllBytesAsync(Quantized, Token), await File.ReadAllBytesAsync(model, Token));
        Assert.Equal(mine.Append(model).Order(), Directory.GetFiles(Folder.Folder, "*.tmp").Order());
    }

    [Fact]
    public async Task Run_RecordIntoAFolderWithAFile_KeepsIt()
    {
        Directory.CreateDirectory(Folder.Path("steps"));
        string mine = Folder.Write("steps/latch.tmp", "mine");
        (await CommandRun.Of("run", Quantized, "--source", Data, "--record", Folder.Path("steps"))).AssertFails(2, "'latch.tmp'");
        Assert.Equal("mine", await File.ReadAllTextAsync(mine, Token));
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("--help")]
    [InlineData("run")]
    public async Task AnyCommand_StandardOutputFull_Unwritable(string command)
    {
        string[] arguments = command switch { "run" => ["run", Quantized, "--source", Data], "inspect" => ["inspect", Quantized], _ => [command] };
        using StringWriter error = new();
        int code = await LatchApp.RunAsync(arguments, Terminal.Of(TextReader.Null, new StandardOutput(new FullWriter()), error), Token);
        Assert.Equal("latch: error: Standard output cannot be written: No space left on device. Make room, or send it elsewhere.\n", error.ToString());
        Assert.Equal(4, code);
    }

    [Fact]
    public async Task AnyCommand_StandardErrorFull_KeepsTheExitCode() =>
        Assert.Equal(3, await LatchApp.RunAsync(["inspect", Folder.Path("none.latch")], Terminal.Of(TextReader.Null, TextWriter.Null, new FullWriter()), Token));

    [Fact]
    public async Task Keygen_UnwritableOrThere_Unwritable()
    {
        Remember();
        (await CommandRun.Of("keygen", "-o", Folder.Path("none/k.pem"))).AssertFails(4, "k.pem", "cannot be written", "Choose another path");
        (await CommandRun.Of("keygen", "-o", Data)).AssertFails(4, "train.csv", "never written over");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("train.csv")]
    [InlineData("train.csv/packages")]
    public async Task Build_UnwritableFolder_Unwritable(string folder)
    {
        Remember();
        (await CommandRun.Of("build", "--target", "pi-5", "--model", Quantized, "-o", Folder.Path(folder))).AssertFails(4, folder, "cannot be written", "Choose another path");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("Name a file.", "quantize", "MODEL", "--calibration", "DATA", "-o", "-")]
    [InlineData("Leave -o out", "run", "LATCH", "--source", "DATA", "-o", "-")]
    [InlineData("Name a file.", "run", "LATCH", "--source", "DATA", "--telemetry", "-")]
    [InlineData("Name a folder.", "run", "LATCH", "--source", "DATA", "--record", "-")]
    [InlineData("Name a file.", "replay", "DATA", "LATCH", "--telemetry", "-")]
    [InlineData("Name a file.", "compare", "MODEL", "LATCH", "--data", "DATA", "--report", "-")]
    [InlineData("Name a file.", "watch", "LATCH", "--source", "DATA", "--train", "DATA", "--save-profile", "-")]
    [InlineData("Name a file.", "record", "--source", "host", "-o", "-")]
    [InlineData("Name a file.", "keygen", "-o", "-")]
    [InlineData("Name a folder.", "build", "--target", "pi-5", "--model", "LATCH", "-o", "-")]
    [InlineData("Name a folder.", "deploy", "pi@board", "-o", "-")]
    [InlineData("Name a folder.", "demo", "-o", "-")]
    [InlineData("Name a folder.", "pull", "pi@board", "-o", "-")]
    public async Task AnyCommand_OutputIsADash_SaysWhatToDo(string advice, params string[] arguments)
    {
        string[] named = [.. arguments.Select(argument => argument switch { "MODEL" => Onnx, "LATCH" => Quantized, "DATA" => Data, _ => argument })];
        (await CommandRun.Of(named)).AssertFails(2, " -: writing this to standard output is not supported.", advice);
        Assert.False(Path.Exists("-"));
    }

    private string Pipe(string name = "pipe.csv")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no named pipes in folders");
        using Process make = Process.Start("mkfifo", Folder.Path(name));
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
        return Folder.Path(name);
    }

    private static void AssertStillAPipe(string path)
    {
        using Process test = Process.Start("test", ["-p", path]);
        test.WaitForExit();
        Assert.Equal(0, test.ExitCode);
    }

    /// <summary>A writer on a disk without room.</summary>
    private sealed class FullWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
