using System.Buffers.Binary;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry.Recordings;

/// <summary>A layer of the model a recording belongs to.</summary>
/// <param name="Kind">The cell.</param>
/// <param name="InputSize">Inputs per step.</param>
/// <param name="HiddenSize">Units.</param>
public readonly record struct RecordedLayer(CellKind Kind, int InputSize, int HiddenSize);

/// <summary>What stands at the head of a segment: whose steps these are, and the state before the first of them.</summary>
public sealed record SegmentHeader
{
    /// <summary>SHA-256 of the model's file, lower-case hexadecimal.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>What the steps' times count from.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>Steps the session had taken before the first one of the segment.</summary>
    public required long StartStep { get; init; }

    /// <summary>Samples per second, 0 when the model does not say.</summary>
    public required double SampleRateHz { get; init; }

    /// <summary>Whether each step holds its time.</summary>
    public required bool HasTimes { get; init; }

    /// <summary>Whether the snapshot is the state after the last step of the segment before.</summary>
    public required bool Continues { get; init; }

    /// <summary>Bytes of a step.</summary>
    public required int StepBytes { get; init; }

    /// <summary>Input tensors of a step.</summary>
    public required IReadOnlyList<RecordedTensor> Inputs { get; init; }

    /// <summary>Output tensors of a step.</summary>
    public required IReadOnlyList<RecordedTensor> Outputs { get; init; }

    /// <summary>The model's recurrent layers.</summary>
    public required IReadOnlyList<RecordedLayer> Layers { get; init; }

    /// <summary>Forces in effect during the segment.</summary>
    public required RecordedForces Forces { get; init; }

    /// <summary>Integers of <see cref="Session.SaveState"/> before the first step.</summary>
    public required ReadOnlyMemory<int> State { get; init; }

    /// <summary>Bytes of the header.</summary>
    internal int Bytes { get; init; }

    /// <summary>Reads a header from the head of a file.</summary>
    /// <param name="stream">The file, at its begin.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="RecordingException">It is no segment, of another version, or damaged.</exception>
    internal static SegmentHeader Read(Stream stream, string name)
    {
        var start = new byte[SegmentFormat.FixedHeaderBytes];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length < start.Length)
            throw new RecordingException($"{name}: it ends within its header, after {length} bytes. It is no segment of a recording, or was cut off when it began.");
        if (!start.AsSpan().StartsWith(SegmentFormat.Magic))
            throw new RecordingException($"{name}: it is no segment of a recording: it does not begin with 'LATCHREC'.");
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8));
        if (version != SegmentFormat.Version)
            throw new RecordingException($"{name}: its version is {version}; this program reads version {SegmentFormat.Version}.");
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(SegmentFormat.LengthAt));
        if (bytes < start.Length + SegmentFormat.CrcBytes || bytes > SegmentFormat.LargestHeader || bytes > stream.Length)
            throw new RecordingException($"{name}: it states a header of {bytes} bytes and has {stream.Length}. It is damaged, or was cut off when it began.");
        var header = new byte[bytes];
        start.CopyTo(header, 0);
        stream.ReadExactly(header.AsSpan(start.Length));
        if (Crc32.Of(header.AsSpan(0, bytes - SegmentFormat.CrcBytes)) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(bytes - SegmentFormat.CrcBytes)))
            throw new RecordingException($"{name}: its header is damaged: the CRC is another one.");
        try
        {
            return Parse(header);
        }
        catch (Exception cause) when (cause is ArgumentOutOfRangeException or OverflowException)
        {
            throw new RecordingException($"{name}: its header is damaged: the lists do not fit in.", cause);
        }
    }

    private static SegmentHeader Parse(byte[] header)
    {
        ReadOnlySpan<byte> bytes = header;
        int integers = Int(bytes, 72), inputs = Short(bytes, 76), outputs = Short(bytes, 78), layers = Short(bytes, 80), forces = Short(bytes, 82);
        ReadOnlySpan<byte> lists = bytes[SegmentFormat.FixedHeaderBytes..^SegmentFormat.CrcBytes];
        RecordedTensor[] ins = Tensors(ref lists, inputs), outs = Tensors(ref lists, outputs);
        RecordedLayer[] recorded = Layer(ref lists, layers);
        RecordedForces forced = Force(ref lists, forces);
        var state = new int[lists.Length / sizeof(int)];
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, integers);
        for (int i = 0; i < state.Length; i++)
            state[i] = Int(lists, sizeof(int) * i);
        int flags = Short(bytes, SegmentFormat.FlagsAt);
        bool times = (flags & SegmentFormat.TimesFlag) != 0;
        int stepBytes = Int(bytes, 84);
        ArgumentOutOfRangeException.ThrowIfNotEqual(stepBytes, SegmentTemplate.StepBytes(ins, outs, times));
        return new SegmentHeader
        {
            ModelSha256 = Convert.ToHexStringLower(bytes.Slice(16, 32)),
            StartTime = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes[SegmentFormat.TimeAt..])),
            StartStep = BinaryPrimitives.ReadInt64LittleEndian(bytes[SegmentFormat.StepAt..]),
            SampleRateHz = BinaryPrimitives.ReadDoubleLittleEndian(bytes[64..]),
            HasTimes = times,
            Continues = (flags & SegmentFormat.ContinuesFlag) != 0,
            StepBytes = stepBytes,
            Inputs = ins,
            Outputs = outs,
            Layers = recorded,
            Forces = forced,
            State = state,
            Bytes = header.Length,
        };
    }

    private static RecordedTensor[] Tensors(ref ReadOnlySpan<byte> lists, int count)
    {
        var tensors = new RecordedTensor[count];
        for (int i = 0; i < count; i++, lists = lists[SegmentFormat.TensorBytes..])
            tensors[i] = new RecordedTensor(Int(lists, 0) == 2 ? ElementType.Int16 : ElementType.Int8, Int(lists, 4));
        return tensors;
    }

    private static RecordedLayer[] Layer(ref ReadOnlySpan<byte> lists, int count)
    {
        var layers = new RecordedLayer[count];
        for (int i = 0; i < count; i++, lists = lists[SegmentFormat.LayerBytes..])
            layers[i] = new RecordedLayer((CellKind)Int(lists, 0), Int(lists, 4), Int(lists, 8));
        return layers;
    }

    private static RecordedForces Force(ref ReadOnlySpan<byte> lists, int count)
    {
        List<ForcedGate> gates = [];
        List<int> cut = [];
        for (int i = 0; i < count; i++)
        {
            int layer = Short(lists, 0), units = Int(lists, 8);
            ReadOnlySpan<byte> numbers = lists.Slice(SegmentFormat.ForceBytes, checked(sizeof(int) * units));
            var list = new int[units];
            for (int unit = 0; unit < units; unit++)
                list[unit] = Int(numbers, sizeof(int) * unit);
            if (lists[3] == SegmentFormat.CutForce)
                cut.Add(layer);
            else
                gates.Add(new ForcedGate(layer, (Gate)lists[2], lists[3] == SegmentFormat.ValueForce ? null : (GateForce)lists[3], Int(lists, 4), list));
            lists = lists[(SegmentFormat.ForceBytes + numbers.Length)..];
        }
        return new RecordedForces(gates, cut);
    }

    private static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
