using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry.Recordings;

/// <summary>The header of every segment of a recorder: time, first step and state are filled in when a segment begins.</summary>
internal sealed class SegmentTemplate
{
    private readonly byte[] _header;
    private readonly int _stateAt;

    public SegmentTemplate(LatchModel model, string modelSha256, int stateSize, bool times, RecordedForces forces)
    {
        Plan plan = model.Definition.Step!;
        (RecordedTensor[] inputs, RecordedTensor[] outputs) = (RecordedTensor.Of(plan, plan.Inputs), RecordedTensor.Of(plan, plan.Outputs));
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(SegmentFormat.Magic);
        writer.Write(SegmentFormat.Version);
        writer.Write(times ? SegmentFormat.TimesFlag : (ushort)0);
        writer.Write(0);
        writer.Write(Convert.FromHexString(modelSha256));
        writer.Write(0L);
        writer.Write(0L);
        writer.Write(model.Definition.SampleRateHz);
        writer.Write(stateSize);
        writer.Write((ushort)inputs.Length);
        writer.Write((ushort)outputs.Length);
        writer.Write((ushort)model.Layers.Count);
        writer.Write((ushort)(forces.Gates.Count + forces.CutLayers.Count));
        writer.Write(StepBytes(inputs, outputs, times));
        foreach (RecordedTensor tensor in (RecordedTensor[])[.. inputs, .. outputs])
            Write(writer, tensor.Type == ElementType.Int16 ? 2 : 1, tensor.Count);
        foreach (LayerInfo layer in model.Layers)
            Write(writer, (int)layer.Kind, layer.InputSize, layer.HiddenSize);
        foreach (ForcedGate gate in forces.Gates)
            Write(writer, gate.Layer, gate.Gate, gate.Force is { } force ? (byte)force : SegmentFormat.ValueForce, gate.Value, gate.Units);
        foreach (int layer in forces.CutLayers)
            Write(writer, layer, default, SegmentFormat.CutForce, 0, []);
        writer.Flush();
        _stateAt = (int)stream.Length;
        _header = new byte[_stateAt + (stateSize * sizeof(int)) + SegmentFormat.CrcBytes];
        stream.ToArray().CopyTo(_header, 0);
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(SegmentFormat.LengthAt), _header.Length);
    }

    /// <summary>Bytes of the header with state and CRC.</summary>
    public int Bytes => _header.Length;

    /// <summary>Bytes of a step of the recording of a model.</summary>
    public static int StepBytes(RecordedTensor[] inputs, RecordedTensor[] outputs, bool times) =>
        inputs.Sum(static tensor => tensor.Bytes) + outputs.Sum(static tensor => tensor.Bytes) + SegmentFormat.ChecksumBytes + (times ? SegmentFormat.TimeBytes : 0);

    /// <summary>Writes a whole header.</summary>
    /// <param name="target"><see cref="Bytes"/> bytes.</param>
    /// <param name="time">Time the steps' times count from, milliseconds since the Unix epoch.</param>
    /// <param name="step">Steps taken before the first one of the segment.</param>
    /// <param name="state">The state before it.</param>
    /// <param name="continues">Whether that is the state after the segment before.</param>
    public void Fill(Span<byte> target, long time, long step, ReadOnlySpan<int> state, bool continues)
    {
        _header.AsSpan(0, _stateAt).CopyTo(target);
        target[SegmentFormat.FlagsAt] |= (byte)(continues ? SegmentFormat.ContinuesFlag : 0);
        BinaryPrimitives.WriteInt64LittleEndian(target[SegmentFormat.TimeAt..], time);
        BinaryPrimitives.WriteInt64LittleEndian(target[SegmentFormat.StepAt..], step);
        Span<byte> integers = target[_stateAt..^SegmentFormat.CrcBytes];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(state).CopyTo(integers);
        }
        else
        {
            for (int i = 0; i < state.Length; i++)
                BinaryPrimitives.WriteInt32LittleEndian(integers[(4 * i)..], state[i]);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(target[^SegmentFormat.CrcBytes..], Crc32.Of(target[..^SegmentFormat.CrcBytes]));
    }

    private static void Write(BinaryWriter writer, params ReadOnlySpan<int> values)
    {
        foreach (int value in values)
            writer.Write(value);
    }

    private static void Write(BinaryWriter writer, int layer, Gate gate, byte kind, int value, IReadOnlyList<int> units)
    {
        writer.Write((ushort)layer);
        writer.Write((byte)gate);
        writer.Write(kind);
        writer.Write(value);
        writer.Write(units.Count);
        foreach (int unit in units)
            writer.Write(unit);
    }
}
