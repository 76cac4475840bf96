using System.Buffers.Binary;
using Latch.Runtime;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Recordings;

/// <summary>
/// Records the steps of a session as integers, so that any machine can replay them: a folder of segments, each with a snapshot of the state and, per step, input codes,
/// output codes and a checksum of the state after it. The gates are not recorded: a replay computes them again. Call <see cref="Record(DateTimeOffset)"/> after each step;
/// it allocates nothing and never sees a failure of the disk.
/// </summary>
/// <remarks>A step that was dropped ends its segment: the next step begins one, with a snapshot of its own.</remarks>
public sealed class Recorder : IDisposable
{
    private readonly LatchModel _model;
    private readonly Session _session;
    private readonly string _sha256;
    private readonly RecordingOptions _options;
    private readonly RecordedTensor[] _inputs;
    private readonly RecordedTensor[] _outputs;
    private readonly short[] _codes;
    private readonly ByteRing _ring;
    private readonly RecorderThread _thread;
    private SegmentTemplate _template;
    private int[] _before;
    private int[] _after;
    private long _step;
    private long _segmentTime;
    private long _segmentClock;
    private long _segmentSteps;
    private long _seenFailures;
    private bool _needsSegment = true;
    private bool _continues;

    /// <summary>Makes a recorder; the next step of the session is the first recorded.</summary>
    /// <param name="model">The session's model, which can step.</param>
    /// <param name="session">The session.</param>
    /// <param name="modelSha256">What <see cref="ModelFingerprint"/> says of the model.</param>
    /// <param name="folder">Folder of the segments; made when it is missing. Segments in it are kept, within the limit of all.</param>
    /// <param name="options">How disk and memory are used; null for the defaults.</param>
    /// <param name="forces">Forces in effect in the session.</param>
    /// <exception cref="ArgumentException">The model takes whole windows only, the options do not go together, or the hash is none.</exception>
    public Recorder(LatchModel model, Session session, string modelSha256, string folder, RecordingOptions? options = null, RecordedForces? forces = null)
        : this(model, session, modelSha256, folder, options, forces, static path => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
    {
    }

    /// <summary>As the public one, with files made by the caller.</summary>
    internal Recorder(
        LatchModel model, Session session, string modelSha256, string folder, RecordingOptions? options, RecordedForces? forces, Func<string, Stream> create)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(modelSha256);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (_options, _model, _session, _sha256) = (options ?? new RecordingOptions(), model, session, modelSha256);
        Budget = RecordingBudget.Of(model, session.StateSize, _options, forces);
        if (modelSha256.Length != 64 || !modelSha256.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"'{modelSha256}' is no SHA-256: it must have 64 hexadecimal digits.", nameof(modelSha256));
        _inputs = RecordedTensor.Of(model.Definition.Step!, model.Definition.Step!.Inputs);
        _outputs = RecordedTensor.Of(model.Definition.Step!, model.Definition.Step!.Outputs);
        _codes = new short[Math.Max(model.InputSize, model.OutputSize)];
        (_before, _after) = (new int[session.StateSize], new int[session.StateSize]);
        _template = new SegmentTemplate(model, modelSha256, session.StateSize, _options.Times, forces ?? RecordedForces.None);
        _ring = new ByteRing(Math.Max(_options.QueueBytes, QueueFor(Budget)));
        _thread = new RecorderThread(_ring, new SegmentWriter(folder, _options, Budget, create), _options);
        Restart();
    }

    /// <summary>What the recording takes on the disk.</summary>
    public RecordingBudget Budget { get; private set; }

    /// <summary>Bytes of memory the recorder holds, all taken when it was made: queue, block, two states.</summary>
    public long MemoryBytes => _ring.Capacity + Math.Max(_options.BlockBytes, Budget.StepBytes) + (2L * sizeof(int) * _before.Length) + _template.Bytes + (sizeof(short) * _codes.Length);

    /// <summary>What became of the steps so far. May be read from any thread.</summary>
    public RecorderStatus Status => _thread.Status;

    /// <summary>Records the step the session took last, with the clock's time.</summary>
    public void Record() => Record(_options.Clock.GetUtcNow());

