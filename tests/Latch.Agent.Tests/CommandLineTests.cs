using Latch.Agent.Commands;
using Latch.Agent.Service;

namespace Latch.Agent.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_CommandAlone_TakesTheUsualConfiguration() => Assert.Equal(new CommandLine("run", "/etc/latch/agent.json", 0), CommandLine.Parse(["run"]));

    [Fact]
    public void Parse_Options_AreTaken() => Assert.Equal(new CommandLine("health", "a.json", 2.5), CommandLine.Parse(["health", "--wait", "2.5", "--config", "a.json"]));

    [Theory]
    [InlineData("Give a command")]
    [InlineData("no command 'start'", "start")]
    [InlineData("--config needs a file", "run", "--config")]
    [InlineData("--wait needs a number", "health", "--wait", "long")]
    [InlineData("'run' does not know '--wait'", "run", "--wait", "5")]
    [InlineData("'check' does not know 'a.json'", "check", "a.json")]
    public void Parse_Mistake_IsNamed(string expected, params string[] arguments) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => CommandLine.Parse(arguments)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/var/lib/latch/slots/7/latch-agent", "7")]
    [InlineData("/usr/lib/latch/agent/latch-agent", null)]
    [InlineData("", null)]
    public void SlotOf_Program_IsTheNumberOfItsSlot(string program, string? slot) => Assert.Equal(slot, ProgramFacts.SlotOf(program));

    [Fact]
    public void TargetOf_Program_IsWhatItWasBuiltFor()
    {
        Assert.Equal("a-board", ProgramFacts.TargetOf(typeof(CommandLineTests).Assembly)); // TestAssembly.cs
        Assert.Equal("", ProgramFacts.TargetOf(typeof(ProgramFacts).Assembly));
    }
}
