using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Sinks;

public sealed class TelemetryQueueTests
{
    private const int Steps = 600;

    // An LSTM: four gates, c and h.
    private const int PerStep = 6;

    private static readonly TelemetryQueueOptions s_quick = new() { RetryAfter = TimeSpan.Zero, CloseLimit = TimeSpan.FromSeconds(60) };

    [Fact]
    public void Steps_SinkThatBlocksForever_GoOnAndEverythingIsCounted()
    {
        using ManualResetEventSlim never = new(false);
        TestSink sink = new(_ => never.Wait(TestContext.Current.CancellationToken));
        SinkStatus status = Run(sink, s_quick with { Capacity = 64, CloseLimit = TimeSpan.FromMilliseconds(50) });
        Assert.Equal((Steps * PerStep, 0L, Steps * PerStep), (status.Offered, status.Written, status.Dropped));
        Assert.Contains("did not come back", status.LastError, StringComparison.Ordinal);
        Assert.False(sink.IsDisposed);
        never.Set();
    }

    [Fact]
    public void Steps_SinkThatThrowsAtOnce_IsDisabledAfterItsFailures()
    {
        TestSink sink = new(static _ => throw new IOException("no room on the disk"));
        SinkStatus status = Run(sink, s_quick with { DisableAfter = 3, Capacity = 16 });
        Assert.Equal((Steps * PerStep, 0L, Steps * PerStep), (status.Offered, status.Written, status.Dropped));
        Assert.InRange(status.Failures, 1, 3);
        Assert.Equal(status.Failures, sink.Calls);
        Assert.Equal(status.Failures == 3, status.Disabled);
        Assert.Equal("no room on the disk", status.LastError);
        Assert.True(sink.IsDisposed);
    }

    [Fact]
    public void Steps_SinkThatThrowsEveryThirdTime_WhatItTookIsWhatIsCounted()
    {
        TestSink sink = new(static call => _ = call % 3 == 0 ? throw new IOException("every third") : 0);
        SinkStatus status = Run(sink, s_quick with { Capacity = 32, WhenFull = WhenFull.Wait });
        Assert.Equal(Steps * PerStep, status.Offered);
        Assert.Equal(status.Offered, status.Written + status.Dropped);
        Assert.Equal(sink.Records.Count, status.Written);
        Assert.Equal(sink.Calls / 3, status.Failures);
        // Batches are at most 32 records: there were enough for several failures.
        Assert.InRange(status.Failures, 2, sink.Calls);
        Assert.False(status.Disabled);
    }

