using System.Diagnostics;
using System.Globalization;

namespace Latch.Board.Tests.Walkthrough;

/// <summary>
/// samples/vibration/README.md, worked through once: every block of commands in one shell, in a copy of the tracked files, on a board of its own.
/// </summary>
public sealed class WalkthroughFixture : IDisposable
{
    private const string Page = "samples/vibration/README.md", LastBlock = "latch board down";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);
    private readonly Lazy<IReadOnlyList<(PageStep Step, string Out)>> _walked;
    private Board? _board;
    private string? _folder;

    public WalkthroughFixture() => _walked = new(Walk);

    /// <summary>The board, with the model of the page deployed. Skips the test when there is no image.</summary>
    internal Board Board => _walked.Value is null ? throw new UnreachableException() : _board!;

    /// <summary>The folder in which the commands were run.</summary>
    internal string Folder => _walked.Value is null ? throw new UnreachableException() : _folder!;

    /// <summary>The page's blocks and what they printed, but for the last one, which powers the board off.</summary>
    internal IReadOnlyList<(PageStep Step, string Out)> Walked => _walked.Value;

    /// <summary>Runs the page's last block.</summary>
    internal ProcessRun End() => Run([Last(Steps())]);

    public void Dispose()
    {
        _board?.Remove();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private static IReadOnlyList<PageStep> Steps() => PageStep.Of(Path.Combine(SharedData.Repository, Page));

    private static PageStep Last(IReadOnlyList<PageStep> steps)
    {
        Assert.Equal(LastBlock, steps[^1].Commands);
        return steps[^1];
    }

    private List<(PageStep Step, string Out)> Walk()
    {
        SharedData.RequirePath("/usr/bin/clang", "the cross compiler (Debian: clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)");
        SharedData.RequirePath("/usr/bin/aarch64-linux-gnu-gcc", "the cross compiler (Debian: clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)");
        IReadOnlyList<PageStep> steps = Steps();
        PageStep last = Last(steps);
        _board = Board.Start("walk");
        _folder = Directory.CreateTempSubdirectory("latch-walkthrough-").FullName;
        ProcessRun.Of(s_limit, "bash", "-c", $"set -o pipefail; git -C '{SharedData.Repository}' ls-files -z | tar -C '{SharedData.Repository}' --null -T - -c | tar -C '{_folder}' -x").Succeeded();
        PageStep[] walked = [.. steps.Where(step => step != last)];
        Run(walked);
        return [.. walked.Select((step, at) => (step, File.ReadAllText(Path.Combine(_folder, Name(at)))))];
    }

    private ProcessRun Run(IReadOnlyList<PageStep> steps)
    {
        List<string> script =
        [
            $"cd '{_folder}'", $"export WALK_BIN='{AppContext.BaseDirectory}' WALK_BOARD='{_board!.Name}'", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Walkthrough", "shell.sh")),
        ];
        // In the end alone the shell does not know the page's definitions yet.
        if (steps.Count == 1)
            script.Add(Steps()[0].Commands);
        for (int at = 0; at < steps.Count; at++)
            script.Add(string.Create(CultureInfo.InvariantCulture, $"echo '{Page}:{steps[at].Line}' >&2\n{{\n{steps[at].Commands}\n}} >{Name(at)}"));
        string path = Path.Combine(_folder!, "walk.sh");
        File.WriteAllLines(path, script);
        ProcessRun run = ProcessRun.Of(s_limit, "bash", path);
        string printed = string.Concat(Enumerable.Range(0, steps.Count).Select(at => Path.Combine(_folder!, Name(at))).Where(File.Exists).TakeLast(1).Select(File.ReadAllText));
        Assert.True(run.Code == 0, $"The last block begun on the page ended with {run.Code}.\n{run.Error}\n{printed}");
        return run;
    }

    private static string Name(int at) => string.Create(CultureInfo.InvariantCulture, $"walk.{at}.out");
}
