using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Latch.Model;

/// <summary>
/// A file that is seen whole or not at all: it grows beside its final name, under a name of its own, and is renamed by <see cref="Complete"/>. A link stays, what it
/// leads to is replaced. What exists and is no regular file (a pipe, a device, standard output) is written straight into.
/// </summary>
internal sealed partial class WholeFile : IDisposable
{
    private const string Processes = "/proc/", Devices = "/dev/";
    private const int MostLinks = 40;

    private readonly string _target;
    private readonly string? _beside;
    private bool _isKept;

    /// <summary>Opens the file. Opening a pipe waits for its reader.</summary>
    /// <param name="path">Its final name.</param>
    /// <param name="bufferSize">Bytes collected before a write; 0 for none.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public WholeFile(string path, int bufferSize = 4096)
    {
        _target = Target(path);
        if (OpenFile(_target) is { } open)
        {
            Stream = open;
            return;
        }
        if (IsWrittenInto(_target))
        {
            Stream = new FileStream(_target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize);
            return;
        }
        _beside = Beside(_target);
        Stream = new FileStream(_beside, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize);
    }

    /// <summary>Receives the content. Whoever writes may dispose it before <see cref="Complete"/>.</summary>
    public Stream Stream { get; }

    /// <summary>Writes a file in one go; when that fails, nothing is left.</summary>
    /// <inheritdoc cref="WholeFile(string, int)" path="/exception"/>
    public static void Write(string path, Action<Stream> write)
    {
        using WholeFile file = new(path);
        write(file.Stream);
        file.Complete();
    }

    /// <summary>A name beside a file or folder that nothing has.</summary>
    public static string Beside(string path, string ending = "tmp") => $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.{ending}";

    /// <summary>The full path that a path leads to, without links; the file need not exist. An open file of a process (/dev/stdout) is not followed further.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Target(string path) => Target(path, MostLinks);

    /// <summary>Whether a target exists and is neither a regular file nor a folder, so that it is written straight into.</summary>
    public static bool IsWrittenInto(string target)
    {
        if (target.StartsWith(Processes, StringComparison.Ordinal))
            return File.Exists(target);
        if (!OperatingSystem.IsLinux())
            return target.StartsWith(Devices, StringComparison.Ordinal) && File.Exists(target);
        Span<byte> status = stackalloc byte[StatusBytes];
        return !Directory.Exists(target) && Status(CurrentFolder, target, 0, WantsType, status) == 0
            && (MemoryMarshal.Read<ushort>(status[ModeAt..]) & TypeMask) != Regular;
    }

    /// <summary>Gives the file its name.</summary>
    /// <param name="check">Is given the name of what is written beside, and throws when that must not be taken.</param>
    /// <inheritdoc cref="WholeFile(string, int)" path="/exception"/>
    public void Complete(Action<string>? check = null)
    {
        if (_beside is not null && Stream is FileStream { CanWrite: true } file)
            file.Flush(flushToDisk: true);
        Stream.Dispose();
        if (_beside is null)
            return;
        check?.Invoke(_beside);
        if (!OperatingSystem.IsWindows() && File.Exists(_target))
            File.SetUnixFileMode(_beside, File.GetUnixFileMode(_target));
        File.Move(_beside, _target, overwrite: true);
    }

    /// <summary>Leaves what was written beside the final name when the file is not complete.</summary>
    /// <returns>Where that is; the target itself when it is written straight into.</returns>
    public string Keep()
    {
        _isKept = true;
        return _beside ?? _target;
    }

    /// <summary>Closes the file; one that is not complete is deleted.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        finally
        {
            if (_beside is not null && !_isKept)
                File.Delete(_beside);
        }
    }

    // Links of folders first: a link's ".." counts from where it truly lies.
    private static string Target(string path, int links)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        string folder = Target(parent, links), here = Path.Combine(folder, Path.GetFileName(full));
        bool isOpenFile = here.StartsWith(Processes, StringComparison.Ordinal) && folder.EndsWith("/fd", StringComparison.Ordinal);
        if (isOpenFile || new FileInfo(here).LinkTarget is not { } link)
            return here;
        return links > 0 ? Target(Path.Combine(folder, link), links - 1) : throw new IOException("Its links lead in a circle.");
    }

    // What this process has open already is written on, where it stands, and stays open.
    private static Stream? OpenFile(string target)
    {
        string open = $"{Processes}{Environment.ProcessId}/fd/";
        return !target.StartsWith(open, StringComparison.Ordinal) || !int.TryParse(target.AsSpan(open.Length), out int number) ? null : number switch
        {
            1 => Console.OpenStandardOutput(),
            2 => Console.OpenStandardError(),
            _ => new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Write),
        };
    }

    // statx of Linux: one layout on all machines.
    private const int CurrentFolder = -100, StatusBytes = 256, ModeAt = 28, TypeMask = 0xF000, Regular = 0x8000;
    private const uint WantsType = 1;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, Span<byte> status);
}
