using Latch.Runtime.Equality;

namespace Latch.AotSmoke;

/// <summary>Proves that guarded memory guards: reads up to its end, says so, then one byte more.</summary>
internal static class GuardCommand
{
    public static unsafe int Run()
    {
        using var memory = new GuardedMemory(100);
        Span<byte> bytes = memory.AtEnd<byte>(100);
        bytes.Fill(7);
        int sum = 0;
        foreach (byte value in bytes)
            sum += value;
        Console.WriteLine($"inside       {sum}");
        Console.Out.Flush();
        fixed (byte* first = bytes)
            Console.WriteLine($"beyond       {Volatile.Read(ref first[bytes.Length])}");
        return Usage.Different;
    }
}
