namespace Latch.Tests;

/// <summary>Bytes that steps allocate on their thread.</summary>
internal static class AllocatedBytes
{
    /// <summary>
    /// Runs the steps twice and returns what the second round allocated: during the first the runtime replaces code that is running in a loop, and allocates for that on
    /// the thread that runs it.
    /// </summary>
    internal static long Of(int count, Action step)
    {
        Run(count, step);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(count, step);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Run(int count, Action step)
    {
        for (int i = 0; i < count; i++)
            step();
    }
}
