using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Latch.Agent.Service;

/// <summary>Tells systemd how the service is: the protocol of sd_notify(3), one datagram a message. Does nothing without a service manager.</summary>
internal sealed class ServiceManager : IDisposable
{
    private static readonly byte[] s_watchdog = "WATCHDOG=1"u8.ToArray();

    private readonly Socket? _socket;

    /// <param name="address">NOTIFY_SOCKET: a path, or an abstract address that begins with @; null for none.</param>
    /// <param name="watchdogMicroseconds">WATCHDOG_USEC; null for no watchdog.</param>
    /// <param name="watchdogProcess">WATCHDOG_PID; null for this process.</param>
    public ServiceManager(string? address, string? watchdogMicroseconds, string? watchdogProcess)
    {
        if (string.IsNullOrEmpty(address))
            return;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        _socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        bool mine = watchdogProcess is null || watchdogProcess == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (mine && long.TryParse(watchdogMicroseconds, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0)
            WatchdogInterval = microseconds * 1000 / 4;
    }

    /// <summary>Nanoseconds between two signs of life, a quarter of what the watchdog waits; 0 without a watchdog.</summary>
    public long WatchdogInterval { get; }

    /// <summary>As systemd has set the environment.</summary>
    /// <exception cref="SocketException">NOTIFY_SOCKET names no socket.</exception>
    public static ServiceManager FromEnvironment() => new(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"));

    /// <summary>The service is up.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>The configuration is being read again; <see cref="Ready"/> follows.</summary>
    public void Reloading() => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Native.Monotonic() / 1000}"));

    /// <summary>The service ends.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>A sign of life. Allocates nothing.</summary>
    public void Watchdog() => Send(s_watchdog);

    public void Dispose() => _socket?.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    // What is told once is tried for a second: the manager's queue may be full of signs of life.
    private void Send(string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        for (int attempt = 0; attempt < 20 && !Send(bytes); attempt++)
            Thread.Sleep(50);
    }

    private bool Send(byte[] message)
    {
        try
        {
            _socket?.Send(message);
            return true;
        }
        catch (SocketException)
        {
            // A manager that does not read: its watchdog tells, a step must not wait for it.
            return false;
        }
    }
}
