using Latch.Cli.Commands;

namespace Latch.Cli.Tests.Commands;

/// <summary>The command hands over to the script of the virtual board. What the script does is tested on the board.</summary>
public sealed class BoardTests
{
    [Fact]
    public async Task Board_Status_PrintsTheScriptsAnswer()
    {
        CommandRun run = await CommandRun.Of("board", "status");
        Assert.Equal(0, run.Code);
        Assert.Contains("image: ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Board_OptionsOfTheScript_ArriveInOrder()
    {
        CommandRun run = await CommandRun.Of("board", "up", "--name", "No Name", "--cold");
        Assert.Equal(1, run.Code);
        Assert.Equal("board: 'No Name' is no name for a board: small letters, digits and '-'\n", run.Error);
    }

    [Fact]
    public async Task Board_UnknownCommand_IsRefused()
    {
        CommandRun run = await CommandRun.Of("board", "fly");
        run.AssertFails(2, "latch board --help");
    }

    [Fact]
    public async Task Board_Commands_AreThoseOfTheScript()
    {
        string script = await File.ReadAllTextAsync(VirtualBoardCommand.FindScript(SharedData.Repository)!, TestContext.Current.CancellationToken);
        string usage = script[script.IndexOf("usage: board", StringComparison.Ordinal)..script.IndexOf("--name NAME is", StringComparison.Ordinal)];
        IEnumerable<string> ofTheScript = usage.Split('\n').Where(static line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(static line => line.Trim().Split(' ')[0]);
        CommandRun help = await CommandRun.Of("board", "--help");
        string list = help.Out[help.Out.IndexOf("Commands:", StringComparison.Ordinal)..];
        IEnumerable<string> ofTheCommand = list.Split('\n').Where(static line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(static line => line.Trim().Split(' ')[0]);
        Assert.Equal(ofTheScript, ofTheCommand);
    }

    [Fact]
    public void FindScript_OutsideAClone_IsNull()
    {
        DirectoryInfo outside = Directory.CreateTempSubdirectory("latch");
        try
        {
            Assert.Null(VirtualBoardCommand.FindScript(outside.FullName));
            Assert.EndsWith("targets/virtual-board/board", VirtualBoardCommand.FindScript(Path.Combine(SharedData.Repository, "src")), StringComparison.Ordinal);
        }
        finally
        {
            outside.Delete();
        }
    }
}
