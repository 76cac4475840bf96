namespace Latch.Cli.Tests.Help;

/// <summary>The help texts, word for word. LATCH_APPROVE=1 rewrites them.</summary>
public sealed class HelpTests
{
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
}
