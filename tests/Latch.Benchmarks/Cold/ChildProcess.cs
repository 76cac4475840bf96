using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Latch.Benchmarks.Cold;

/// <summary>
/// Starts a program and waits for it by the system's own calls: the framework's Process adds a pipe and a thread's wake-up, which is much beside a program
/// of a few milliseconds.
/// </summary>
internal static partial class ChildProcess
{
    private const int StandardOutput = 1;
    private const int WriteOnly = 1;

    // Larger than the structure of any C library.
    private const int FileActionsBytes = 256;

    /// <summary>The time from start to exit, its output thrown away.</summary>
    /// <exception cref="InvalidOperationException">It could not be started, or failed.</exception>
    public static TimeSpan Time(string program, string argument)
    {
        byte[] actions = new byte[FileActionsBytes];
        Check(InitializeActions(actions), program);
        Check(AddOpen(actions, StandardOutput, "/dev/null", WriteOnly, 0), program);
        string?[] arguments = [program, argument, null];
        string?[] environment = ["PATH=/usr/bin:/bin", null];
        long start = Stopwatch.GetTimestamp();
        Check(Spawn(out int process, program, actions, 0, arguments, environment), program);
        int waited = Wait(process, out int status, 0);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        _ = DestroyActions(actions);
        Check(waited == process ? status : -1, program);
        return elapsed;
    }

    private static void Check(int result, string program)
    {
        if (result != 0)
            throw new InvalidOperationException($"{program} did not run: {result}.");
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int process, string path, byte[] actions, nint attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int Wait(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(byte[] actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte[] actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte[] actions);
}
