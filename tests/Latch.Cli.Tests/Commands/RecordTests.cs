using System.Text.Json;

namespace Latch.Cli.Tests.Commands;

public sealed class RecordTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Record_Duration_CompleteFileAndOneDocument()
    {
        string path = _scratch.Path("host.csv");
        CommandRun run = await CommandRun.Of("record", "--source", "host", "--rate", "20", "--duration", "2", "-o", path, "--json");
        Assert.Equal(0, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        string[] lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(lines.Length - 1, document.RootElement.GetProperty("rows").GetInt32());
        Assert.Equal(lines[0].Split(',').Length - 1, document.RootElement.GetProperty("channels").GetArrayLength());
        Assert.True(lines.Length > 1);
        Assert.Equal([path], Directory.GetFiles(_scratch.Folder));
    }

    [Fact]
    public async Task Record_NoFolder_Unwritable()
    {
        CommandRun run = await CommandRun.Of("record", "--source", "host", "-o", _scratch.Path("none/x.csv"));
        run.AssertFails(4, "none/x.csv: cannot be written", "does not exist", "create it");
    }

    [Theory]
    [InlineData("record", "--source", "moon", "-o", "x.csv")]
    [InlineData("record", "--source", "host")]
    [InlineData("record", "--source", "host", "-o", "x.csv", "--rate", "0")]
    [InlineData("record", "--source", "host", "-o", "x.csv", "--rate", "1e-9")]
    [InlineData("record", "--source", "host", "-o", "x.csv", "--duration", "1e9")]
    [InlineData("record", "--source", "host", "-o", "")]
    [InlineData("inspect", "")]
    [InlineData("fly")]
    public async Task Parse_WrongCommandLine_UsageAndHint(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        run.AssertFails(2, "--help'");
    }
}
