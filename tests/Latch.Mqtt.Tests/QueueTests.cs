using System.Text;
using Latch.Mqtt.Queue;

namespace Latch.Mqtt.Tests;

/// <summary>The queue on disk: order, bound, damage, restarts.</summary>
public sealed class QueueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-queue-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Add_Reopened_SameMessagesInOrder()
    {
        using (OfflineQueue queue = new(_folder, 1 << 20))
            Fill(queue, 0, 100);
        using (OfflineQueue queue = new(_folder, 1 << 20))
        {
            Fill(queue, 100, 150);
            Assert.Equal(150, queue.Count);
        }
        using OfflineQueue again = new(_folder, 1 << 20);
        Assert.Equal(Enumerable.Range(0, 150), Take(again, 150));
        Assert.Equal((0, 0), (again.Count, again.Dropped));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.queue"));
    }

    [Fact]
    public void Remove_CleanEnd_GoesOnWhereItWas()
    {
        using (OfflineQueue queue = new(_folder, 1 << 20))
        {
            Fill(queue, 0, 10);
            Take(queue, 4);
        }
        using OfflineQueue again = new(_folder, 1 << 20);
        Assert.Equal(6, again.Count);
        Assert.Equal(Enumerable.Range(4, 6), Take(again, 6));
    }

    [Fact]
    public void Add_PastTheBound_DropsTheOldestAndCounts()
    {
        const int Limit = 64 * 1024;
        using OfflineQueue queue = new(_folder, Limit);
        Fill(queue, 0, 5000);
        Assert.True(Directory.EnumerateFiles(_folder, "*.queue").Sum(static path => new FileInfo(path).Length) <= Limit);
        Assert.Equal(5000, queue.Count + queue.Dropped);
        Assert.InRange(queue.Dropped, 1, 4500);
        int kept = (int)queue.Count;
        Assert.Equal(Enumerable.Range(5000 - kept, kept), Take(queue, kept));
    }

    [Fact]
    public void Open_CutAtEveryByte_WholeMessagesOnly()
    {
        string whole = Segment(out byte[] bytes, out int[] ends);
        for (int length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(whole, bytes[..length]);
            using OfflineQueue queue = new(_folder, 1 << 20);
            int expected = ends.Count(end => end <= length);
            Assert.Equal(expected, queue.Count);
            Assert.Equal(length < 8 || (length != 8 && !ends.Contains(length)) ? 1 : 0, queue.Dropped);
            Assert.Equal(Enumerable.Range(0, expected), Take(queue, expected));
        }
    }

    [Fact]
    public void Open_OneBitWrong_NothingWrongIsRead()
    {
        string whole = Segment(out byte[] bytes, out int[] ends);
        for (int position = 0; position < bytes.Length * 8; position += 3)
        {
            byte[] damaged = [.. bytes];
            damaged[position / 8] ^= (byte)(1 << (position % 8));
            File.WriteAllBytes(whole, damaged);
            using OfflineQueue queue = new(_folder, 1 << 20);
            int expected = position / 8 < 8 ? 0 : ends.Count(end => end <= position / 8);
            Assert.Equal((expected, 1), (queue.Count, queue.Dropped));
            Assert.Equal(Enumerable.Range(0, expected), Take(queue, expected));
        }
    }

    [Fact]
    public void Open_Twice_SaysThatItIsInUse()
    {
        using OfflineQueue queue = new(_folder, 1 << 20);
        Assert.Throws<IOException>(() => new OfflineQueue(_folder, 1 << 20));
    }

    [Fact]
    public void Add_FullDisk_IsRefusedAndLaterGoesOn()
    {
        // A folder in the place of the next segment stands for a disk that takes nothing; root may write everywhere else.
        using OfflineQueue queue = new(_folder, 1 << 20);
        string next = Path.Combine(_folder, "00000001.queue");
        Directory.CreateDirectory(next);
        Assert.False(queue.Add("t", "0"u8));
        Assert.Contains("cannot be written", queue.LastError, StringComparison.Ordinal);
        Directory.Delete(next);
        Fill(queue, 0, 3);
        Assert.Equal([0, 1, 2], Take(queue, 3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryPeek_DiskDoesNotGiveASegmentBack_DropsItAndGoesOnWithTheNext(bool already)
    {
        using (OfflineQueue queue = new(_folder, 1 << 20))
            Fill(queue, 0, 38);
        Assert.Single(Directory.EnumerateFiles(_folder, "*.queue"));
        bool fails = already;
        using OfflineQueue again = new(_folder, 1 << 20, path => new Disk(path, () => fails));
        Assert.Equal(already ? 0 : 38, again.Count);
        Fill(again, 100, 103);
        if (!already)
            Assert.Equal([0, 1], Take(again, 2));
        fails = true;
        Assert.Equal([100, 101, 102], Take(again, 5));
        Assert.Equal(already ? 1 : 36, again.Dropped);
        Assert.Equal(0, again.Count);
        if (!already)
            Assert.Contains("cannot be read, and is given up: Input/output error", again.LastError, StringComparison.Ordinal);
    }

    private static void Fill(OfflineQueue queue, int first, int end)
    {
        for (int index = first; index < end; index++)
            Assert.True(queue.Add("topic/ä", Encoding.UTF8.GetBytes($"message {index}")));
    }

    private static List<int> Take(OfflineQueue queue, int count)
    {
        List<int> taken = [];
        while (taken.Count < count && queue.TryPeek(out string topic, out byte[] body))
        {
            Assert.Equal("topic/ä", topic);
            taken.Add(int.Parse(Encoding.UTF8.GetString(body)["message ".Length..], System.Globalization.CultureInfo.InvariantCulture));
            queue.Remove();
        }
        return taken;
    }

    private string Segment(out byte[] bytes, out int[] ends)
    {
        using (OfflineQueue queue = new(_folder, 1 << 20))
            Fill(queue, 0, 5);
        string path = Path.Combine(_folder, "00000001.queue");
        bytes = File.ReadAllBytes(path);
        // A frame: 8 bytes, 2 of the topic's length, 8 of "topic/ä" in UTF-8, 9 of "message N".
        ends = [.. Enumerable.Range(1, 5).Select(static count => 8 + (count * 27))];
        Assert.Equal(bytes.Length, ends[^1]);
        return path;
    }

    /// <summary>A file on a disk that may fail.</summary>
    private sealed class Disk(string path, Func<bool> fails) : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0)
    {
        public override int Read(Span<byte> buffer) => fails() ? throw new IOException("Input/output error") : base.Read(buffer);
    }
}
