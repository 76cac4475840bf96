using System.Runtime.Intrinsics;

namespace Latch.Runtime.Kernels;

/// <summary>The kernels this processor can run, fastest first.</summary>
internal static class KernelCatalog
{
    /// <summary>Environment variable that forces a kernel by name when the options name none.</summary>
    public const string Variable = "LATCH_KERNEL";

    /// <summary>The usable kernels in order of preference.</summary>
    public static IReadOnlyList<Kernel> Available { get; } = Find();

    /// <summary>The kernel called <paramref name="name"/>, else the one the environment names, else the first.</summary>
    /// <exception cref="ArgumentException">No usable kernel has that name.</exception>
    public static Kernel Choose(string? name)
    {
        name ??= Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(name))
            return Available[0];
        foreach (Kernel kernel in Available)
        {
            if (kernel.Name == name)
                return kernel;
        }
        throw new ArgumentException($"No kernel '{name}' on this processor; there are: {string.Join(", ", Available.Select(k => k.Name))}.", nameof(name));
    }

    private static List<Kernel> Find()
    {
        List<Kernel> kernels = [];
        // 16 rows in the lanes of 128-bit vectors: every x64 and arm64 processor .NET runs on has them.
        if (Vector128.IsHardwareAccelerated)
            kernels.Add(new Vector128Kernel());
        // The definition; last because it is the slowest, present everywhere.
        kernels.Add(new ScalarKernel());
        return kernels;
    }
}
