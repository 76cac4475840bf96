using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Latch.Runtime.Kernels.Lanes;
using Latch.Runtime.Kernels.Products;

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
        string? wanted = name ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(wanted))
            return Available[0];
        foreach (Kernel kernel in Available)
        {
            if (kernel.Name == wanted)
                return kernel;
        }
        string origin = name is null ? $"{Variable}: there" : "There";
        throw new ArgumentException($"{origin} is no kernel '{wanted}' in this program on this processor; there are: {string.Join(", ", Available.Select(k => k.Name))}.");
    }

    private static List<Kernel> Find()
    {
        List<Kernel> kernels = [];
        // 64 products and 16 units per instruction; byte products need BW.
        if (Avx512BW.IsSupported)
            kernels.Add(new Kernel<Avx512Product, Avx512Lanes, Vector512<int>>("avx512"));
        // Half the width, but one instruction for four products instead of three: behind AVX-512, before AVX2.
        if (AvxVnni.IsSupported)
            kernels.Add(new Kernel<Avx2Product<AvxVnniDot>, Avx2Lanes, Vector256<int>>("avxvnni"));
        // Every x64 processor since 2015.
        if (Avx2.IsSupported)
            kernels.Add(new Kernel<Avx2Product<Avx2Dot>, Avx2Lanes, Vector256<int>>("avx2"));
        // Cortex-A55, A76 and later: 16 products per instruction.
        if (Dp.IsSupported && AdvSimd.Arm64.IsSupported)
            kernels.Add(new Kernel<DotProduct, AdvSimdLanes, AdvSimdPair>("dotprod"));
        // Every other arm64 core, Cortex-A53 and A72 among them: three instructions for 16 products.
        if (AdvSimd.Arm64.IsSupported)
            kernels.Add(new Kernel<AdvSimdProduct, AdvSimdLanes, AdvSimdPair>("advsimd"));
        // What is left, x64 without AVX2: portable vectors for the products, unit by unit after them.
        if (Vector128.IsHardwareAccelerated)
            kernels.Add(new Kernel<Vector128Product, ScalarLanes, int>("vector128"));
        // The definition; last because it is the slowest, present everywhere.
        kernels.Add(new Kernel<ScalarProduct, ScalarLanes, int>("scalar"));
        return kernels;
    }
}
