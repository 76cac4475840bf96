using System.Buffers.Binary;
using Latch.Model;

namespace Latch.Telemetry.Recordings;

/// <summary>An input or output tensor of a recorded step.</summary>
/// <param name="Type">Int8 or Int16.</param>
/// <param name="Count">Codes.</param>
public readonly record struct RecordedTensor(ElementType Type, int Count)
{
    internal int Bytes => Type == ElementType.Int16 ? 2 * Count : Count;

    /// <summary>The tensors of a plan's ports.</summary>
    internal static RecordedTensor[] Of(Plan plan, IReadOnlyList<PlanPort> ports) =>
        [.. ports.Select(port => plan.Tensors[port.Tensor]).Select(static tensor => new RecordedTensor(tensor.Quantization.Type, tensor.Count))];

    /// <summary>Packs codes as the tensors' types; returns what is left of the target.</summary>
    internal static Span<byte> Pack(RecordedTensor[] tensors, ReadOnlySpan<short> codes, Span<byte> target)
    {
        foreach (RecordedTensor tensor in tensors)
        {
            for (int i = 0; i < tensor.Count; i++)
            {
                if (tensor.Type == ElementType.Int16)
                    BinaryPrimitives.WriteInt16LittleEndian(target[(2 * i)..], codes[i]);
                else
                    target[i] = (byte)codes[i];
            }
            codes = codes[tensor.Count..];
            target = target[tensor.Bytes..];
        }
        return target;
    }

    /// <summary>Reads what <see cref="Pack"/> wrote; returns what is left of the source.</summary>
    internal static ReadOnlySpan<byte> Unpack(RecordedTensor[] tensors, ReadOnlySpan<byte> source, Span<short> codes)
    {
        foreach (RecordedTensor tensor in tensors)
        {
            for (int i = 0; i < tensor.Count; i++)
                codes[i] = tensor.Type == ElementType.Int16 ? BinaryPrimitives.ReadInt16LittleEndian(source[(2 * i)..]) : (sbyte)source[i];
            codes = codes[tensor.Count..];
            source = source[tensor.Bytes..];
        }
        return source;
    }
}
