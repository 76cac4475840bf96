using System.Text;
using Latch.Telemetry.Recordings;

namespace Latch.Telemetry.Tests.Recordings;

public sealed class PartsTests
{
    [Theory]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("", 0u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Crc32_PublishedValues_AreMet(string text, uint expected) => Assert.Equal(expected, Crc32.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void ByteRing_EntriesOfAnyLength_ArriveInOrder()
    {
        ByteRing ring = new(1 << 12);
        const int Entries = 20_000;
        int[] lengths = Lengths();
        Thread writer = new(() =>
        {
            for (int i = 0; i < Entries; i++)
            {
                Span<byte> entry;
                SpinWait spin = default;
                while (!ring.TryReserve(lengths[i], out entry))
                    spin.SpinOnce();
                entry.Fill((byte)i);
                ring.Commit();
            }
        });
        writer.Start();
        for (int i = 0; i < Entries; i++)
        {
            ReadOnlySpan<byte> entry;
            SpinWait spin = default;
            while (!ring.TryPeek(out entry))
                spin.SpinOnce();
            Assert.Equal(lengths[i], entry.Length);
            Assert.False(entry.ContainsAnyExcept((byte)i));
            ring.Release();
        }
        writer.Join();
        Assert.Equal(0, ring.Used);

        static int[] Lengths()
        {
            Random random = new(1);
            return [.. Enumerable.Range(0, Entries).Select(_ => random.Next(0, random.Next(2) == 0 ? 40 : 2000))];
        }
    }

    [Fact]
    public void ByteRing_Full_RefusesUntilReleased()
    {
        ByteRing ring = new(64);
        Assert.True(ring.TryReserve(28, out _));
        ring.Commit();
        Assert.True(ring.TryReserve(28, out _));
        ring.Commit();
        Assert.False(ring.TryReserve(0, out _));
        Assert.True(ring.TryPeek(out ReadOnlySpan<byte> entry));
        Assert.Equal(28, entry.Length);
        ring.Release();
        Assert.True(ring.TryReserve(28, out _));
    }
}
