using System.Net;
using System.Net.Sockets;
using Latch.Targets.Deploy;

namespace Latch.Targets.Tests.Deploy;

/// <summary>Connections that do not come about. What a connection does is tested with a real sshd (Latch.Cli.Tests).</summary>
public sealed class SshBoardTests
{
    [Fact]
    public async Task Connect_CancelledMeanwhile_LeavesNoProcessAndNoFolder()
    {
        SharedData.RequirePath("/usr/bin/ssh", "the command ssh (Debian: openssh-client)");
        using TcpListener silent = new(IPAddress.IPv6Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        using CancellationTokenSource cancellation = new();
        Task<SshBoard> connecting = SshBoard.ConnectAsync(new BoardAddress("pi@::1", ["-F /dev/null", $"-p {port}"]), cancellation.Token);
        // An address of IPv6 without brackets: the client comes, and hears nothing.
        using TcpClient client = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        string[] arguments = Assert.Single(Running(port));
        string folder = Path.GetDirectoryName(arguments[Array.IndexOf(arguments, "-S") + 1])!;
        Assert.True(Directory.Exists(folder));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Empty(Running(port));
        Assert.False(Directory.Exists(folder));
    }

    // Command lines of ssh that go to a port.
    private static List<string[]> Running(int port)
    {
        List<string[]> found = [];
        foreach (string folder in Directory.GetDirectories("/proc").Where(static folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                string[] arguments = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
                if (arguments[0] == "ssh" && arguments.Contains($"{port}"))
                    found.Add(arguments);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }
        return found;
    }
}
