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

    /// <summary>A kernel to pack with, also one that this processor cannot run: packing takes none of its instructions, multiplying does.</summary>
    /// <exception cref="ArgumentException">No kernel has that name.</exception>
    public static Kernel ForPacking(string name) => name switch
    {
        "avx512" => Avx512(),
        "avxvnni" => AvxVnni256(),
        "avx2" => Avx256(),
        "dotprod" => Dotprod(),
        "advsimd" => AdvSimd128(),
        "vector128" => Portable(),
        "scalar" => Scalar(),
        _ => throw new ArgumentException($"There is no kernel '{name}'.", nameof(name)),
    };

    private static Kernel<Avx512Product, Avx512Lanes, Vector512<int>> Avx512() => new("avx512");

    private static Kernel<Avx2Product<AvxVnniDot>, Avx2Lanes, Vector256<int>> AvxVnni256() => new("avxvnni");

    private static Kernel<Avx2Product<Avx2Dot>, Avx2Lanes, Vector256<int>> Avx256() => new("avx2");

    private static Kernel<DotProduct, AdvSimdLanes, AdvSimdPair> Dotprod() => new("dotprod");

    private static Kernel<AdvSimdProduct, AdvSimdLanes, AdvSimdPair> AdvSimd128() => new("advsimd");

    private static Kernel<Vector128Product, ScalarLanes, int> Portable() => new("vector128");

    private static Kernel<ScalarProduct, ScalarLanes, int> Scalar() => new("scalar");

    private static List<Kernel> Find()
    {
        List<Kernel> kernels = [];
        // 64 products and 16 units per instruction; byte products need BW.
        if (Avx512BW.IsSupported)
            kernels.Add(Avx512());
        // Half the width, but one instruction for four products instead of three: behind AVX-512, before AVX2.
        if (AvxVnni.IsSupported)
            kernels.Add(AvxVnni256());
        // Every x64 processor since 2015.
        if (Avx2.IsSupported)
            kernels.Add(Avx256());
        // Cortex-A55, A76 and later: 16 products per instruction.
        if (Dp.IsSupported && AdvSimd.Arm64.IsSupported)
            kernels.Add(Dotprod());
        // Every other arm64 core, Cortex-A53 and A72 among them: three instructions for 16 products.
        if (AdvSimd.Arm64.IsSupported)
            kernels.Add(AdvSimd128());
        // What is left, x64 without AVX2: portable vectors for the products, unit by unit after them.
        if (Vector128.IsHardwareAccelerated)
            kernels.Add(Portable());
        // The definition; last because it is the slowest, present everywhere.
        kernels.Add(Scalar());
        return kernels;
    }
}
