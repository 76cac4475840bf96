using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Latch.EndToEnd.Tests.Aot;

/// <summary>What a program said when it ended.</summary>
internal sealed partial record SmokeRun(int Code, string Out, string Error)
{
    public string Everything => $"exit {Code}\n{Out}\n{Error}";

    /// <summary>Runs a command line.</summary>
    public static Task<SmokeRun> Of(IReadOnlyList<string> command, params string[] arguments) => Of(command[0], [.. command.Skip(1), .. arguments]);

    /// <summary>Runs a program, with one more environment variable if <paramref name="variable"/> is NAME=VALUE.</summary>
    public static async Task<SmokeRun> Of(string program, IReadOnlyList<string> arguments, string? variable = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (variable is not null)
            start.Environment[variable.Split('=')[0]] = variable.Split('=')[1];
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new SmokeRun(process.ExitCode, await output, await error);
    }

    /// <summary>The words behind the first line that begins with <paramref name="key"/>.</summary>
    public string[] Words(string key)
    {
        Assert.True(Code == 0, Everything);
        Match line = Assert.Single(Line().Matches(Out), match => match.Groups[1].Value == key);
        return line.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>A run of a model by every kernel: each took no memory and gave the golden hash.</summary>
    public void AssertGolden(string model, int repeat, IReadOnlyList<string> kernels)
    {
        Assert.True(Code == 0, Everything);
        (long steps, string hash) = GoldenHashes.Of(model);
        string[] Values(string key) => [.. Line().Matches(Out).Where(match => match.Groups[1].Value == key).Select(static match => match.Groups[2].Value)];
        Assert.Equal(kernels, Values("kernel"));
        Assert.All(Values("steps"), value => Assert.Equal(steps, long.Parse(value, CultureInfo.InvariantCulture)));
        Assert.Equal(Enumerable.Repeat("0 bytes in all steps together", kernels.Count), Values("allocated"));
        Assert.Equal(Enumerable.Repeat(hash, kernels.Count), Values("hash"));
        Assert.Equal(0, steps % repeat);
    }

    /// <summary>A run of the equality checks: something was compared, all lengths if <paramref name="full"/>, nothing differed.</summary>
    public void AssertEqual(IReadOnlyList<string> kernels, bool full)
    {
        Assert.Equal([.. kernels, "against", "scalar"], Words("kernels"));
        int lengths = int.Parse(Words("lengths")[0], CultureInfo.InvariantCulture);
        Assert.True(full ? lengths == 300 : lengths >= 66, Everything);
        Assert.True(long.Parse(Words("comparisons")[0], CultureInfo.InvariantCulture) >= 20_000L * kernels.Count, Everything);
        Assert.Equal(["0"], Words("differences"));
    }

    [GeneratedRegex(@"^(\w+) +(.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
