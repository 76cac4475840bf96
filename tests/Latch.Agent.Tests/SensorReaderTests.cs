using Latch.Agent.Loop;
using Latch.Sensors;
using Latch.Sensors.Csv;

namespace Latch.Agent.Tests;

public sealed class SensorReaderTests : IDisposable
{
    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);

    private readonly Scratch _scratch = new();
    private readonly SampleMailbox _mailbox = new(everySample: true);
    private int _opened;
    private long _number;

    [Fact]
    public void Read_RowThatCannotBeRead_IsASampleWithoutReadings()
    {
        string path = _scratch.Write("data.csv", "time,a,b\n10,1,2\n11,oops,3\n12,x,y\n13,4,5\n");
        List<string> told = [];
        using SensorReader reader = new(() =>
        {
            _opened++;
            return new CsvReplaySource(path);
        }, _mailbox, onDemand: false, s_never, told.Add);
        reader.Start();
        Assert.Equal([[10, 1, 2], [11, float.NaN, float.NaN], [12, float.NaN, float.NaN], [13, 4, 5]], Enumerable.Range(0, 4).Select(_ => Take()));
        Assert.Null(_mailbox.Gone);
        Assert.Equal(1, _opened);
        Assert.Contains("line 3: 'oops' in column 'a'", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FailsBeforeTheFirstSample_StaysGoneAndIsTriedAgainAfterAPause()
    {
        List<string?> gone = [];
        using SensorReader reader = new(() => Device(read =>
        {
            gone.Add(_mailbox.Gone);
            throw new SensorException("i2c-1", "it does not answer.");
        }), _mailbox, onDemand: false, TimeSpan.FromMilliseconds(100));
        reader.Start();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _opened) >= 3, 20_000));
        Thread.Sleep(250);
        reader.Dispose();
        // 100 ms apart: a slow machine opens it less often, never more.
        Assert.InRange(_opened, 3, 7);
        Assert.Null(gone[0]);
        Assert.All(gone.Skip(1), static reason => Assert.Equal("i2c-1: it does not answer.", reason));
    }

    [Fact]
    public void Read_FailsAfterASample_IsOpenedAgainAtOnceAndBackWithTheNextSample()
    {
        using ManualResetEvent go = new(false), end = new(false);
        using SensorReader reader = new(() => Device(read =>
        {
            if (_opened == 2)
                (read == 1 ? go : end).WaitOne();
            if (read == 2)
                throw new SensorException("i2c-1", "it was unplugged.");
            return 10 * _opened;
        }), _mailbox, onDemand: false, s_never);
        reader.Start();
        Assert.Equal(10, Take()[1]);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _opened) == 2, 20_000));
        Assert.Equal("i2c-1: it was unplugged.", _mailbox.Gone);
        go.Set();
        Assert.Equal(20, Take()[1]);
        Assert.Null(_mailbox.Gone);
        end.Set();
    }

    [Fact]
    public void TakeStep_SourceReadOnDemandIsBack_SamplesAreThoseOfTheirPoint()
    {
        float reads = 0;
        bool fails = false;
        List<float> taken = [];
        // A point waits for up to half of its 100 s.
        using LoopFixture loop = new(TestModels.Load(), rate: 0.01, onDemand: true, observer: _ => new Observer(taken));
        using ManualResetEvent go = new(false);
        float Read()
        {
            if (Volatile.Read(ref fails))
                throw new SensorException("i2c-1", "it was unplugged.");
            if (reads == 2)
                go.WaitOne();
            return ++reads;
        }

        using SensorReader reader = new(() => new Source(_ => Read(), [.. TestModels.Names.Reverse()]), loop.Mailbox, onDemand: true, TimeSpan.FromMilliseconds(1));
        reader.Start();
        loop.Loop.TakeStep();
        loop.Loop.TakeStep();
        Volatile.Write(ref fails, true);
        loop.Loop.TakeStep();
        Volatile.Write(ref fails, false);
        loop.Loop.TakeStep(); // asks, but does not wait for a device that is gone
        go.Set();
        Assert.True(SpinWait.SpinUntil(() => loop.Mailbox.Gone is null, 20_000));
        loop.Loop.TakeStep();
        loop.Loop.TakeStep();
        Assert.Equal([1, 2, float.NaN, float.NaN, 4, 5], taken);
    }

    public void Dispose() => _scratch.Dispose();

    private Source Device(Func<int, float> read)
    {
        Interlocked.Increment(ref _opened);
        return new Source(read, ["a"]);
    }

    /// <summary>The next sample: its time in seconds, and its readings.</summary>
    private float[] Take()
    {
        float[] row = new float[_mailbox.Channels!.Count];
        DateTimeOffset time = default;
        Assert.True(SpinWait.SpinUntil(() => _mailbox.TryTake(row, ref _number, out time, out _), 20_000));
        return [time.ToUnixTimeSeconds(), .. row];
    }

    private sealed class Observer(List<float> taken) : IStepObserver
    {
        public void OnStep(RunningModel model, ReadOnlySpan<float> sample, DateTimeOffset time, double score, long nanoseconds) => taken.Add(sample[0]);

        public void OnPoint(RunningModel model, long jitter)
        {
        }
    }

    private sealed class Source(Func<int, float> read, string[] names) : ISensorSource
    {
        private int _reads;

        public IReadOnlyList<SensorChannel> Channels { get; } = [.. names.Select(static name => new SensorChannel(name, ""))];

        public double SampleRate => 1;

        public bool TryRead(Span<float> sample, out DateTimeOffset time)
        {
            time = LoopFixture.Time;
            sample[^1] = read(++_reads);
            return true;
        }

        public void Dispose()
        {
        }
    }
}
