using Latch.Cli.Output;

namespace Latch.Cli.Tests;

/// <summary>What one command line gave: run in this process with captured streams.</summary>
internal sealed record CommandRun(int Code, string Out, string Error)
{
    public static async Task<CommandRun> Of(params string[] arguments) => await WithInput("", arguments);

    public static async Task<CommandRun> WithInput(string input, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await LatchApp.RunAsync(arguments, Terminal.Of(new StringReader(input), output, error), TestContext.Current.CancellationToken);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Asserts a failure: the code, one message of one line with the expected parts, nothing on standard output.</summary>
    public void AssertFails(int code, params string[] parts)
    {
        string message = Error.Split('\n').Single(line => line.StartsWith("latch: error: ", StringComparison.Ordinal));
        foreach (string part in parts)
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.Equal("", Out);
        Assert.Equal(code, Code);
    }
}
