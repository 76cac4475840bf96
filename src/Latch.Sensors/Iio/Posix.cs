using System.Runtime.InteropServices;

namespace Latch.Sensors.Iio;

/// <summary>The few calls of libc that a character device needs: read with a time limit and the error's number.</summary>
internal static partial class Posix
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const short Input = 1;

    /// <summary>Opens for reading without waiting; below zero on failure, see <see cref="LastError"/>.</summary>
    internal static int Open(string path) => OpenFile(path, ReadOnly | NonBlocking | CloseOnExec, 0);

    /// <summary>Waits until there is something to read: 1, or 0 when the time is over, or -1.</summary>
    internal static unsafe int WaitForInput(int file, int milliseconds)
    {
        PollEntry entry = new() { File = file, Events = Input };
        return Poll(&entry, 1, milliseconds);
    }

    /// <summary>Bytes read; 0 at the end, -1 on failure.</summary>
    internal static unsafe int Read(int file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return (int)ReadFile(file, start, buffer.Length);
    }

    internal static void Close(int file) => _ = CloseFile(file);

    internal static int LastError => Marshal.GetLastPInvokeError();

    internal static string Message(int error) => $"error {error} ({Marshal.GetPInvokeErrorMessage(error)})";

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadFile(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        internal int File;
        internal short Events;
        internal short Returned;
    }
}
