using System.Runtime.InteropServices;

namespace Latch.Runtime;

/// <summary>Zeroed memory that never moves and begins at a multiple of 64 bytes, the widest vector and the line of a cache.</summary>
internal sealed unsafe class AlignedBuffer
{
    public const int Alignment = 64;

    private readonly byte[] _bytes;
    private readonly byte* _first;

    public AlignedBuffer(int length)
    {
        // The array keeps the memory alive and, being pinned, in its place.
        _bytes = GC.AllocateArray<byte>(length + Alignment, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
        _first = (byte*)(address + (-address & (Alignment - 1)));
        Length = length;
    }

    public int Length { get; }

    public Span<byte> Bytes => new(_first, Length);

    public Span<sbyte> Sbytes => MemoryMarshal.Cast<byte, sbyte>(Bytes);

    public Span<int> Integers => MemoryMarshal.Cast<byte, int>(Bytes);

    /// <summary>The first byte. What is reached from it is not checked.</summary>
    public ref byte First => ref *_first;

    /// <summary>The first integer. What is reached from it is not checked.</summary>
    public ref int FirstInteger => ref *(int*)_first;

    /// <summary>Rounds a number of bytes up to the alignment.</summary>
    public static int Align(int bytes) => (bytes + Alignment - 1) & -Alignment;
}
