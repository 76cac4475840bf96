using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Latch.Mqtt.Tests;

/// <summary>Debian's mosquitto on a free port of the loopback, with passwords and TLS on; it can be stopped and started again.</summary>
public sealed class Broker : IDisposable
{
    private const string Program = "/usr/sbin/mosquitto";
    private const string Clients = "/usr/bin/mosquitto_sub";

    private Process? _process;

    private Broker(string host, bool clientCertificates)
    {
        SharedData.RequirePath(Program, "Debian's package mosquitto");
        SharedData.RequirePath(Clients, "Debian's package mosquitto-clients");
        Folder = Directory.CreateTempSubdirectory("latch-mqtt-").FullName;
        Authority = new Certificates(Folder, "authority");
        (string certificate, string key) = Authority.Sign("broker", host);
        Port = FreePort();
        string passwords = Path.Combine(Folder, "passwords");
        File.WriteAllText(passwords, "board:board secret\nwatcher:watcher secret\n");
        Run("/usr/bin/mosquitto_passwd", "-U", passwords);
        File.WriteAllText(PasswordFile, "board secret\n");
        File.WriteAllText(Path.Combine(Folder, "access"), "user board\ntopic readwrite #\ntopic deny forbidden/#\nuser watcher\ntopic readwrite #\n");
        File.WriteAllLines(Path.Combine(Folder, "broker.conf"),
        [
            $"listener {Port} 127.0.0.1", "allow_anonymous false", $"password_file {passwords}", $"acl_file {Path.Combine(Folder, "access")}",
            $"certfile {certificate}", $"keyfile {key}", $"cafile {Authority.CaFile}",
            // A broker started by root would give up root, and could not read its files any more.
            "user root", "max_queued_messages 100000", $"require_certificate {(clientCertificates ? "true" : "false")}",
        ]);
        Start();
    }

    public string Folder { get; }

    internal Certificates Authority { get; }

    public int Port { get; }

    public string PasswordFile => Path.Combine(Folder, "password");

    public static Broker Open(string host = "localhost", bool clientCertificates = false) => new(host, clientCertificates);

    public MqttPublisherOptions Options(string? queue = null) => new()
    {
        Host = "localhost",
        Port = Port,
        Tls = new MqttTls { CaFile = Authority.CaFile },
        User = "board",
        PasswordFile = PasswordFile,
        EverySteps = 1,
        EverySeconds = 0,
        RetryLimitSeconds = 1,
        Queue = new MqttQueueOptions { Folder = queue is null ? null : Path.Combine(Folder, queue), SyncSeconds = 0.2 },
    };

    public void Start()
    {
        _process = Process.Start(new ProcessStartInfo(Program, ["-c", Path.Combine(Folder, "broker.conf")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        Wait.Until(IsListening, "mosquitto to listen");
    }

    public void Stop()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public Watcher Watch(string topic = "#") => new(this, topic);

    public void Publish(string topic, string payload) =>
        Run("/usr/bin/mosquitto_pub", "-h", "localhost", "-p", $"{Port}", "--cafile", Authority.CaFile, "-u", "watcher", "-P", "watcher secret", "-q", "1", "-t", topic, "-m", payload);

    public void PublishFile(string topic, string file) =>
        Run("/usr/bin/mosquitto_pub", "-h", "localhost", "-p", $"{Port}", "--cafile", Authority.CaFile, "-u", "watcher", "-P", "watcher secret", "-q", "1", "-t", topic, "-f", file);

    public void Dispose()
    {
        Stop();
        Directory.Delete(Folder, recursive: true);
    }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool IsListening()
    {
        try
        {
            using TcpClient client = new("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {error}");
    }
}
