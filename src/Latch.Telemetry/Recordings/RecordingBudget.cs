using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry.Recordings;

/// <summary>What a recording takes on a disk: bytes a step, bytes a day, how far back it goes. Computed, not measured.</summary>
/// <remarks>
/// A day's writes count what a file system does with them: a flush of n bytes touches at most n / 4096 + 2 blocks of 4 KiB, as it begins and ends within one, and
/// <see cref="BlocksPerFlush"/> more for the file's length and the journal. What a card does inside (erasing larger blocks) is not in the figure.
/// </remarks>
public sealed record RecordingBudget
{
    /// <summary>Bytes of a block of the file system.</summary>
    public const int BlockBytes = 4096;

    /// <summary>Blocks a flush writes beside the data: inode, journal and bitmap, as of ext4.</summary>
    public const int BlocksPerFlush = 4;

    private const int SmallestBlock = 4 << 10, LargestBlock = 1 << 20, LargestQueue = 256 << 20;
    private const double SecondsPerDay = 86_400;

    private readonly double _age;
    private readonly double _flushAfter;
    private readonly long _surelyKept;

    private RecordingBudget(int stepBytes, int headerBytes, RecordingOptions options)
    {
        (StepBytes, HeaderBytes) = (stepBytes, headerBytes);
        StepsPerBlock = Math.Max((options.BlockBytes - SegmentFormat.ChunkOverhead) / stepBytes, 1);
        // A chunk ends when it is full, when it is old, and with its segment.
        double oldChunks = Math.Ceiling(options.SegmentAge / options.FlushAfter) + 1;
        double room = options.SegmentBytes - headerBytes - (oldChunks * SegmentFormat.ChunkOverhead);
        StepsPerSegment = (long)Math.Floor(room / (stepBytes + ((double)SegmentFormat.ChunkOverhead / StepsPerBlock)));
        (_age, _flushAfter) = (options.SegmentAge.TotalSeconds, options.FlushAfter.TotalSeconds);
        (TotalBytes, _surelyKept) = (options.TotalBytes, options.TotalBytes - (2 * options.SegmentBytes));
    }

    /// <summary>Bytes of a step: time (4, optional), input codes, output codes, checksum (8).</summary>
    public int StepBytes { get; }

    /// <summary>Bytes of a segment's header with its snapshot.</summary>
    public int HeaderBytes { get; }

    /// <summary>Steps gathered at most before they are written.</summary>
    public int StepsPerBlock { get; }

    /// <summary>Steps of a segment at most.</summary>
    public long StepsPerSegment { get; }

    /// <summary>Bytes of all segments together at most.</summary>
    public long TotalBytes { get; }

    /// <summary>The budget of a model's recordings.</summary>
    /// <param name="model">A model that can step.</param>
    /// <param name="options">The recorder's options.</param>
    /// <param name="forces">Forces in effect, which stand in the header.</param>
    /// <exception cref="ArgumentException">The model takes whole windows only, or the options do not go together.</exception>
    public static RecordingBudget Of(LatchModel model, RecordingOptions options, RecordedForces? forces = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Of(model, model.CreateSession().StateSize, options, forces);
    }

    /// <summary>As the public one, for a session that is there already.</summary>
    internal static RecordingBudget Of(LatchModel model, int stateSize, RecordingOptions options, RecordedForces? forces)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!model.CanStep)
            throw new ArgumentException($"This model cannot be recorded: it takes whole windows only: {model.NotStreamableReason}", nameof(model));
        Check(options);
        Plan plan = model.Definition.Step!;
        RecordedTensor[] inputs = RecordedTensor.Of(plan, plan.Inputs), outputs = RecordedTensor.Of(plan, plan.Outputs);
        int header = SegmentFormat.FixedHeaderBytes + (SegmentFormat.TensorBytes * (inputs.Length + outputs.Length)) + (SegmentFormat.LayerBytes * model.Layers.Count)
            + (forces ?? RecordedForces.None).Bytes + (sizeof(int) * stateSize) + SegmentFormat.CrcBytes;
        RecordingBudget budget = new(SegmentTemplate.StepBytes(inputs, outputs, options.Times), header, options);
        return budget.StepsPerSegment >= 1 ? budget : throw new ArgumentException(
            $"A segment of {options.SegmentBytes} bytes holds no step: the header takes {header}, a step {budget.StepBytes}. Give SegmentBytes more.", nameof(options));
    }

    /// <summary>Flushes a day at most.</summary>
    /// <param name="rateHz">Steps per second.</param>
    public double FlushesPerDay(double rateHz) => (SecondsPerDay * rateHz / StepsPerChunk(rateHz)) + (2 * SegmentsPerDay(rateHz));

    /// <summary>Segments a day, rounded up.</summary>
    /// <param name="rateHz">Steps per second.</param>
    public double SegmentsPerDay(double rateHz) => Math.Ceiling(SecondsPerDay * rateHz / Math.Min(StepsPerSegment, (rateHz * _age) + 1));

    /// <summary>Bytes a day that go into files.</summary>
    /// <param name="rateHz">Steps per second.</param>
    public double FileBytesPerDay(double rateHz) =>
        (SecondsPerDay * rateHz * StepBytes) + (FlushesPerDay(rateHz) * SegmentFormat.ChunkOverhead) + (SegmentsPerDay(rateHz) * HeaderBytes);

    /// <summary>Bytes a day that a card is given to write at most: <see cref="FileBytesPerDay"/> and per flush 2 blocks begun and ended within, and <see cref="BlocksPerFlush"/>.</summary>
    /// <param name="rateHz">Steps per second.</param>
    public double BytesPerDay(double rateHz) => FileBytesPerDay(rateHz) + (FlushesPerDay(rateHz) * (2 + BlocksPerFlush) * BlockBytes);

    /// <summary>How far back a full recording goes at least: the oldest segment has just been deleted, and the newest is empty.</summary>
    /// <param name="rateHz">Steps per second.</param>
    public TimeSpan Reach(double rateHz) => TimeSpan.FromDays(Math.Min(_surelyKept / FileBytesPerDay(rateHz), TimeSpan.MaxValue.TotalDays / 2));

    private double StepsPerChunk(double rateHz) => Math.Clamp(Math.Floor(rateHz * _flushAfter), 1, StepsPerBlock);

    private static void Check(RecordingOptions options)
    {
        if (options.BlockBytes is < SmallestBlock or > LargestBlock)
            throw new ArgumentException($"BlockBytes is {options.BlockBytes}; it must be {SmallestBlock} to {LargestBlock}.", nameof(options));
        if (options.SegmentAge <= TimeSpan.Zero || options.SegmentAge > TimeSpan.FromDays(1))
            throw new ArgumentException($"SegmentAge is {options.SegmentAge}; it must be above zero and at most a day.", nameof(options));
        if (options.FlushAfter <= TimeSpan.Zero)
            throw new ArgumentException($"FlushAfter is {options.FlushAfter}; it must be above zero.", nameof(options));
        if (options.QueueBytes is < SmallestBlock or > LargestQueue)
            throw new ArgumentException($"QueueBytes is {options.QueueBytes}; it must be {SmallestBlock} to {LargestQueue}.", nameof(options));
        if (options.TotalBytes < 2 * options.SegmentBytes)
            throw new ArgumentException($"TotalBytes is {options.TotalBytes}; two segments of {options.SegmentBytes} bytes must fit in.", nameof(options));
    }
}
