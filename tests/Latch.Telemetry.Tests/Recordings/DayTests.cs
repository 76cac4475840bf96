using Latch.Runtime;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Recordings;

/// <summary>24 hours of streaming under a clock that is moved, while nothing else runs: the heap of the process is looked at.</summary>
[Collection(nameof(DayTests))]
[CollectionDefinition(nameof(DayTests), DisableParallelization = true)]
public sealed class DayTests : IDisposable
{
    private const long Block = 4096;
    private const long HeapBound = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(1)]
    [InlineData(0.1)]
    public void Record_Day_StaysWithinMemoryDiskAndWriteBudget(double rate)
    {
        using LatchModel model = TestModel.Create();
        Session session = model.CreateSession();
        ManualClock clock = new();
        Counts counts = new();
        RecordingOptions options = new() { SegmentBytes = 4 << 20, TotalBytes = 32 << 20, Clock = clock, WhenFull = WhenFull.Wait, QueueBytes = 64 << 10 };
        Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), _folder.Path, options, null, path => new CountingFile(path, counts));
        MetricsSink metrics = new(model);
        TelemetryQueue queue = new(model, metrics, new TelemetryQueueOptions { Every = 10 });
        // A queue of 64 KiB, a block of 64 KiB, two states and a header.
        Assert.InRange(recorder.MemoryBytes, 128 << 10, 192 << 10);

        long heap = 0;
        for (int hour = 0; hour < 24; hour++)
        {
            Hour(model, session, recorder, queue, clock, rate);
            long now = GC.GetTotalMemory(forceFullCollection: true);
            heap = hour == 0 ? now : heap;
            Assert.InRange(now, 0, heap + HeapBound);
            Assert.InRange(_folder.Files.Sum(static path => new FileInfo(path).Length), 0, options.TotalBytes);
        }
        recorder.Dispose();
        queue.Dispose();

        long steps = (long)(24 * 3600 * rate);
        RecorderStatus status = recorder.Status;
        Assert.Equal((steps, steps, 0L, 0L), (status.Offered, status.Written, status.Dropped, status.Failures));
        Assert.Equal((counts.Bytes, queue.Steps), (status.BytesWritten, steps));
        double budget = recorder.Budget.BytesPerDay(rate);
        long written = (counts.Blocks * Block) + (counts.Flushes * RecordingBudget.BlocksPerFlush * Block);
        Assert.InRange(counts.Flushes, 1, recorder.Budget.FlushesPerDay(rate));
        Assert.InRange(counts.Bytes, steps * recorder.Budget.StepBytes, recorder.Budget.FileBytesPerDay(rate));
        Assert.InRange(written, 0, budget);
        // The budget is no idle number: what is written is not far below it.
        Assert.InRange(written, budget / 1.5, budget);
    }

    [Fact]
    public void Budget_HundredHertz_IsItsFormula()
    {
        using LatchModel model = TestModel.Create();
        RecordingOptions options = new();
        RecordingBudget budget = RecordingBudget.Of(model, options);
        // Two int8 inputs, five int16 outputs, a time and a checksum; a block of 64 KiB holds a head and a CRC of 20 bytes.
        const double StepBytes = 4 + 2 + 10 + 8, StepsPerBlock = (65536 - 20) / 24, PerDay = 86400 * 100;
        // State: two integers of the step, two inputs, h, c, four gates; head 88, three lists, CRC.
        const double Header = 88 + 8 + 8 + 12 + (4 * (2 + 2 + (6 * 5))) + 4;
        // 16 MiB hold more than an hour: segments end by their age.
        const double Segments = 24, Flushes = (PerDay / StepsPerBlock) + (2 * Segments);
        Assert.Equal((StepBytes, Header, StepsPerBlock), (budget.StepBytes, budget.HeaderBytes, budget.StepsPerBlock));
        Assert.Equal(Segments, budget.SegmentsPerDay(100));
        Assert.Equal(Flushes, budget.FlushesPerDay(100), 1e-6);
        Assert.Equal((PerDay * StepBytes) + (Flushes * 20) + (Segments * Header), budget.FileBytesPerDay(100), 1);
        Assert.Equal((PerDay * StepBytes) + (Flushes * (20 + (6 * 4096))) + (Segments * Header), budget.BytesPerDay(100), 1);
        Assert.Equal(((1 << 30) - (32 << 20)) / budget.FileBytesPerDay(100), budget.Reach(100).TotalDays, 1e-6);
    }

    private static void Hour(LatchModel model, Session session, Recorder recorder, TelemetryQueue queue, ManualClock clock, double rate)
    {
        TelemetryProbe probe = queue.Probe;
        float[] sample = new float[TestModel.Inputs], result = new float[model.OutputSize];
        TimeSpan period = TimeSpan.FromSeconds(1 / rate);
        for (int step = 0; step < 3600 * rate; step++)
        {
            (sample[0], sample[1]) = ((step % 17 / 17f) - 0.5f, (step % 29 / 29f) - 0.5f);
            session.Step(sample, result, ref probe);
            recorder.Record();
            clock.Advance(period);
        }
    }

    private sealed class Counts
    {
        public long Bytes { get; set; }

        public long Blocks { get; set; }

        public long Flushes { get; set; }
    }

    /// <summary>Counts bytes, and the blocks of the file system that each flush touches.</summary>
    private sealed class CountingFile(string path, Counts counts) : WrappedStream(NewFile(path))
    {
        private long _flushed;
        private long _written;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            _written += buffer.Length;
            counts.Bytes += buffer.Length;
        }

        public override void Flush()
        {
            base.Flush();
            counts.Flushes++;
            counts.Blocks += ((_written - 1) / Block) - (_flushed / Block) + 1;
            _flushed = _written;
        }
    }
}
