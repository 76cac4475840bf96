using System.Text.Json;
using System.Text.RegularExpressions;

namespace Latch.EndToEnd.Tests;

/// <summary>The demo on the bundled recordings, as a user runs it.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-demo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Demo_Json_FiguresOfBothModels()
    {
        LatchProcess run = await LatchProcess.Run("demo", "--out", _folder, "--json");
        JsonElement document = run.Document();
        Assert.True(document.GetProperty("testSteps").GetInt32() >= 40 * 60);
        Assert.True(document.GetProperty("trainSteps").GetInt32() >= 60 * 60);
        int faults = document.GetProperty("faults").GetInt32();
        Assert.True(faults >= 12);
        JsonElement[] models = [.. document.GetProperty("models").EnumerateArray()];
        Assert.Equal(["LSTM", "GRU"], models.Select(model => model.GetProperty("name").GetString()!));
        Assert.All(models, model => AssertFigures(model, faults));
    }

    [Fact]
    public async Task Demo_Text_TableReportAndProgress()
    {
        LatchProcess run = await LatchProcess.Run("demo", "--out", _folder);
        Assert.Equal(0, run.Code);
        string[] rows = ["size of the model", "int8 against float", "faults found", "faults missed", "false alarms", "memory half-life", "Report: "];
        Assert.All(rows, row => Assert.Contains(row, run.Out, StringComparison.Ordinal));
        Assert.Contains("quantizing to int8", run.Error, StringComparison.Ordinal);
        string[] expected = ["host-gru.latch", "host-lstm.latch", "report.html"];
        Assert.Equal(expected, Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        AssertStandsAlone(await File.ReadAllTextAsync(Path.Combine(_folder, "report.html"), TestContext.Current.CancellationToken));
    }

    private static void AssertFigures(JsonElement model, int faults)
    {
        Assert.InRange(model.GetProperty("sqnrDb").GetDouble(), 25, 90);
        Assert.True(model.GetProperty("latchBytes").GetInt64() < model.GetProperty("floatWeightBytes").GetInt64());
        JsonElement integer = model.GetProperty("int8"), floating = model.GetProperty("float");
        Assert.Equal(faults, integer.GetProperty("found").GetInt32() + integer.GetProperty("missed").GetInt32());
        Assert.InRange(integer.GetProperty("found").GetInt32(), floating.GetProperty("found").GetInt32() - 1, faults);
        Assert.InRange(integer.GetProperty("falseAlarms").GetInt32(), 0, floating.GetProperty("falseAlarms").GetInt32() + 2);
        Assert.True(model.GetProperty("halfLifeSeconds").GetProperty("median").GetDouble() > 0);
    }

    /// <summary>Well-formed enough to be read, each picture with words, and nothing that a browser would fetch.</summary>
    private static void AssertStandsAlone(string html)
    {
        Assert.Empty(Fetched().Matches(html).Where(match => !match.Groups[1].Value.StartsWith("data:", StringComparison.Ordinal)).Select(match => match.Value));
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Pictures().Count(html), Described().Count(html));
        string[] sections = ["The series", "LSTM: score and alarms", "GRU: score and alarms", "Forget gate", "Update (z", "Cell state c", "Hidden state h", "Error over time"];
        Assert.All(sections, section => Assert.Contains(section, html, StringComparison.Ordinal));
    }

    [GeneratedRegex("(?:src|href|url)\\s*[=(]\\s*[\"']?([^\"')\\s>]+)")]
    private static partial Regex Fetched();

    [GeneratedRegex("<(?:svg|img)\\b")]
    private static partial Regex Pictures();

    [GeneratedRegex("<svg[^>]*aria-label=\"[^\"]{20,}\"|<img[^>]*alt=\"[^\"]{20,}\"")]
    private static partial Regex Described();
}
