using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Latch.Board.Tests;

/// <summary>What the board is: Debian for 64-bit ARM with a user like that of a Raspberry Pi.</summary>
[Collection(BoardCollection.Name)]
public sealed class SystemTests(BoardFixture fixture)
{
    [Fact]
    public void Board_Started_RunsDebianFor64BitArm()
    {
        Board board = fixture.Board;
        Assert.Equal("aarch64", board.Check("uname -m"));
        Assert.Contains("VERSION_CODENAME=bookworm", board.Check("cat /etc/os-release"), StringComparison.Ordinal);
        Assert.Equal("running", board.Check("systemctl is-system-running --wait"));
        Assert.Equal("2", board.Check("nproc"));
    }

    [Fact]
    public void Pi_Logged_HasTheGroupsOfTheBuses()
    {
        Board board = fixture.Board;
        string[] groups = board.Check("id -nG").Split(' ');
        Assert.Empty(new[] { "i2c", "gpio", "spi", "iio", "sudo" }.Except(groups));
        Assert.Equal("1000", board.Check("id -u"));
        Assert.Equal("0", board.Check("sudo -n id -u"));
    }

    [Theory]
    [InlineData("/dev/i2c-1", "i2c")]
    [InlineData("/dev/gpiochip0", "gpio")]
    [InlineData("/dev/spidev0.0", "spi")]
    [InlineData("/dev/spidev0.1", "spi")]
    [InlineData("/dev/iio:device0", "iio")]
    [InlineData("/dev/iio:device1", "iio")]
    [InlineData("/sys/bus/iio/devices/iio:device0/buffer/enable", "iio")]
    [InlineData("/sys/bus/iio/devices/trigger0/sampling_frequency", "iio")]
    public void Device_OfABus_BelongsToItsGroup(string path, string group) =>
        Assert.Equal($"root {group} rw yes", fixture.Board.Check($"stat -Lc '%U %G' '{path}'; test -r '{path}' && test -w '{path}' && echo rw yes").Replace('\n', ' '));

    [Fact]
    public void Clock_AfterResume_IsTheHosts()
    {
        double board = double.Parse(fixture.Board.Check("date +%s.%N"), CultureInfo.InvariantCulture);
        // A slow login on a busy machine lies between the two readings.
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 - board, -5, 60);
    }

    [Fact]
    public void Network_ToTheOutside_IsClosed()
    {
        // Somebody listens there, so that only the board's network can be what refuses.
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using (TcpClient own = new("127.0.0.1", port))
        using (TcpClient accepted = listener.AcceptTcpClient())
            Assert.True(accepted.Connected);
        ProcessRun run = fixture.Board.Run($"timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.2.2/{port}'");
        Assert.NotEqual(0, run.Code);
        Assert.False(listener.Pending());
    }

    [Fact]
    public void Copy_AFile_ArrivesWhole()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] bytes = new byte[300_000];
            new Random(5).NextBytes(bytes);
            File.WriteAllBytes(path, bytes);
            fixture.Board.Copy(path, "/tmp/copied");
            string expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
            Assert.StartsWith(expected, fixture.Board.Check("sha256sum /tmp/copied; rm /tmp/copied"), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
