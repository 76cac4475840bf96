using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Recordings;

public sealed class RecorderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CellKind.Lstm, false)]
    [InlineData(CellKind.Lstm, true)]
    [InlineData(CellKind.Gru, false)]
    [InlineData(CellKind.Rnn, false)]
    public void Replay_OfARecording_HasTheSameIntegers(CellKind kind, bool wide)
    {
        using LatchModel model = TestModel.Create(kind, wide: wide);
        RecorderStatus status = TestRecording.Record(model, _folder.Path, 700);
        Assert.Equal((700, 700L, 0L, 0L), (status.Offered, status.Written, status.Dropped, status.Failures));
        Assert.InRange(status.Segments, 3, 100);
        Assert.Equal(_folder.Files.Sum(static path => new FileInfo(path).Length), status.DiskBytes);
        Replay replay = TestRecording.Replay(model, _folder.Path);
        Assert.Null(replay.Difference);
        Assert.Empty(replay.Remarks);
        Assert.Equal((700, status.Segments), (replay.Steps, (long)replay.Segments));
    }

    [Fact]
    public void Replay_Steps_AreTheCodesAndTimesOfTheSession()
    {
        using LatchModel model = TestModel.Create();
        TestRecording.Record(model, _folder.Path, 300);
        using Replay replay = new(Recording.Open(_folder.Path), model, ModelFingerprint.Of(model.Definition));
        Session session = model.CreateSession();
        GateRecording gates = new(model, 1), again = new(model, 1);
        (RecordingProbe probe, RecordingProbe replayed) = (gates.Probe, again.Probe);
        short[] inputs = new short[model.InputSize], outputs = new short[model.OutputSize];
        for (int step = 0; step < 300; step++)
        {
            session.Step(TestModel.Sample(step), new float[model.OutputSize], ref probe);
            session.ReadInputCodes(inputs);
            session.ReadOutputCodes(outputs);
            Assert.True(replay.Next(ref replayed));
            Assert.Equal(inputs, replay.InputCodes);
            Assert.Equal(outputs, replay.OutputCodes);
            Assert.Equal(TestRecording.Time(step), replay.Time);
            Assert.Equal(gates.Layers[0].Gates(0), again.Layers[0].Gates(0));
        }
        Assert.False(replay.Next(ref replayed));
    }

    [Fact]
    public void Replay_ResultsWithAndWithoutARecorder_AreTheSame()
    {
        using LatchModel model = TestModel.Create();
        float[][] expected = TestModel.Results(model, 100);
        Session session = model.CreateSession();
        using Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), _folder.Path);
        float[] result = new float[model.OutputSize];
        for (int step = 0; step < 100; step++)
        {
            session.Step(TestModel.Sample(step), result);
            recorder.Record();
            Assert.Equal(expected[step], result);
        }
    }

    [Fact]
    public void Record_ForcesThatChange_ReplayToo()
    {
        using LatchModel model = TestModel.Create();
        Session session = model.CreateSession();
        RecordedForces first = new([ForcedGate.To(0, Gate.Forget, GateForce.Closed, 1, 3), ForcedGate.ToValue(0, Gate.Input, 0.25)], []);
        RecordedForces second = new([ForcedGate.To(0, Gate.Output, GateForce.Hold, 2)], [0]);
        first.Apply(session.Gates);
        Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), _folder.Path, TestRecording.SmallSegments, first);
        TestRecording.Steps(model, session, recorder, 0, 50);
        second.Apply(session.Gates);
        recorder.Restart(second);
        TestRecording.Steps(model, session, recorder, 50, 50);
        recorder.Dispose();
        Replay replay = TestRecording.Replay(model, _folder.Path);
        Assert.Null(replay.Difference);
        Assert.Equal(100, replay.Steps);
        Assert.Empty(replay.Remarks);
        IReadOnlyList<RecordingSegment> segments = Recording.Open(_folder.Path).Segments;
        RecordedForces read = segments[0].Header.Forces;
        Assert.Equal([1, 3], read.Gates[0].Units);
        Assert.Equal((GateForce.Closed, null, 1 << 22), (read.Gates[0].Force, read.Gates[1].Force, read.Gates[1].Value));
        Assert.Empty(read.CutLayers);
        Assert.Equal([0], segments[^1].Header.Forces.CutLayers);
    }

    [Fact]
    public void Record_ResetAndLoadedState_BeginSegmentsOfTheirOwn()
    {
        using LatchModel model = TestModel.Create();
        Session session = model.CreateSession();
        Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), _folder.Path, new RecordingOptions { WhenFull = WhenFull.Wait });
        TestRecording.Steps(model, session, recorder, 0, 20);
        int[] state = new int[session.StateSize];
        session.SaveState(state);
        session.Reset();
        TestRecording.Steps(model, session, recorder, 0, 30);
        session.LoadState(state);
        recorder.Restart();
        TestRecording.Steps(model, session, recorder, 40, 10);
        recorder.Dispose();
        Assert.Equal((60, 60L), (recorder.Status.Offered, recorder.Status.Written));
        Replay replay = TestRecording.Replay(model, _folder.Path);
        Assert.Null(replay.Difference);
        Assert.Equal((60, 3), (replay.Steps, replay.Segments));
        Assert.Equal([RecordingFlaw.Gap, RecordingFlaw.Gap], replay.Remarks.Select(static remark => remark.Flaw));
    }

    [Fact]
    public void Record_StepThatWasNotRecorded_LeavesAGapAndGoesOn()
    {
        using LatchModel model = TestModel.Create();
        Session session = model.CreateSession();
        Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), _folder.Path, new RecordingOptions { WhenFull = WhenFull.Wait });
        TestRecording.Steps(model, session, recorder, 0, 20);
        session.Step(TestModel.Sample(20), new float[model.OutputSize]);
        TestRecording.Steps(model, session, recorder, 21, 20);
        recorder.Dispose();
        // The state before step 21 is not known: that step is lost, the next begins a segment.
        Assert.Equal((40, 39L, 1L), (recorder.Status.Offered, recorder.Status.Written, recorder.Status.Dropped));
        Replay replay = TestRecording.Replay(model, _folder.Path);
        Assert.Null(replay.Difference);
        Assert.Equal((39, 2), (replay.Steps, replay.Segments));
        Assert.Contains("steps 20 to 21 were not recorded", Assert.Single(replay.Remarks).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_FolderWithSegments_ContinuesTheirNumbers()
    {
        using LatchModel model = TestModel.Create();
        TestRecording.Record(model, _folder.Path, 10);
        TestRecording.Record(model, _folder.Path, 15);
        Replay replay = TestRecording.Replay(model, _folder.Path);
        Assert.Equal((25, 2, null), (replay.Steps, replay.Segments, replay.Difference));
        Assert.Equal([1L, 2L], Recording.Open(_folder.Path).Segments.Select(static segment => segment.Number));
    }

    [Fact]
    public void Record_MoreThanTheLimit_DeletesTheOldest()
    {
        using LatchModel model = TestModel.Create();
        RecorderStatus status = TestRecording.Record(model, _folder.Path, 3000, TestRecording.SmallSegments with { TotalBytes = 20_000 });
        Assert.InRange(_folder.Files.Sum(static path => new FileInfo(path).Length), 20_000 - (2 * 4096), 20_000);
        Assert.Equal(status.Segments - status.SegmentsDeleted, _folder.Files.Count);
        Assert.All(_folder.Files, static path => Assert.InRange(new FileInfo(path).Length, 1, 4096));
        Replay replay = TestRecording.Replay(model, _folder.Path);
        Assert.Null(replay.Difference);
        Assert.Equal(3000, replay.Session.StepCount);
        Assert.Equal(RecordingFlaw.MissingSegment, Assert.Single(replay.Remarks).Flaw);
    }

    [Fact]
    public void Record_AgeAndTimesThatDoNotFit_BeginSegments()
    {
        using LatchModel model = TestModel.Create();
        Session session = model.CreateSession();
        ManualClock clock = new();
        Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), _folder.Path, new RecordingOptions { Clock = clock, SegmentAge = TimeSpan.FromMinutes(10) });
        DateTimeOffset time = clock.GetUtcNow();
        for (int step = 0; step < 30; step++)
        {
            session.Step(TestModel.Sample(step), new float[model.OutputSize]);
            recorder.Record(time);
            clock.Advance(TimeSpan.FromMinutes(1));
            // 25 days do not fit in 32 bits of milliseconds.
            time += step == 14 ? TimeSpan.FromDays(25) : TimeSpan.FromMinutes(1);
        }
        recorder.Dispose();
        // Steps 0 to 9, 10 to 14, 15 to 24, 25 to 29.
        Assert.Equal([0L, 10, 15, 25], Recording.Open(_folder.Path).Segments.Select(static segment => segment.Header.StartStep));
        Replay replay = TestRecording.Replay(model, _folder.Path);
        Assert.Equal((30, null), (replay.Steps, replay.Difference));
        Assert.Empty(replay.Remarks);
        Assert.Equal(time - TimeSpan.FromMinutes(1), replay.Time);
    }

    [Fact]
    public void Record_TenThousandSteps_AllocatesNothing()
    {
        using LatchModel model = TestModel.Create();
        Session session = model.CreateSession();
        using Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), _folder.Path, TestRecording.SmallSegments);
        float[] sample = TestModel.Sample(1), result = new float[model.OutputSize];
        // Segments begin on the way: their snapshots allocate nothing either.
        Assert.Equal(0, AllocatedBytes.Of(10_000, Step));

        void Step()
        {
            session.Step(sample, result);
            recorder.Record(DateTimeOffset.UnixEpoch);
        }
    }

    [Fact]
    public void Recorder_WrongArguments_AreRefused()
    {
        using LatchModel model = TestModel.Create();
        Session session = model.CreateSession();
        string hash = ModelFingerprint.Of(model.Definition);
        Assert.Contains("SHA-256", Assert.Throws<ArgumentException>(() => new Recorder(model, session, "abc", _folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("two segments", Assert.Throws<ArgumentException>(() => new Recorder(model, session, hash, _folder.Path, new RecordingOptions { TotalBytes = 1 << 20 })).Message, StringComparison.Ordinal);
        Assert.Contains("holds no step", Assert.Throws<ArgumentException>(() => new Recorder(model, session, hash, _folder.Path, new RecordingOptions { SegmentBytes = 1500 })).Message, StringComparison.Ordinal);
        Assert.Contains("BlockBytes", Assert.Throws<ArgumentException>(() => new Recorder(model, session, hash, _folder.Path, new RecordingOptions { BlockBytes = 100 })).Message, StringComparison.Ordinal);
        FloatLayer backward = new(new LayerOptions(CellKind.Lstm, 1, 2) { Reverse = true }, new Random(1));
        using LatchModel windows = LatchModel.Create(LayerQuantizer.Model(backward, steps: 4));
        Assert.Contains("whole windows only", Assert.Throws<ArgumentException>(() => new Recorder(windows, windows.CreateSession(), hash, _folder.Path)).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Fingerprint_OfFileAndDefinition_AreTheFrameworksSha256()
    {
        using LatchModel model = TestModel.Create();
        string path = Path.Combine(_folder.Path, "a.latch");
        ModelWriter.Write(model.Definition, path);
        string expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        Assert.Equal((expected, expected), (ModelFingerprint.OfFile(path), ModelFingerprint.Of(model.Definition)));
    }
}
