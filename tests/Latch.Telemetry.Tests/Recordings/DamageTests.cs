using System.Buffers.Binary;
using Latch.Runtime;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Recordings;

/// <summary>What a replay finds and says when a recording is not what was written.</summary>
public sealed class DamageTests : IDisposable
{
    // Two int8 inputs, five int16 outputs, a time and a checksum.
    private const int StepBytes = 4 + 2 + 10 + 8;
    private const int StepsPerChunk = (4096 - 20) / StepBytes;

    private readonly TemporaryFolder _folder = new();
    private readonly LatchModel _model = TestModel.Create();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 0, "output code 4: recorded ", 14)]
    [InlineData(150, 150, "output code 0: recorded ", 6)]
    [InlineData(333, 333, "checksum of the state: recorded ", 16)]
    public void Replay_ChangedIntegerWithItsCrc_NamesStepAndInteger(int step, int expected, string what, int byteOfStep)
    {
        byte[] file = OneSegment(400);
        int chunk = ChunkAt(file, step / StepsPerChunk);
        file[chunk + 16 + (step % StepsPerChunk * StepBytes) + byteOfStep] ^= 1;
        Seal(file, chunk);
        File.WriteAllBytes(_folder.Files[0], file);
        Replay replay = TestRecording.Replay(_model, _folder.Path);
        Assert.Equal((expected, expected + 1), (replay.Difference!.Step, replay.Steps));
        Assert.StartsWith(what, replay.Difference.What, StringComparison.Ordinal);
        Assert.Equal(_folder.Files[0], replay.Difference.Segment);
    }

    [Fact]
    public void Replay_ChangedInput_DiffersAtThatStep()
    {
        byte[] file = OneSegment(50);
        int chunk = ChunkAt(file, 0);
        file[chunk + 16 + (20 * StepBytes) + 4] ^= 16;
        Seal(file, chunk);
        File.WriteAllBytes(_folder.Files[0], file);
        Assert.Equal(20, TestRecording.Replay(_model, _folder.Path).Difference!.Step);
    }

    [Fact]
    public void Replay_ChangedSnapshot_IsSeenWhereTheSegmentsMeet()
    {
        TestRecording.Record(_model, _folder.Path, 400);
        string second = _folder.Files[1];
        byte[] file = File.ReadAllBytes(second);
        int header = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        file[header - 8] ^= 1;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(header - 4), BitwiseCrc(file.AsSpan(0, header - 4)));
        File.WriteAllBytes(second, file);
        Replay replay = TestRecording.Replay(_model, _folder.Path);
        long start = Recording.Open(_folder.Path).Segments[1].Header.StartStep;
        Assert.Equal((start, start, second), (replay.Difference!.Step, replay.Steps, replay.Difference.Segment));
        Assert.Contains("of the snapshot: recorded ", replay.Difference.What, StringComparison.Ordinal);
    }

    /// <summary>A power cut leaves any length of the file: all whole chunks are read.</summary>
    [Fact]
    public void Replay_FileCutAnywhere_ReadsTheWholeChunksBefore()
    {
        byte[] file = OneSegment(400);
        int header = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        int[] ends = [header, ChunkAt(file, 1), ChunkAt(file, 2), file.Length];
        int[] steps = [0, StepsPerChunk, 2 * StepsPerChunk, 400];
        for (int length = header; length < file.Length; length += 101)
        {
            File.WriteAllBytes(_folder.Files[0], file[..length]);
            int whole = Array.FindLastIndex(ends, end => end <= length);
            Replay replay = TestRecording.Replay(_model, _folder.Path);
            Assert.Equal((steps[whole], null), (replay.Steps, replay.Difference));
            Assert.Equal(ends[whole] == length ? [] : [RecordingFlaw.Torn], replay.Remarks.Select(static remark => remark.Flaw));
        }
    }

    [Fact]
    public void Replay_ZerosAtTheEnd_AreACutOff()
    {
        byte[] file = OneSegment(400);
        int second = ChunkAt(file, 1);
        File.WriteAllBytes(_folder.Files[0], [.. file[..second], .. new byte[5000]]);
        Replay replay = TestRecording.Replay(_model, _folder.Path);
        Assert.Equal(StepsPerChunk, replay.Steps);
        RecordingRemark remark = Assert.Single(replay.Remarks);
        Assert.Equal(RecordingFlaw.Torn, remark.Flaw);
        Assert.Contains($"byte {second}", remark.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_EveryByteOfAChunkChanged_IsFoundAndNothingWrongIsReplayed()
    {
        byte[] file = OneSegment(400);
        int second = ChunkAt(file, 1), third = ChunkAt(file, 2);
        for (int at = second; at < third; at += 13)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 0x40;
            File.WriteAllBytes(_folder.Files[0], damaged);
            Replay replay = TestRecording.Replay(_model, _folder.Path);
            Assert.Equal((StepsPerChunk, null), (replay.Steps, replay.Difference));
            RecordingRemark remark = Assert.Single(replay.Remarks);
            Assert.Contains(_folder.Files[0], remark.Text, StringComparison.Ordinal);
            // A damaged length may also look like a file that was cut off.
            Assert.True(remark.Flaw == RecordingFlaw.Damaged || at < second + 8, $"byte {at}: {remark.Text}");
        }
    }

    [Fact]
    public void Open_EveryByteOfAHeaderChanged_IsFound()
    {
        byte[] file = OneSegment(10);
        int header = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        for (int at = 0; at < header; at++)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 0x10;
            File.WriteAllBytes(_folder.Files[0], damaged);
            Assert.Contains(_folder.Files[0], Assert.Throws<RecordingException>(() => Recording.Open(_folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Replay_MissingSegment_GoesOnAtTheNextSnapshot()
    {
        TestRecording.Record(_model, _folder.Path, 700);
        Recording whole = Recording.Open(_folder.Path);
        long missing = whole.Segments[2].Header.StartStep - whole.Segments[1].Header.StartStep;
        File.Delete(whole.Segments[1].Path);
        Replay replay = TestRecording.Replay(_model, _folder.Path);
        Assert.Equal((700 - missing, null), (replay.Steps, replay.Difference));
        RecordingRemark remark = Assert.Single(replay.Remarks);
        Assert.Equal(RecordingFlaw.MissingSegment, remark.Flaw);
        Assert.Contains("segment-00000002.latchrec is missing", remark.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_DamagedSegment_GoesOnAtTheNextSnapshot()
    {
        TestRecording.Record(_model, _folder.Path, 700);
        Recording whole = Recording.Open(_folder.Path);
        byte[] file = File.ReadAllBytes(whole.Segments[1].Path);
        file[^10] ^= 1;
        File.WriteAllBytes(whole.Segments[1].Path, file);
        Replay replay = TestRecording.Replay(_model, _folder.Path);
        Assert.Null(replay.Difference);
        Assert.Equal(700 - (whole.Segments[2].Header.StartStep - whole.Segments[1].Header.StartStep), replay.Steps);
        Assert.Equal(RecordingFlaw.Damaged, Assert.Single(replay.Remarks).Flaw);
    }

    [Fact]
    public void Replay_OtherModel_IsRefused()
    {
        OneSegment(10);
        using LatchModel other = TestModel.Create(seed: 5);
        RecordingException refused = Assert.Throws<RecordingException>(() => TestRecording.Replay(other, _folder.Path));
        Assert.Contains("another model", refused.Message, StringComparison.Ordinal);
        Assert.Contains(ModelFingerprint.Of(_model.Definition), refused.Message, StringComparison.Ordinal);
        // The integers tell too: the same recording under a wrong name differs.
        Replay replay = new(Recording.Open(_folder.Path), other, ModelFingerprint.Of(_model.Definition));
        NoGateProbe probe = default;
        while (replay.Next(ref probe))
        {
        }
        replay.Dispose();
        Assert.Equal(0, replay.Difference!.Step);
    }

    [Fact]
    public void Open_NoRecording_SaysSo()
    {
        Assert.Contains("no segment", Assert.Throws<RecordingException>(() => Recording.Open(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no such folder", Assert.Throws<RecordingException>(() => Recording.Open(Path.Combine(_folder.Path, "none"))).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder.Path, "segment-00000001.latchrec"), new string('x', 300));
        Assert.Contains("LATCHREC", Assert.Throws<RecordingException>(() => Recording.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    /// <summary>A recording of one segment with chunks of 4 KiB, which its README describes.</summary>
    private byte[] OneSegment(int steps)
    {
        TestRecording.Record(_model, _folder.Path, steps, new RecordingOptions { BlockBytes = 4096, WhenFull = WhenFull.Wait });
        return File.ReadAllBytes(Assert.Single(_folder.Files));
    }

    private static int ChunkAt(byte[] file, int index)
    {
        int at = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        for (; index > 0; index--)
            at += 20 + (BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4)) * StepBytes);
        return at;
    }

    private static void Seal(byte[] file, int chunk)
    {
        int length = 16 + (BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(chunk + 4)) * StepBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(chunk + length), BitwiseCrc(file.AsSpan(chunk, length)));
    }

    /// <summary>CRC-32 bit by bit, from its definition.</summary>
    private static uint BitwiseCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (((crc ^ (uint)(value >> bit)) & 1) == 1 ? 0xEDB88320u : 0);
        }
        return ~crc;
    }
}
