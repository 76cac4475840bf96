using System.Diagnostics;

namespace Latch.Conventions.Tests;

/// <summary>
/// Shell blocks (```sh) of the README and of the samples' READMEs are run: `latch` lines here, `dotnet` lines by .ci/run. Text that is not run
/// goes into blocks of another language.
/// </summary>
public sealed class ReadmeTests
{
    private const int FirstScreenLines = 40;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly string[] s_firstScreen = ["dotnet run --project src/Latch.Cli -c Release -- demo", "dotnet test Toolkit.sln -c Release"];

    private static string[] Readmes => [.. RepositoryFiles.Tracked.Where(static path => path == "README.md" || (path.StartsWith("samples/", StringComparison.Ordinal) && path.EndsWith("/README.md", StringComparison.Ordinal)))];

    public static TheoryData<string> Names => new(Readmes);

    [Fact]
    public void Readme_FirstScreen_HasTheTwoCommands()
    {
        string[] lines = [.. File.ReadLines(RepositoryFiles.FullPath("README.md")).Take(FirstScreenLines)];
        Assert.All(s_firstScreen, command => Assert.Contains(command, lines));
    }

    [Fact]
    public void ShellBlocks_DotnetLines_AreRunByTheCheck()
    {
        string check = File.ReadAllText(RepositoryFiles.FullPath(".ci/run"));
        string[] commands = [.. ShellBlocks(Readmes).SelectMany(static block => block.Commands)];
        Assert.All(commands, static command => Assert.Matches("^(latch|dotnet) ", command));
        string[] dotnet = [.. commands.Where(static command => command.StartsWith("dotnet ", StringComparison.Ordinal))];
        Assert.Equal(s_firstScreen, s_firstScreen.Intersect(dotnet));
        Assert.All(dotnet, command => Assert.Contains(command, check, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ShellBlocks_LatchLines_Succeed(string readme)
    {
        string folder = Directory.CreateTempSubdirectory("latch-readme-").FullName;
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "samples"), RepositoryFiles.FullPath("samples"));
            foreach (MarkdownBlock block in ShellBlocks([readme]))
            {
                foreach (string command in block.Commands.Where(static command => command.StartsWith("latch ", StringComparison.Ordinal) && command != "latch demo"))
                    await Run(block, command, folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Of_ContinuedLines_AreJoined()
    {
        MarkdownBlock block = new("a.md", 1, "sh", ["# text", "latch run \\", "  a.latch", "", "latch demo"]);
        Assert.Equal(["latch run    a.latch", "latch demo"], block.Commands);
    }

    private static IEnumerable<MarkdownBlock> ShellBlocks(string[] readmes) => readmes.SelectMany(MarkdownBlock.Of).Where(static block => block.Language == "sh");

    private static async Task Run(MarkdownBlock block, string command, string folder)
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string program = RepositoryFiles.FullPath($"artifacts/bin/Latch.Cli/{configuration}/latch.dll");
        ProcessStartInfo start = new("bash", ["-c", $"set -euo pipefail; latch() {{ dotnet \"$LATCH_PROGRAM\" \"$@\"; }}; {command}"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["LATCH_PROGRAM"] = program;
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        bool ended = await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(s_limit, TestContext.Current.CancellationToken)) is not null && process.HasExited;
        if (!ended)
            process.Kill(entireProcessTree: true);
        Assert.True(ended, $"{block.Path}:{block.Line}: '{command}' did not end within {s_limit}.");
        Assert.True(process.ExitCode == 0, $"{block.Path}:{block.Line}: '{command}' returned {process.ExitCode}.\n{await output}\n{await errors}");
    }
}