    /// <summary>Records the step the session took last.</summary>
    /// <param name="time">Time of its sample; kept in whole milliseconds.</param>
    public void Record(DateTimeOffset time)
    {
        (long clock, long at) = (RecorderThread.Clock(_options.Clock), time.ToUnixTimeMilliseconds());
        (_before, _after) = (_after, _before);
        _session.SaveState(_after);
        long step = _session.StepCount;
        bool known = step == _step + 1;
        if (!known && step == 1)
        {
            // A reset: a session before its first step has no past, whatever else stands in its state.
            (_before[0], _before[1], known) = (0, 0, true);
            (_needsSegment, _continues) = (true, false);
        }
        _step = step;
        if (_seenFailures != _thread.Failures)
            (_seenFailures, _needsSegment, _continues) = (_thread.Failures, true, false);
        bool taken = known && !_thread.IsResting(clock) && TryBegin(clock, at, step - 1) && TryAdd(clock, at);
        _needsSegment |= !taken;
        _continues = taken;
        _thread.Offer(taken);
    }

    /// <summary>Tells the recorder that the session's state or forces were changed between two steps: the next step begins a segment.</summary>
    /// <param name="forces">Forces in effect from now on; null leaves them as they were.</param>
    /// <exception cref="ArgumentException">The header with these forces does not fit in a segment or in the queue.</exception>
    public void Restart(RecordedForces? forces = null)
    {
        if (forces is not null)
        {
            RecordingBudget budget = RecordingBudget.Of(_model, _session.StateSize, _options, forces);
            if (QueueFor(budget) > _ring.Capacity)
                throw new ArgumentException($"A header with so many forced units takes {budget.HeaderBytes} bytes, for which the queue is too small. Give QueueBytes more.", nameof(forces));
            (Budget, _template) = (budget, new SegmentTemplate(_model, _sha256, _session.StateSize, _options.Times, forces));
        }
        (_before, _after) = (_after, _before);
        _session.SaveState(_after);
        _continues &= _after.AsSpan().SequenceEqual(_before);
        (_step, _needsSegment) = (_session.StepCount, true);
    }

    /// <summary>Writes what is in memory and ends. What a disk that does not come back has not taken counts as dropped.</summary>
    public void Dispose() => _thread.Dispose();

    /// <summary>A snapshot lies in one piece: half of the ring is free when the other half is not.</summary>
    private static int QueueFor(RecordingBudget budget) => 2 * (RecorderThread.EntryBytes + budget.HeaderBytes + budget.StepBytes);

    /// <summary>Begins a segment when one is due; its snapshot is the state before this step.</summary>
    private bool TryBegin(long clock, long time, long step)
    {
        bool due = _needsSegment || _segmentSteps >= Budget.StepsPerSegment || clock - _segmentClock >= _options.SegmentAge.TotalMilliseconds
            || (_options.Times && time - _segmentTime is < int.MinValue or > int.MaxValue);
        if (!due)
            return true;
        if (!TryReserve(RecorderThread.EntryBytes + _template.Bytes, out Span<byte> entry))
            return false;
        entry[0] = RecorderThread.SegmentEntry;
        BinaryPrimitives.WriteInt64LittleEndian(entry[1..], step);
        _template.Fill(entry[RecorderThread.EntryBytes..], time, step, _before, _continues);
        _ring.Commit();
        (_segmentTime, _segmentClock, _segmentSteps, _needsSegment) = (time, clock, 0, false);
        return true;
    }

    private bool TryAdd(long clock, long time)
    {
        if (!TryReserve(RecorderThread.EntryBytes + Budget.StepBytes, out Span<byte> entry))
            return false;
        entry[0] = RecorderThread.StepEntry;
        BinaryPrimitives.WriteInt64LittleEndian(entry[1..], clock);
        Span<byte> step = entry[RecorderThread.EntryBytes..];
        if (_options.Times)
        {
            BinaryPrimitives.WriteInt32LittleEndian(step, (int)(time - _segmentTime));
            step = step[SegmentFormat.TimeBytes..];
        }
        _session.ReadInputCodes(_codes.AsSpan(0, _model.InputSize));
        step = RecordedTensor.Pack(_inputs, _codes, step);
        _session.ReadOutputCodes(_codes.AsSpan(0, _model.OutputSize));
        step = RecordedTensor.Pack(_outputs, _codes, step);
        BinaryPrimitives.WriteUInt64LittleEndian(step, StateChecksum.Of(_after));
        _ring.Commit();
        _segmentSteps++;
        return true;
    }

    private bool TryReserve(int length, out Span<byte> entry)
    {
        if (_ring.TryReserve(length, out entry))
            return true;
        _thread.Wake();
        SpinWait spin = default;
        while (_options.WhenFull == WhenFull.Wait && !_thread.HasFailedSince(_seenFailures))
        {
            spin.SpinOnce();
            if (_ring.TryReserve(length, out entry))
                return true;
        }
        return false;
    }
}
