using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Latch.Mqtt.Tests;

/// <summary>A message as mosquitto_sub saw it.</summary>
public sealed record Seen(string Topic, bool Retained, int Qos, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>Subscribes with mosquitto_sub: another client than the one under test.</summary>
public sealed class Watcher : IDisposable
{
    private readonly Process _process;
    private readonly List<Seen> _seen = [];

    public Watcher(Broker broker, string topic)
    {
        _process = Process.Start(new ProcessStartInfo("/usr/bin/mosquitto_sub",
            ["-V", "mqttv5", "-h", "localhost", "-p", $"{broker.Port}", "--cafile", broker.Authority.CaFile, "-u", "watcher", "-P", "watcher secret", "-q", "2", "-t", topic, "-t", "watcher/ready", "-F", "%t %r %q %x"])
        { RedirectStandardOutput = true })!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                Take(text.Split(' '));
        };
        _process.BeginOutputReadLine();
        // The subscription stands once a message of ours comes back.
        Wait.Until(() =>
        {
            broker.Publish("watcher/ready", "1");
            return IsReady;
        }, "mosquitto_sub to subscribe");
    }

    public bool IsReady { get; private set; }

    public Seen[] All
    {
        get
        {
            lock (_seen)
                return [.. _seen];
        }
    }

    public Seen[] Of(string topic) => [.. All.Where(seen => seen.Topic == topic)];

    /// <summary>Waits for so many messages of a topic.</summary>
    public Seen[] Expect(string topic, int count = 1)
    {
        Wait.Until(() => Of(topic).Length >= count, $"{count} messages of {topic}, seen {string.Join(", ", All.GroupBy(static seen => seen.Topic).Select(static group => $"{group.Key} {group.Count()}"))}");
        return Of(topic);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Take(string[] parts)
    {
        if (parts[0] == "watcher/ready")
        {
            IsReady = true;
            return;
        }
        lock (_seen)
            _seen.Add(new Seen(parts[0], parts[1] == "1", int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture), Convert.FromHexString(parts.Length > 3 ? parts[3] : "")));
    }
}
