using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latch.Runtime;

/// <summary>Zeroed memory that never moves and begins at a multiple of 64 bytes, the widest vector and the line of a cache.</summary>
internal sealed class AlignedBuffer
{
    public const int Alignment = 64;

    private readonly byte[] _bytes;
    private readonly int _start;

    public AlignedBuffer(int length)
    {
        _bytes = GC.AllocateArray<byte>(length + Alignment, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) & (Alignment - 1));
        Length = length;
    }

    public int Length { get; }

    public Span<byte> Bytes => _bytes.AsSpan(_start, Length);

    public Span<sbyte> Sbytes => MemoryMarshal.Cast<byte, sbyte>(Bytes);

    public Span<int> Integers => MemoryMarshal.Cast<byte, int>(Bytes);

    /// <summary>The first byte. What is reached from it is not checked.</summary>
    public ref byte First => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), _start);

    /// <summary>The first integer. What is reached from it is not checked.</summary>
    public ref int FirstInteger => ref Unsafe.As<byte, int>(ref First);

    /// <summary>Rounds a number of bytes up to the alignment.</summary>
    public static int Align(int bytes) => (bytes + Alignment - 1) & -Alignment;
}
