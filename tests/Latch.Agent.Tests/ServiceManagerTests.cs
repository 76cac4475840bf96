using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Latch.Agent.Service;

namespace Latch.Agent.Tests;

public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_SocketOfSystemd_ArriveAsItReadsThem(bool isAbstract)
    {
        using Scratch scratch = new();
        string name = isAbstract ? $"@latch-{Guid.NewGuid():N}" : scratch["notify"];
        using Socket systemd = Listen(name);
        using ServiceManager service = new(name, "2000000", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(500_000_000, service.WatchdogInterval);
        service.Ready("two\nlines");
        service.Watchdog();
        service.Reloading();
        service.Stopping();
        Assert.Equal("READY=1\nSTATUS=two lines", Receive(systemd));
        Assert.Equal("WATCHDOG=1", Receive(systemd));
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", Receive(systemd), StringComparison.Ordinal);
        Assert.Equal("STOPPING=1", Receive(systemd));
    }

    [Fact]
    public void Watchdog_Signs_AllocateNothing()
    {
        using Scratch scratch = new();
        using Socket systemd = Listen(scratch["notify"]);
        using ServiceManager service = new(scratch["notify"], "1000", null);
        byte[] buffer = new byte[64];
        Assert.Equal(0, AllocatedBytes.Of(500, () =>
        {
            service.Watchdog();
            systemd.Receive(buffer);
        }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Messages_NoServiceManager_DoNothing(string? address)
    {
        using ServiceManager service = new(address, "2000000", null);
        service.Ready("x");
        service.Watchdog();
        Assert.Equal(0, service.WatchdogInterval);
    }

    [Fact]
    public void WatchdogInterval_WatchdogOfAnotherProcess_IsZero()
    {
        using Scratch scratch = new();
        using Socket systemd = Listen(scratch["notify"]);
        using ServiceManager service = new(scratch["notify"], "2000000", "1");
        Assert.Equal(0, service.WatchdogInterval);
    }

    internal static Socket Listen(string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
        return socket;
    }

    internal static string Receive(Socket socket)
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
