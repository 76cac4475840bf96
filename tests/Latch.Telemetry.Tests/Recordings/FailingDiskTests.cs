using Latch.Runtime;
using Latch.Telemetry.Recordings;

namespace Latch.Telemetry.Tests.Recordings;

/// <summary>A disk that is full, read-only or stuck never stops the steps; what is lost is counted, and what is left can be replayed.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private const int Steps = 1000;

    private readonly TemporaryFolder _folder = new();
    private readonly LatchModel _model = TestModel.Create();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Record_FolderThatIsAFile_DropsEverythingAndSaysWhy()
    {
        string file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        Session session = _model.CreateSession();
        Recorder recorder = new(_model, session, ModelFingerprint.Of(_model.Definition), file);
        RecorderStatus status = Finish(session, recorder, null);
        Assert.Equal((Steps, 0L, Steps), (status.Offered, status.Written, status.Dropped));
        Assert.InRange(status.Failures, 1, Steps);
        Assert.Contains("file", status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_DiskThatMayNotBeWritten_IsTriedAgainAfterItsTime()
    {
        ManualClock clock = new();
        int tries = 0;
        Session session = _model.CreateSession();
        Recorder recorder = new(_model, session, ModelFingerprint.Of(_model.Definition), _folder.Path, Options(clock), null, _ =>
        {
            Interlocked.Increment(ref tries);
            throw new UnauthorizedAccessException("read-only file system");
        });
        // 100 Hz for 10 s: the second and last try is due when the first is 5 s old.
        RecorderStatus status = Finish(session, recorder, clock, () => SpinWait.SpinUntil(() => recorder.Status.Failures > 0, TimeSpan.FromSeconds(60)), () =>
        {
            SpinWait.SpinUntil(() => recorder.Status.Dropped >= Steps, TimeSpan.FromSeconds(60));
            Assert.Equal((Steps, 0L, Steps), (recorder.Status.Offered, recorder.Status.Written, recorder.Status.Dropped));
        });
        Assert.Equal((Steps, 0L, Steps, "read-only file system"), (status.Offered, status.Written, status.Dropped, status.LastError));
        Assert.InRange(status.Failures, 1, 3);
        Assert.Equal(tries, status.Failures);
    }

    /// <summary>Every third block stops half-way. Whatever the threads do, the replay finds exactly the steps that count as written.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Record_DiskThatFailsNowAndThen_LosesWhatItCounts(int every)
    {
        int writes = 0;
        Session session = _model.CreateSession();
        RecordingOptions options = new() { BlockBytes = 4096, RetryAfter = TimeSpan.Zero, WhenFull = Telemetry.Sinks.WhenFull.Wait, QueueBytes = 8192 };
        Recorder recorder = new(_model, session, ModelFingerprint.Of(_model.Definition), _folder.Path, options, null, path => new FailingStream(WrappedStream.NewFile(path), () => ++writes % every == 0));
        RecorderStatus status = Finish(session, recorder, null);
        Assert.Equal(Steps, status.Offered);
        Assert.Equal(status.Offered, status.Written + status.Dropped);
        Assert.InRange(status.Failures, 1, Steps);
        Assert.InRange(status.Written, 1, Steps - 1);
        Assert.Equal(_folder.Files.Sum(static path => new FileInfo(path).Length), status.DiskBytes);
        Replay replay = TestRecording.Replay(_model, _folder.Path);
        Assert.Equal((status.Written, null), (replay.Steps, replay.Difference));
        Assert.Contains(RecordingFlaw.Torn, replay.Remarks.Select(static remark => remark.Flaw));
    }

    [Fact]
    public void Record_DiskThatNeverComesBack_GoesOnAndCountsAll()
    {
        using ManualResetEventSlim never = new(false);
        Session session = _model.CreateSession();
        RecordingOptions options = new() { CloseLimit = TimeSpan.FromMilliseconds(50), QueueBytes = 4096 };
        Recorder recorder = new(_model, session, ModelFingerprint.Of(_model.Definition), _folder.Path, options, null, _ =>
        {
            never.Wait(TestContext.Current.CancellationToken);
            throw new IOException("too late");
        });
        RecorderStatus status = Finish(session, recorder, null);
        Assert.Equal((Steps, 0L, Steps), (status.Offered, status.Written, status.Dropped));
        Assert.Contains("did not come back", status.LastError, StringComparison.Ordinal);
        never.Set();
    }

    private static RecordingOptions Options(ManualClock clock) => new() { Clock = clock, RetryAfter = TimeSpan.FromSeconds(5) };

    /// <summary>Takes all steps, 10 ms apart; the results must be those of an unrecorded session.</summary>
    private RecorderStatus Finish(Session session, Recorder recorder, ManualClock? clock, Action? afterFirst = null, Action? stepped = null)
    {
        float[][] expected = TestModel.Results(_model, Steps);
        float[] result = new float[_model.OutputSize];
        for (int step = 0; step < Steps; step++)
        {
            session.Step(TestModel.Sample(step), result);
            recorder.Record(TestRecording.Time(step));
            clock?.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal(expected[step], result);
            if (step == 0)
                afterFirst?.Invoke();
        }
        stepped?.Invoke();
        recorder.Dispose();
        Assert.Equal(0, recorder.Status.Pending);
        return recorder.Status;
    }
}
