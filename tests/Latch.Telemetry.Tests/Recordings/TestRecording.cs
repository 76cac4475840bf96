using Latch.Runtime;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Recordings;

/// <summary>Records steps of a model, and replays them.</summary>
internal static class TestRecording
{
    /// <summary>A header takes about 250 bytes and a step less than 40: some dozens of steps a segment.</summary>
    public static RecordingOptions SmallSegments => new() { SegmentBytes = 4096, TotalBytes = 1 << 20, WhenFull = WhenFull.Wait };

    public static RecorderStatus Record(LatchModel model, string folder, int steps, RecordingOptions? options = null)
    {
        Session session = model.CreateSession();
        Recorder recorder = new(model, session, ModelFingerprint.Of(model.Definition), folder, options ?? SmallSegments);
        Steps(model, session, recorder, 0, steps);
        recorder.Dispose();
        return recorder.Status;
    }

    public static void Steps(LatchModel model, Session session, Recorder recorder, int first, int count)
    {
        float[] result = new float[model.OutputSize];
        for (int step = first; step < first + count; step++)
        {
            session.Step(TestModel.Sample(step), result);
            recorder.Record(Time(step));
        }
    }

    public static DateTimeOffset Time(long step) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(10 * step);

    /// <summary>Replays to the end.</summary>
    public static Replay Replay(LatchModel model, string folder)
    {
        Replay replay = new(Recording.Open(folder), model, ModelFingerprint.Of(model.Definition));
        NoGateProbe probe = default;
        while (replay.Next(ref probe))
        {
        }
        replay.Dispose();
        return replay;
    }
}
