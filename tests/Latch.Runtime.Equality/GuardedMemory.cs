using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Latch.Runtime.Equality;

/// <summary>
/// Memory between two pages nobody may touch: a read or write one element beyond a span taken at the end (or one before a span taken at the start)
/// ends the process with SIGSEGV instead of going unseen.
/// </summary>
public sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int None = 0, ReadWrite = 1 | 2, PrivateAnonymous = 0x02 | 0x20;

    private readonly nint _mapping;
    private readonly int _page;
    private readonly int _capacity;
    private bool _disposed;

    /// <summary>Maps memory that holds at least <paramref name="bytes"/> between the guards.</summary>
    /// <exception cref="Win32Exception">The system refuses.</exception>
    public GuardedMemory(int bytes)
    {
        _page = Environment.SystemPageSize;
        _capacity = (bytes + _page - 1) / _page * _page;
        _mapping = Map(0, (nuint)(_capacity + (2 * _page)), None, PrivateAnonymous, -1, 0);
        if (_mapping == -1)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        if (Protect(_mapping + _page, (nuint)_capacity, ReadWrite) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>A span whose end is the beginning of the upper guard.</summary>
    /// <exception cref="ArgumentException">The memory is smaller.</exception>
    public Span<T> AtEnd<T>(int count)
        where T : unmanaged => new((void*)(_mapping + _page + _capacity - Bytes<T>(count)), count);

    /// <summary>A span that begins where the lower guard ends.</summary>
    /// <exception cref="ArgumentException">The memory is smaller.</exception>
    public Span<T> AtStart<T>(int count)
        where T : unmanaged
    {
        Bytes<T>(count);
        return new((void*)(_mapping + _page), count);
    }

    /// <summary>At the end or at the start.</summary>
    public Span<T> At<T>(bool end, int count)
        where T : unmanaged => end ? AtEnd<T>(count) : AtStart<T>(count);

    /// <summary>Gives the memory back; spans of it must not be used afterwards.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (Unmap(_mapping, (nuint)(_capacity + (2 * _page))) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private int Bytes<T>(int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int bytes = checked(count * sizeof(T));
        return bytes <= _capacity ? bytes : throw new ArgumentException($"{bytes} bytes do not fit into {_capacity}.", nameof(count));
    }

    [LibraryImport("libc.so.6", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc.so.6", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc.so.6", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
