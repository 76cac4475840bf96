namespace Latch.Cli.Tests.Help;

/// <summary>The help texts, word for word. LATCH_APPROVE=1 rewrites them.</summary>
public sealed class HelpTests
{
    [Fact]
    public async Task Help_ExitCodes_AreThoseOfTheReadme()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "README.md"), TestContext.Current.CancellationToken);
        string[] rows = [.. readme.Split("| exit code | means |\n|---|---|\n")[1].Split("\n\n")[0].Split('\n').Select(row => row.Replace("`", "", StringComparison.Ordinal).Trim('|').Replace(" | ", " ", StringComparison.Ordinal))];
        string help = (await CommandRun.Of("--help")).Out.Split("Exit codes:\n")[1].Split("\n\n")[0];
        Assert.Equal(Words(string.Join(' ', rows)), Words(help));
        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => $"{(int)code}"), rows.Select(row => Words(row)[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("demo")]
    [InlineData("inspect")]
    [InlineData("quantize")]
    [InlineData("compare")]
    [InlineData("run")]
    [InlineData("watch")]
    [InlineData("studio")]
    [InlineData("record")]
    [InlineData("replay")]
    [InlineData("board")]
    [InlineData("targets")]
    [InlineData("keygen")]
    [InlineData("build")]
    [InlineData("deploy")]
    [InlineData("status")]
    [InlineData("rollback")]
    [InlineData("logs")]
    [InlineData("pull")]
    public async Task Help_Command_IsTheApprovedText(string command)
    {
        string[] arguments = command.Length == 0 ? ["--help"] : [command, "--help"];
        CommandRun run = await CommandRun.Of(arguments);
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Error);
        string text = string.Join('\n', run.Out.Split('\n').Select(line => line.TrimEnd())).TrimEnd() + "\n";
        string path = Path.Combine(SharedData.Repository, "tests", "Latch.Cli.Tests", "Help", command.Length == 0 ? "latch.txt" : $"latch-{command}.txt");
        if (Environment.GetEnvironmentVariable("LATCH_APPROVE") == "1")
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), text);
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