    [Fact]
    public void Steps_SlowSink_DropsWhatHasNoRoomAndKeepsTheOrder()
    {
        using ManualResetEventSlim go = new(false);
        TestSink sink = new(_ => go.Wait(TestContext.Current.CancellationToken));
        // While the sink holds its first batch, the ring of 64 takes ten steps of 6 records and no more.
        const int Taken = 60, Refused = (Steps * PerStep) - Taken;
        SinkStatus status = Run(sink, s_quick with { Capacity = 64 }, queue =>
        {
            Assert.Equal((Steps * PerStep, 0L, Refused, Taken), (queue.Status.Offered, queue.Status.Written, queue.Status.Dropped, queue.Status.Pending));
            go.Set();
        });
        Assert.Equal((Taken, Taken), (sink.Records.Count, status.Written));
        Assert.Equal(sink.Records.Select(static record => record.Step).Order(), sink.Records.Select(static record => record.Step));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Records_EveryNthStep_AreComplete(int every)
    {
        TestSink sink = new();
        SinkStatus status = Run(sink, s_quick with { Every = every, Capacity = 16, WhenFull = WhenFull.Wait });
        int steps = (Steps + every - 1) / every;
        Assert.Equal((steps * PerStep, 0L), (status.Written, status.Dropped));
        Assert.Equal(Enumerable.Range(0, steps).SelectMany(step => Enumerable.Repeat((long)step * every, PerStep)), sink.Records.Select(static record => record.Step));
    }

    [Theory]
    [InlineData(CellKind.Lstm, "input gate,output gate,forget gate,cell gate,c,h")]
    [InlineData(CellKind.Gru, "update gate,reset gate,hidden gate,h")]
    [InlineData(CellKind.Rnn, "hidden gate,h")]
    public void Records_OfAStep_AreTheFiguresOfTheFrame(CellKind kind, string names)
    {
        using LatchModel model = TestModel.Create(kind);
        GateRecording recording = new(model, 50);
        TestSink sink = new();
        using (TelemetryQueue queue = new(model, sink, s_quick))
        {
            Session session = model.CreateSession();
            ProbePair<TelemetryProbe, RecordingProbe> pair = new(queue.Probe, recording.Probe);
            for (int step = 0; step < 50; step++)
                session.Step(TestModel.Sample(step), new float[model.OutputSize], ref pair);
        }
        string[] quantities = names.Split(',');
        Assert.Equal(Enumerable.Range(0, 50).SelectMany(_ => quantities), sink.Records.Select(static record => record.Quantity.Name()));
        LayerRecording layer = recording.Layers[0];
        for (int step = 0; step < 50; step++)
        {
            double[][] values = [.. GateOrder.Of(kind).Select(gate => Real(layer.Gate(gate, step), 24)), .. kind == CellKind.Lstm ? (double[][])[Real(layer.Cell(step), layer.Definition.CellFractionBits)] : [], Real(layer.Hidden(step), 24)];
            for (int quantity = 0; quantity < values.Length; quantity++)
                AssertSums(values[quantity], Ends(quantities[quantity], layer.Definition), sink.Records[(step * values.Length) + quantity]);
        }
    }

    [Fact]
    public void Write_FailureThatEnds_SinkIsTriedAgainAfterItsTime()
    {
        ManualClock clock = new();
        using SemaphoreSlim called = new(0);
        TestSink sink = new(call =>
        {
            called.Release();
            _ = call == 1 ? throw new IOException("for a while") : 0;
        });
        using LatchModel model = TestModel.Create();
        TelemetryQueue queue = new(model, sink, s_quick with { RetryAfter = TimeSpan.FromMinutes(1), Clock = clock });
        Session session = model.CreateSession();
        TelemetryProbe probe = queue.Probe;
        session.Step(TestModel.Sample(0), new float[model.OutputSize], ref probe);
        Assert.True(called.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        session.Step(TestModel.Sample(1), new float[model.OutputSize], ref probe);
        // The clock stands: the sink is left alone, however long we wait.
        Assert.False(called.Wait(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        Assert.Equal((1, PerStep), (sink.Calls, queue.Status.Pending));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(called.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        queue.Dispose();
        Assert.Equal((PerStep, PerStep, 1L, false), (queue.Status.Written, queue.Status.Dropped, queue.Status.Failures, queue.Status.Disabled));
    }

    [Fact]
    public void Step_WatchedByAQueue_AllocatesNothing()
    {
        using LatchModel model = TestModel.Create();
        using TelemetryQueue queue = new(model, new CsvSink(Stream.Null), s_quick);
        Session session = model.CreateSession();
        TelemetryProbe probe = queue.Probe;
        float[] sample = TestModel.Sample(1), result = new float[model.OutputSize];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () => session.Step(sample, result, ref probe)));
    }

    [Fact]
    public void Queue_WrongNumbers_AreRefused()
    {
        using LatchModel model = TestModel.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => new TelemetryQueue(model, new TestSink(), s_quick with { Capacity = PerStep - 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TelemetryQueue(model, new TestSink(), s_quick with { Every = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TelemetryQueue(model, new TestSink(), s_quick with { DisableAfter = 0 }));
    }

    /// <summary>Steps a model under a queue; its results must be those of an unwatched session.</summary>
    private static SinkStatus Run(TestSink sink, TelemetryQueueOptions options, Action<TelemetryQueue>? stepped = null)
    {
        using LatchModel model = TestModel.Create();
        float[][] expected = TestModel.Results(model, Steps);
        TelemetryQueue queue = new(model, sink, options);
        Session session = model.CreateSession();
        TelemetryProbe probe = queue.Probe;
        float[] result = new float[model.OutputSize];
        for (int step = 0; step < Steps; step++)
        {
            session.Step(TestModel.Sample(step), result, ref probe);
            Assert.Equal(expected[step], result);
        }
        stepped?.Invoke(queue);
        queue.Dispose();
        Assert.Equal(Steps, queue.Steps);
        Assert.Equal(0, queue.Status.Pending);
        return queue.Status;
    }

    private static double[] Real(ReadOnlySpan<int> values, int fractionBits)
    {
        double[] reals = new double[values.Length];
        for (int i = 0; i < reals.Length; i++)
            reals[i] = values[i] / Math.Pow(2, fractionBits);
        return reals;
    }

    /// <summary>Where the lowest tenth of a quantity's range ends and the highest begins: 0 to 1 for gates, -1 to 1 for candidates and h, the calibrated range for c.</summary>
    private static (double Low, double High) Ends(string quantity, RecurrentLayer layer) => quantity switch
    {
        "cell gate" or "hidden gate" or "h" => (-0.8, 0.8),
        "c" => layer.CellRange > 0 ? (-0.8 * layer.CellRange, 0.8 * layer.CellRange) : (-0.8 * 128, 0.8 * 128),
        _ => (0.1, 0.9),
    };

    private static void AssertSums(double[] values, (double Low, double High) ends, TelemetryRecord record)
    {
        Assert.Equal(values.Average(), record.Mean, 1e-12);
        Assert.Equal((values.Min(), values.Max()), (record.Min, record.Max));
        Assert.Equal(values.Count(value => value < ends.Low) / (double)values.Length, record.Below);
        Assert.Equal(values.Count(value => value > ends.High) / (double)values.Length, record.Above);
    }
}
