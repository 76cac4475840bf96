using Latch.Cli.Data;

namespace Latch.Cli.Tests.Data;

/// <summary>Text as a series of characters, read by itself and through the commands.</summary>
public sealed class TextSeriesTests : IDisposable
{
    private const string Channels = """{"channels": [{"name": "a"}, {"name": "space"}, {"name": "newline"}]}""";
    private static readonly string[] s_names = ["a", "space", "newline"];
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Read_Text_OneRowPerCharacter()
    {
        Series series = Read("a \na", s_names);
        Assert.Equal([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], series.Rows);
        Assert.Null(series.Names);
    }

    [Fact]
    public void Read_CarriageReturns_OneNewLine() => Assert.Equal([[1, 0, 0], [0, 0, 1], [1, 0, 0]], Read("a\r\na", s_names).Rows);

    [Fact]
    public void Read_CasesAndWideCharacters_AreDifferentChannels() =>
        Assert.Equal([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], Read("Aa\t\U0001F600", ["a", "A", "tab", "\U0001F600"]).Rows);

    [Theory]
    [InlineData("a a\naab", "line 2, column 3", "'b'", "it knows a space newline", "Remove or replace")]
    [InlineData("a\ta", "line 1, column 2", "character tab")]
    [InlineData("\U0001F600", "line 1, column 1", "'\U0001F600'")]
    [InlineData("aa\0", "line 1, column 3", "U+0000")]
    [InlineData("1,0,0\n", "line 1, column 1", "'1'", ".csv")]
    [InlineData("", "empty")]
    public void Read_UnknownCharacter_NamesLineAndColumn(string text, params string[] parts)
    {
        CommandException error = Assert.Throws<CommandException>(() => Read(text, s_names));
        Assert.Equal(ExitCode.BadInput, error.Code);
        Assert.All(["text.txt", .. parts], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a line of words\nand two more\n")]
    [InlineData("words\n")]
    [InlineData("a few words\nthen some more\n")]
    public void Read_TextForOtherChannels_SaysWhatTextNeeds(string text)
    {
        Assert.All([["cpu0.busy", "mem.used"], []], (string[] channels) =>
        {
            CommandException error = Assert.Throws<CommandException>(() => Read(text, channels));
            Assert.All(["text.txt", "rows of numbers", "space, newline, tab"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Read_NumbersForOtherChannels_AreRows() => Assert.Equal([[1, 2], [3, 4]], Read("1 2\n3 4\n", ["t", "pressure"]).Rows);

    [Theory]
    [InlineData(true, "a", "space", "newline", "tab", "(", "\"", "é", "\U0001F600")]
    [InlineData(false, "a", "bc")]
    [InlineData(false, "a", "")]
    [InlineData(false)]
    public void AreCharacters_Names_OnlySingleOnes(bool expected, params string[] names) => Assert.Equal(expected, TextSeries.AreCharacters(names));

    [Fact]
    public async Task Commands_Text_SameAsItsRowsOfNumbers()
    {
        const string Text = "a a  aa\n\na aa a \n";
        string text = _scratch.Write("text.txt", string.Concat(Enumerable.Repeat(Text, 20)));
        string rows = _scratch.Write("rows.csv", string.Concat(Enumerable.Repeat(Text, 20).SelectMany(part => part).Select(character => character switch { 'a' => "1,0,0\n", ' ' => "0,1,0\n", _ => "0,0,1\n" })));
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx")), channels = _scratch.Write("channels.json", Channels);
        string[] results = [await Results(text, "text.latch"), await Results(rows, "rows.latch")];
        Assert.Equal(20 * Text.Length + 1, results[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(results[1], results[0]);
        Assert.Equal(await File.ReadAllBytesAsync(_scratch.Path("rows.latch"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(_scratch.Path("text.latch"), TestContext.Current.CancellationToken));
        Assert.Equal(await Output("compare", onnx, _scratch.Path("text.latch"), "--data", rows), await Output("compare", onnx, _scratch.Path("text.latch"), "--data", text));

        async Task<string> Results(string data, string latch)
        {
            await Output("quantize", onnx, "--calibration", data, "--channels", channels, "-o", _scratch.Path(latch));
            return await Output("run", _scratch.Path(latch), "--source", data);
        }
    }

    [Fact]
    public async Task Run_TextForSensors_BadInput()
    {
        string onnx = new TinyOnnx().Write(_scratch.Path("tiny.onnx")), latch = _scratch.Path("tiny.latch");
        await Output("quantize", onnx, "--calibration", _scratch.Write("train.csv", TinySeries.Csv(100)), "-o", latch);
        (await CommandRun.Of("run", latch, "--source", _scratch.Write("text.txt", "a line of words\nand another\n"))).AssertFails(3, "text.txt, line 2", "rows of numbers");
    }

    private static async Task<string> Output(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.True(run.Code == 0, run.Error);
        return run.Out;
    }

    private Series Read(string text, string[] channels) => Series.Read(_scratch.Write("text.txt", text), channels, MissingReadings.Refuse, CancellationToken.None);
}
