using System.Diagnostics;

namespace Latch.Board.Tests.Fleet;

/// <summary>A connection to a board that only forwards ports.</summary>
internal sealed class Tunnel : IDisposable
{
    private readonly Process _process;

    /// <param name="board">The board.</param>
    /// <param name="forwards">As OpenSSH takes them: -L or -R and the ports.</param>
    public Tunnel(Board board, params IEnumerable<string> forwards)
    {
        _process = Process.Start(new ProcessStartInfo("ssh", ["-N", "-F", board.SshConfig, "-o", "ExitOnForwardFailure=yes", .. forwards, "latch-board"]))!;
    }

    /// <summary>Whether the connection stands.</summary>
    public bool IsOpen => !_process.HasExited;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
