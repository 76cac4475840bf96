namespace Latch.Sensors.Host;

/// <summary>/proc/net/dev: the loopback (where received equals sent), and all other interfaces together.</summary>
internal sealed class NetworkGroup(ProcFile dev) : IHostGroup
{
    private const double BytesPerKiB = 1024;
    private Counter _loopbackBytes;
    private Counter _loopbackPackets;
    private Counter _received;
    private Counter _sent;

    public IReadOnlyList<SensorChannel> Channels { get; } =
        [new("net.lo", "KiB/s"), new("net.lo.packets", "1/s"), new("net.rx", "KiB/s"), new("net.tx", "KiB/s")];

    public void Read(Span<float> readings, double seconds)
    {
        double loopback = 0, packets = 0, received = 0, sent = 0;
        ReadOnlySpan<byte> text = dev.Read();
        while (ProcText.TryTakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
                continue; // the two heading lines
            bool isLoopback = line[..colon].Trim((byte)' ').SequenceEqual("lo"u8);
            line = line[(colon + 1)..];
            double bytesIn = ProcText.TakeNumber(ref line);
            double packetsIn = ProcText.TakeNumber(ref line);
            for (int i = 0; i < 6; i++)
                ProcText.TakeWord(ref line);
            double bytesOut = ProcText.TakeNumber(ref line);
            (loopback, packets) = isLoopback ? (bytesIn, packetsIn) : (loopback, packets);
            received += isLoopback ? 0 : bytesIn;
            sent += isLoopback ? 0 : bytesOut;
        }

        readings[0] = (float)(_loopbackBytes.Advance(loopback) / BytesPerKiB / seconds);
        readings[1] = (float)(_loopbackPackets.Advance(packets) / seconds);
        readings[2] = (float)(_received.Advance(received) / BytesPerKiB / seconds);
        readings[3] = (float)(_sent.Advance(sent) / BytesPerKiB / seconds);
    }

    public void Dispose() => dev.Dispose();
}
