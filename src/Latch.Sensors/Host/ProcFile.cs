using Microsoft.Win32.SafeHandles;

namespace Latch.Sensors.Host;

/// <summary>A text file of /proc or /sys, kept open and read from its start each time, without allocation once the buffer fits.</summary>
internal sealed class ProcFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private byte[] _buffer = new byte[4096];

    internal ProcFile(string path) => _handle = File.OpenHandle(path);

    /// <summary>Opens the file, or returns null when this machine does not have it.</summary>
    internal static ProcFile? TryOpen(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            ProcFile file = new(path);
            file.Read();
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // shown by the kernel but not readable here: the channel is reported as absent
        }
    }

    /// <summary>The file's whole text now. The span is valid until the next call.</summary>
    internal ReadOnlySpan<byte> Read()
    {
        int length = 0;
        while (true)
        {
            int read = RandomAccess.Read(_handle, _buffer.AsSpan(length), length);
            if (read == 0)
                return _buffer.AsSpan(0, length);
            length += read;
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, 2 * _buffer.Length);
        }
    }

    public void Dispose() => _handle.Dispose();
}
