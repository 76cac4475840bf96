using Latch.Model;

namespace Latch.Bundle;

/// <summary>
/// Input codes for golden vectors. Codes span the ranges found in calibration, so they are readings a sensor could give: eight steps a phase, first wandering around the
/// mean, then anything, then the ends of the ranges.
/// </summary>
internal static class GoldenInputs
{
    private const int PhaseSteps = 8, Phases = 4;
    private const ulong Seed = 0x6c61746368;

    public static void Fill(Plan plan, Span<short> codes)
    {
        Quantization[] inputs = [.. plan.Inputs.SelectMany(port => Enumerable.Repeat(plan.Tensors[port.Tensor].Quantization, plan.Tensors[port.Tensor].Count))];
        int[] wander = new int[inputs.Length];
        ulong random = Seed;
        for (int i = 0; i < codes.Length; i++)
        {
            int input = i % inputs.Length, step = i / inputs.Length;
            (int low, int high, int zero) = (inputs[input].MinCode, inputs[input].MaxCode, inputs[input].ZeroPoint);
            int any = low + (int)(Next(ref random) % (ulong)(high - low + 1));
            wander[input] = Math.Clamp(wander[input] + ((any - wander[input] - zero) / 8), low - zero, high - zero);
            codes[i] = (short)((step / PhaseSteps % Phases) switch
            {
                0 or 2 => zero + wander[input],
                1 => any,
                _ => (step % PhaseSteps) switch { 0 => low, 1 => high, 2 => zero, _ => (any & 1) == 0 ? low : high },
            });
        }
    }

    /// <summary>SplitMix64: the same numbers under every version of the framework.</summary>
    private static ulong Next(ref ulong state)
    {
        ulong value = state += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
