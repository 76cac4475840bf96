using System.Globalization;
using System.Text.RegularExpressions;

namespace Latch.EndToEnd.Tests;

/// <summary>The sample of the gates: what its README claims of the three integer models, and the files beside it.</summary>
public sealed partial class FindUnitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-gates-test-").FullName;

    private static string Sample(string name) => Path.Combine(SharedData.Repository, "samples", "gates", name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FindUnit_HeldBackText_LstmHoldsOver100CharactersAndRnnDoesNot()
    {
        string output = await FindUnit();
        Match[] units = [.. Unit().Matches(output).Cast<Match>()];
        Assert.Equal(["LSTM", "GRU", "RNN"], units.Select(unit => unit.Groups["name"].Value));
        Assert.True(Number(units[0], "area") >= 0.99, output);
        Assert.True(Number(units[0], "held") >= 0.9 * Number(units[0], "of") && Number(units[0], "longest") > 200, output);
        Assert.True(Number(units[0], "apart") >= 0.9 * Number(units[0], "others"), output);
        Assert.True(Number(units[2], "apart") < 0.5 * Number(units[2], "others"), output);

        double[] far = [.. Far().Match(output).Groups["figure"].Captures.Select(figure => double.Parse(figure.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(7, far.Length);
        Assert.True(far[0] >= 100, output);
        Assert.True(far[1] >= 98 && far[2] >= 98 && far[3] < 40, output);
        Assert.True(far[4] >= 98 && far[6] < 60, output);
    }

    [Fact]
    public async Task FindUnit_Output_StandsInTheReadme()
    {
        string readme = await File.ReadAllTextAsync(Sample("README.md"), TestContext.Current.CancellationToken);
        Assert.Contains((await FindUnit()).TrimEnd(), readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnn")]
    public async Task Quantize_ShippedModel_SameBytes(string cell)
    {
        string latch = Path.Combine(_folder, "again.latch");
        LatchProcess run = await LatchProcess.Run(
            "quantize", Sample($"gates-{cell}.onnx"), "--calibration", Sample("calibration.txt"), "--channels", Sample("gates-channels.json"), "-o", latch);
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(
            await File.ReadAllBytesAsync(Sample($"gates-{cell}.latch"), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(latch, TestContext.Current.CancellationToken));
    }

    private static async Task<string> FindUnit()
    {
        LatchProcess run = await LatchProcess.RunProgram("FindUnit.dll", Sample(""));
        Assert.True(run.Code == 0, run.Error);
        return run.Out;
    }

    private static double Number(Match match, string group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^  (?<name>[A-Z]+) +unit .*area under ROC (?<area>[\d.]+).*\n.*holds (?<held>\d+) of (?<of>\d+)(?:.*longest (?<longest>\d+))?.* in (?<apart>\d+) of (?<others>\d+)", RegexOptions.Multiline)]
    private static partial Regex Unit();

    [GeneratedRegex(@"^ +>100(?: +(?<figure>[\d.]+)(?: %)?)+$", RegexOptions.Multiline)]
    private static partial Regex Far();
}
