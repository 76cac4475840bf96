using System.Buffers.Binary;
using System.Numerics;

namespace Latch.Telemetry.Recordings;

/// <summary>
/// Entries of bytes from one thread to another, without a lock and without an allocation. An entry lies in one piece, after its length (4 bytes); where one does not
/// fit before the end of the memory, a length of -1 sends the reader back to the begin.
/// </summary>
internal sealed class ByteRing(int bytes)
{
    private const int Alignment = sizeof(int), Skip = -1;

    private readonly byte[] _memory = new byte[BitOperations.RoundUpToPowerOf2((uint)bytes)];
    private long _head;
    private long _tail;
    private long _reserved;

    /// <summary>Bytes of the memory.</summary>
    public int Capacity => _memory.Length;

    /// <summary>Bytes in use.</summary>
    public int Used => (int)(Volatile.Read(ref _head) - Volatile.Read(ref _tail));

    /// <summary>Writing thread: room for an entry, or nothing. It is seen by the reader after <see cref="Commit"/>.</summary>
    public bool TryReserve(int length, out Span<byte> entry)
    {
        int whole = Whole(length);
        int at = (int)(_head & (Capacity - 1));
        int skipped = at + whole <= Capacity ? 0 : Capacity - at;
        entry = default;
        if (Used + skipped + whole > Capacity)
            return false;
        if (skipped > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_memory.AsSpan(at), Skip);
            at = 0;
        }
        BinaryPrimitives.WriteInt32LittleEndian(_memory.AsSpan(at), length);
        entry = _memory.AsSpan(at + sizeof(int), length);
        _reserved = _head + skipped + whole;
        return true;
    }

    /// <summary>Writing thread: hands over the entry that was reserved.</summary>
    public void Commit() => Volatile.Write(ref _head, _reserved);

    /// <summary>Reading thread: the oldest entry, or nothing. It stays until <see cref="Release"/>.</summary>
    public bool TryPeek(out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (Volatile.Read(ref _head) == _tail)
            return false;
        int at = (int)(_tail & (Capacity - 1));
        int length = BinaryPrimitives.ReadInt32LittleEndian(_memory.AsSpan(at));
        if (length == Skip)
        {
            Volatile.Write(ref _tail, _tail + Capacity - at);
            return TryPeek(out entry);
        }
        entry = _memory.AsSpan(at + sizeof(int), length);
        return true;
    }

    /// <summary>Reading thread: gives the oldest entry's room back.</summary>
    public void Release()
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(_memory.AsSpan((int)(_tail & (Capacity - 1))));
        Volatile.Write(ref _tail, _tail + Whole(length));
    }

    private static int Whole(int length) => (sizeof(int) + length + Alignment - 1) & -Alignment;
}
