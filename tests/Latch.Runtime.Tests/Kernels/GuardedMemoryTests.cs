using Latch.Runtime.Equality;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>That a byte beyond kills the process is seen from outside: tests/Latch.EndToEnd.Tests, the command "guard".</summary>
public sealed class GuardedMemoryTests
{
    [Fact]
    public unsafe void Spans_AtEndAndStart_TouchTheGuards()
    {
        using var memory = new GuardedMemory(100);
        Span<int> end = memory.AtEnd<int>(25), start = memory.AtStart<int>(25);
        fixed (int* first = start, last = end)
        {
            Assert.Equal(0, (nint)first % Environment.SystemPageSize);
            Assert.Equal(0, (nint)(last + 25) % Environment.SystemPageSize);
        }
        start.Fill(7);
        end.Fill(9);
        Assert.Equal(7, start[24]);
        Assert.Equal(9, memory.At<int>(end: true, 25)[0]);
    }

    [Fact]
    public void Span_LongerThanTheMemory_IsRefused()
    {
        using var memory = new GuardedMemory(1);
        Assert.Throws<ArgumentException>(() => memory.AtEnd<byte>(Environment.SystemPageSize + 1).Length);
        Assert.Throws<ArgumentException>(() => memory.AtStart<long>(Environment.SystemPageSize).Length);
    }

    [Fact]
    public void Span_AfterDispose_IsRefused()
    {
        var memory = new GuardedMemory(1);
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.AtEnd<byte>(1).Length);
    }
}
