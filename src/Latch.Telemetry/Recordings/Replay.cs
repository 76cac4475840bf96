using System.Buffers.Binary;
using Latch.Runtime;

namespace Latch.Telemetry.Recordings;

/// <summary>The first integer of a replay that is another one than was recorded.</summary>
/// <param name="Step">Number of the step, as <see cref="GateFrame.Step"/>; of a snapshot, the step it stands before.</param>
/// <param name="Segment">The segment's file.</param>
/// <param name="What">What differs, with both values.</param>
public sealed record ReplayDifference(long Step, string Segment, string What);

/// <summary>
/// Steps a model through the recorded input codes and compares output codes and checksums of the state, step by step. Each segment begins with its own snapshot and
/// forces; where it follows the one before without a gap, the snapshot too must be the state that was reached.
/// </summary>
public sealed class Replay : IDisposable
{
    private readonly Recording _recording;
    private readonly short[] _inputs;
    private readonly short[] _outputs;
    private readonly short[] _recorded;
    private readonly int[] _state;
    private readonly List<RecordingRemark> _remarks;
    private SegmentReader? _reader;
    private RecordingSegment? _segment;
    private int _segments;

    /// <summary>Prepares a replay.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="model">The model it was made with.</param>
    /// <param name="modelSha256">What <see cref="ModelFingerprint"/> says of that model.</param>
    /// <exception cref="RecordingException">A segment was recorded with another model.</exception>
    public Replay(Recording recording, LatchModel model, string modelSha256)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(model);
        (_recording, Session, _remarks) = (recording, model.CreateSession(), [.. recording.Remarks]);
        (_inputs, _outputs, _recorded) = (new short[model.InputSize], new short[model.OutputSize], new short[model.OutputSize]);
        _state = new int[Session.StateSize];
        foreach (RecordingSegment segment in recording.Segments)
            Check(segment, model, modelSha256);
    }

    /// <summary>The session the steps are taken in.</summary>
    public Session Session { get; }

    /// <summary>Steps replayed so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Segments begun so far.</summary>
    public int Segments => _segments;

    /// <summary>Time of the last step; null when the recording holds none.</summary>
    public DateTimeOffset? Time { get; private set; }

    /// <summary>Input codes of the last step.</summary>
    public ReadOnlySpan<short> InputCodes => _inputs;

    /// <summary>Output codes of the last step, as computed here.</summary>
    public ReadOnlySpan<short> OutputCodes => _outputs;

    /// <summary>The first difference; null as long as everything is the same.</summary>
    public ReplayDifference? Difference { get; private set; }

    /// <summary>What is missing or not whole, as far as was read.</summary>
    public IReadOnlyList<RecordingRemark> Remarks => _remarks;

    /// <summary>Replays the next step.</summary>
    /// <param name="probe">Watches it.</param>
    /// <returns>False at the end of the recording, and after a difference.</returns>
    /// <exception cref="IOException">A segment cannot be read.</exception>
    /// <exception cref="RecordingException">A segment states a force that the model does not know.</exception>
    public bool Next<TProbe>(ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        if (Difference is not null)
            return false;
        ReadOnlySpan<byte> step;
        while (_reader is null || !_reader.TryRead(out step))
        {
            if (!NextSegment())
                return false;
        }
        SegmentHeader header = _segment!.Header;
        if (header.HasTimes)
        {
            Time = At(header.StartTime, BinaryPrimitives.ReadInt32LittleEndian(step));
            step = step[SegmentFormat.TimeBytes..];
        }
        step = RecordedTensor.Unpack((RecordedTensor[])header.Inputs, step, _inputs);
        step = RecordedTensor.Unpack((RecordedTensor[])header.Outputs, step, _recorded);
        Session.Step(_inputs, _outputs, ref probe);
        Steps++;
        Compare(BinaryPrimitives.ReadUInt64LittleEndian(step));
        return true;
    }

    /// <summary>Closes the segment that is read.</summary>
    public void Dispose() => _reader?.Dispose();

    private DateTimeOffset At(DateTimeOffset start, int milliseconds)
    {
        long ticks = start.UtcTicks + (milliseconds * TimeSpan.TicksPerMillisecond);
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw new RecordingException($"{_segment!.Path}: a time lies {milliseconds} ms from {start:O}, which no calendar holds. The segment is damaged.");
    }

    private void Check(RecordingSegment segment, LatchModel model, string modelSha256)
    {
        if (!string.Equals(segment.Header.ModelSha256, modelSha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new RecordingException($"{segment.Path}: it was recorded with another model: its file has the SHA-256 {segment.Header.ModelSha256}, this one {modelSha256}. "
                + "Replay it with the model it was made with.");
        }
        if (!model.CanStep)
            throw new RecordingException($"{segment.Path}: this model takes whole windows only and cannot be replayed: {model.NotStreamableReason}");
        var plan = model.Definition.Step!;
        if (!segment.Header.Inputs.SequenceEqual(RecordedTensor.Of(plan, plan.Inputs)) || !segment.Header.Outputs.SequenceEqual(RecordedTensor.Of(plan, plan.Outputs)))
            throw new RecordingException($"{segment.Path}: its inputs and outputs are not those of the model. It is damaged, or was written by another version.");
        if (segment.Header.State.Length != Session.StateSize)
            throw new RecordingException($"{segment.Path}: its snapshot has {segment.Header.State.Length} integers, the model's state another number. It was written by another version.");
    }

    private bool NextSegment()
    {
        bool follows = _segment is not null && _reader?.Remark is null;
        if (_reader?.Remark is { } remark)
            _remarks.Add(remark);
        _reader?.Dispose();
        _reader = null;
        if (Difference is not null || _segments == _recording.Segments.Count)
            return false;
        RecordingSegment next = _recording.Segments[_segments++];
        follows &= next.Number == _segment?.Number + 1;
        if (follows)
            Follow(next);
        _segment = next;
        if (Difference is not null)
            return false;
        Session.LoadState(next.Header.State.Span);
        Force(next);
        _reader = new SegmentReader(next);
        return true;
    }

    private void Force(RecordingSegment segment)
    {
        try
        {
            segment.Header.Forces.Apply(Session.Gates);
        }
        catch (ArgumentException exception)
        {
            throw new RecordingException($"{segment.Path}: a force it states cannot be set: {exception.Message}", exception);
        }
    }

    /// <summary>Compares a snapshot with the state that was reached, where no step is missing between.</summary>
    private void Follow(RecordingSegment next)
    {
        long reached = Session.StepCount, start = next.Header.StartStep;
        if (start != reached || !next.Header.Continues)
        {
            string why = start > reached ? $"steps {reached} to {start - 1} were not recorded" : "the session was reset or its state changed, or another session began";
            _remarks.Add(new RecordingRemark(RecordingFlaw.Gap, $"{next.Path}: it begins after {start} steps, and the one before ends after {reached}: {why}. It begins with a snapshot of its own."));
            return;
        }
        Session.SaveState(_state);
        int at = _state.AsSpan().CommonPrefixLength(next.Header.State.Span);
        if (at < _state.Length)
            Difference = new ReplayDifference(start, next.Path, $"integer {at} of the snapshot: recorded {next.Header.State.Span[at]}, replayed {_state[at]}");
    }

    private void Compare(ulong checksum)
    {
        Session.SaveState(_state);
        ulong replayed = StateChecksum.Of(_state);
        int at = _outputs.AsSpan().CommonPrefixLength(_recorded);
        if (at < _outputs.Length)
            Differs($"output code {at}: recorded {_recorded[at]}, replayed {_outputs[at]}");
        else if (replayed != checksum)
            Differs($"checksum of the state: recorded {checksum:x16}, replayed {replayed:x16}");
    }

    private void Differs(string what) => Difference = new ReplayDifference(Session.StepCount - 1, _segment!.Path, what);
}
