namespace Latch.Board.Tests.Sensors;

/// <summary>The program tests/Latch.Board.Probe on a board: native code for linux-arm64, run by user pi.</summary>
internal sealed class Probe
{
    private static readonly TimeSpan s_publishLimit = TimeSpan.FromMinutes(10);

    private readonly Board _board;

    /// <summary>Publishes the probe and copies it; LATCH_BOARD_PROBE names one that is published. Skips the test when the cross compiler is not there.</summary>
    internal Probe(Board board)
    {
        _board = board;
        if (Environment.GetEnvironmentVariable("LATCH_BOARD_PROBE") is { Length: > 0 } named)
        {
            board.Copy(named, "board-probe");
            return;
        }

        foreach (string compiler in (ReadOnlySpan<string>)["/usr/bin/clang", "/usr/bin/aarch64-linux-gnu-gcc"])
            SharedData.RequirePath(compiler, "the cross compiler (Debian: clang llvm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)");
        string folder = Directory.CreateTempSubdirectory("latch-board-probe-").FullName;
        try
        {
            ProcessRun.Of(s_publishLimit, "dotnet", "publish", Path.Combine(SharedData.Repository, "tests", "Latch.Board.Probe"), "-c", "Release", "-r", "linux-arm64",
                "-o", folder, $"-p:ArtifactsPath={Path.Combine(folder, "build")}").Succeeded();
            board.Copy(Path.Combine(folder, "board-probe"), "board-probe");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs lines of the probe's commands, and returns what it answered; fails the test when one of them could not be run.</summary>
    internal Answers Run(string script) => new(_board.Check($"./board-probe <<'END'\n{script}\nEND"));
}
