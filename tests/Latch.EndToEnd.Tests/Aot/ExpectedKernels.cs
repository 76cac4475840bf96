namespace Latch.EndToEnd.Tests.Aot;

/// <summary>Which kernels a program must offer, from the instruction sets it must have.</summary>
internal static class ExpectedKernels
{
    // In the catalog's order: the kernel and the set it needs.
    private static readonly (string Kernel, string Set)[] s_catalog =
    [
        ("avx512", "avx512bw"), ("avxvnni", "avxvnni"), ("avx2", "avx2"), ("dotprod", "dotprod"), ("advsimd", "advsimd"), ("vector128", "vector128"),
    ];

    /// <summary>Asserts what the command "cpu" printed, and returns the kernels.</summary>
    /// <param name="cpu">A run of the command.</param>
    /// <param name="on">Sets that must be on.</param>
    /// <param name="off">Sets that must be off; the others may be either.</param>
    public static string[] Assert(SmokeRun cpu, string on, string off)
    {
        string[] sets = cpu.Words("sets"), kernels = cpu.Words("kernels");
        Xunit.Assert.Empty(Split(on).Except(sets));
        Xunit.Assert.Empty(Split(off).Intersect(sets));
        Xunit.Assert.Equal([.. s_catalog.Where(entry => sets.Contains(entry.Set)).Select(static entry => entry.Kernel), "scalar"], kernels);
        return kernels;
    }

    private static string[] Split(string sets) => sets.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
