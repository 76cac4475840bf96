using System.Runtime.CompilerServices;
using Latch.Model;

namespace Latch.Runtime;

/// <summary>The one buffer that holds a plan's activation tensors, each at an offset that is a multiple of 64 bytes.</summary>
internal sealed class Arena
{
    private readonly AlignedBuffer _buffer;

    public Arena(int bytes) => _buffer = new AlignedBuffer(bytes);

    public int Length => _buffer.Length;

    public Span<byte> Bytes(scoped in TensorSlot slot) => _buffer.Bytes.Slice(slot.Offset, slot.Bytes);
}

/// <summary>Where a tensor lies in the arena, and which codes it holds.</summary>
internal readonly struct TensorSlot
{
    private readonly ElementType _type;

    public TensorSlot(int offset, ActivationTensor tensor)
    {
        (Offset, Count, _type, Quantization) = (offset, tensor.Count, tensor.Quantization.Type, tensor.Quantization);
        (ZeroPoint, MinCode, MaxCode) = (tensor.Quantization.ZeroPoint, tensor.Quantization.MinCode, tensor.Quantization.MaxCode);
    }

    public int Offset { get; }

    public int Count { get; }

    public Quantization Quantization { get; }

    public int ZeroPoint { get; }

    public int MinCode { get; }

    public int MaxCode { get; }

    public bool IsWide => _type == ElementType.Int16;

    /// <summary>Bytes of one code.</summary>
    public int CodeBytes => IsWide ? sizeof(short) : sizeof(sbyte);

    public int Bytes => Count * CodeBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeSpan In(Arena arena) => new(arena.Bytes(in this), _type);

    /// <summary>Adds the zero point and limits to the tensor's codes.</summary>
    public int Saturate(long value) => (int)Math.Clamp(value + ZeroPoint, MinCode, MaxCode);
}
