using System.Runtime.InteropServices;
using Latch.Model;

namespace Latch.Runtime;

/// <summary>The one buffer that holds a plan's activation tensors, each at an offset that is a multiple of 64 bytes.</summary>
internal sealed class Arena
{
    internal const int Alignment = 64;

    private readonly byte[] _buffer;
    private readonly int _start;

    public Arena(int bytes)
    {
        _buffer = GC.AllocateArray<byte>(bytes + Alignment, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0) & (Alignment - 1));
    }

    public Span<byte> Bytes(TensorSlot slot) => _buffer.AsSpan(_start + slot.Offset, slot.Bytes);
}

/// <summary>Where a tensor lies in the arena, and which codes it holds.</summary>
internal readonly struct TensorSlot
{
    private readonly ElementType _type;

    public TensorSlot(int offset, ActivationTensor tensor)
    {
        (Offset, Count, _type) = (offset, tensor.Count, tensor.Quantization.Type);
        (ZeroPoint, MinCode, MaxCode) = (tensor.Quantization.ZeroPoint, tensor.Quantization.MinCode, tensor.Quantization.MaxCode);
    }

    public int Offset { get; }

    public int Count { get; }

    public int ZeroPoint { get; }

    public int MinCode { get; }

    public int MaxCode { get; }

    public bool IsWide => _type == ElementType.Int16;

    public int Bytes => IsWide ? Count * sizeof(short) : Count;

    public CodeSpan In(Arena arena) => new(arena.Bytes(this), _type);

    /// <summary>Adds the zero point and limits to the tensor's codes.</summary>
    public int Saturate(long value) => (int)Math.Clamp(value + ZeroPoint, MinCode, MaxCode);
}
