using System.Text;

namespace Latch.Sensors.Host;

/// <summary>/proc/diskstats, all whole devices together (those with a device entry in /sys/block: no partitions, loops or RAM disks).</summary>
internal sealed class DiskGroup : IHostGroup
{
    private const double SectorsPerMiB = 2048; // the kernel counts sectors of 512 bytes, whatever the disk's own
    private readonly ProcFile _stats;
    private readonly byte[][] _names;
    private Counter _read;
    private Counter _written;
    private Counter _busyMilliseconds;

    internal DiskGroup(ProcFile stats, IEnumerable<string> names)
    {
        _stats = stats;
        _names = [.. names.Select(Encoding.ASCII.GetBytes)];
    }

    public IReadOnlyList<SensorChannel> Channels { get; } =
        [new("disk.read", "MiB/s"), new("disk.write", "MiB/s"), new("disk.inflight", "requests"), new("disk.busy", "%")];

    /// <summary>Names of the whole devices below <paramref name="sysBlock"/>.</summary>
    internal static IEnumerable<string> WholeDevices(string sysBlock) =>
        !Directory.Exists(sysBlock)
            ? []
            : Directory.EnumerateFileSystemEntries(sysBlock)
                .Where(entry => Directory.Exists(Path.Combine(entry, "device")))
                .Select(entry => Path.GetFileName(entry));

    public void Read(Span<float> readings, double seconds)
    {
        double read = 0, written = 0, inFlight = 0, busy = 0;
        ReadOnlySpan<byte> text = _stats.Read();
        while (ProcText.TryTakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            ProcText.TakeWord(ref line);
            ProcText.TakeWord(ref line);
            if (!IsWhole(ProcText.TakeWord(ref line)))
                continue;
            Skip(ref line, 2);
            read += ProcText.TakeNumber(ref line);
            Skip(ref line, 3);
            written += ProcText.TakeNumber(ref line);
            Skip(ref line, 1);
            inFlight += ProcText.TakeNumber(ref line);
            busy += ProcText.TakeNumber(ref line);
        }

        readings[0] = (float)(_read.Advance(read) / SectorsPerMiB / seconds);
        readings[1] = (float)(_written.Advance(written) / SectorsPerMiB / seconds);
        readings[2] = (float)inFlight;
        readings[3] = (float)(_busyMilliseconds.Advance(busy) / (10 * seconds * _names.Length));
    }

    private bool IsWhole(ReadOnlySpan<byte> name)
    {
        foreach (byte[] known in _names)
            if (name.SequenceEqual(known))
                return true;
        return false;
    }

    private static void Skip(ref ReadOnlySpan<byte> line, int words)
    {
        for (int i = 0; i < words; i++)
            ProcText.TakeWord(ref line);
    }

    public void Dispose() => _stats.Dispose();
}
