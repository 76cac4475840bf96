using Latch.Agent.Loop;
using Latch.Sensors;

namespace Latch.Agent.Tests;

public sealed class SampleMailboxTests
{
    [Fact]
    public void Put_EverySample_WaitsUntilTheLastWasTaken()
    {
        const int samples = 2_000;
        SampleMailbox mailbox = new(everySample: true);
        mailbox.Open([new SensorChannel("a", "")]);
        Thread reader = new(() =>
        {
            for (int sample = 1; sample <= samples; sample++)
                mailbox.Put([sample], DateTimeOffset.UnixEpoch);
            mailbox.End();
        });
        reader.Start();
        List<float> taken = [];
        float[] row = new float[1];
        for (long number = 0; !mailbox.IsEnded || mailbox.Number != number;)
        {
            mailbox.Wait(number, 100);
            if (taken.Count % 97 == 5)
                Thread.Sleep(1);
            if (mailbox.TryTake(row, ref number, out _, out _))
                taken.Add(row[0]);
        }

        reader.Join();
        Assert.Equal(Enumerable.Range(1, samples).Select(static sample => (float)sample), taken);
    }

    [Fact]
    public void Put_NewestCounts_DoesNotWait()
    {
        SampleMailbox mailbox = new();
        mailbox.Open([new SensorChannel("a", "")]);
        mailbox.Put([1], DateTimeOffset.UnixEpoch);
        mailbox.Put([2], DateTimeOffset.UnixEpoch);
        float[] row = new float[1];
        long number = 0;
        Assert.True(mailbox.TryTake(row, ref number, out _, out _));
        Assert.Equal((2, 2), (row[0], number));
    }

    [Fact]
    public void TryTake_SeriesHasEnded_IsAtItsEndAfterTheLastSample()
    {
        SampleMailbox mailbox = new();
        mailbox.Open([new SensorChannel("a", "")]);
        mailbox.Put([1], DateTimeOffset.UnixEpoch);
        mailbox.End();
        long number = 0;
        Assert.False(mailbox.TryTake(new float[2], ref number, out _, out bool ended)); // not mapped yet
        Assert.False(ended);
        Assert.True(mailbox.TryTake(new float[1], ref number, out _, out ended));
        Assert.False(ended);
        Assert.False(mailbox.TryTake(new float[1], ref number, out _, out ended));
        Assert.True(ended);
    }

    [Fact]
    public void Close_ReaderWaits_LetsItGo()
    {
        SampleMailbox mailbox = new(everySample: true);
        mailbox.Open([new SensorChannel("a", "")]);
        mailbox.Put([1], DateTimeOffset.UnixEpoch);
        Thread reader = new(() => mailbox.Put([2], DateTimeOffset.UnixEpoch)) { IsBackground = true };
        reader.Start();
        Assert.False(reader.Join(200));
        mailbox.Close();
        Assert.True(reader.Join(10_000));
    }
}
