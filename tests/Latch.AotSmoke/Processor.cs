using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Latch.AotSmoke;

/// <summary>What this program may use of the processor: in a native program partly fixed when it was compiled.</summary>
internal static class Processor
{
    /// <summary>Names of the instruction sets that are on.</summary>
    public static IEnumerable<string> InstructionSets() => Known().Where(static set => set.IsOn).Select(static set => set.Name);

    private static IEnumerable<(string Name, bool IsOn)> Known()
    {
        yield return ("vector128", Vector128.IsHardwareAccelerated);
        yield return ("sse4.2", Sse42.IsSupported);
        yield return ("avx2", Avx2.IsSupported);
        yield return ("avxvnni", AvxVnni.IsSupported);
        yield return ("avx512bw", Avx512BW.IsSupported);
        yield return ("advsimd", AdvSimd.Arm64.IsSupported);
        yield return ("dotprod", Dp.Arm64.IsSupported);
    }
}
