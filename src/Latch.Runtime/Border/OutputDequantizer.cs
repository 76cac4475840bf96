using System.Runtime.CompilerServices;

namespace Latch.Runtime.Border;

/// <summary>Where codes become real numbers: s x (q - z).</summary>
internal sealed class OutputDequantizer(ExecutionPlan plan)
{
    private readonly (TensorSlot Slot, CodeScale Scale)[] _outputs = Array.ConvertAll(plan.OutputTensors, tensor => (plan.Slot(tensor), new CodeScale(plan.Slot(tensor))));

    /// <summary>Writes all outputs of the plan, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Dequantize(Arena arena, Span<float> results)
    {
        foreach (ref readonly (TensorSlot Slot, CodeScale Scale) output in _outputs.AsSpan())
        {
            CodeSpan codes = output.Slot.In(arena);
            output.Scale.Decode(in codes, results);
            results = results[output.Slot.Count..];
        }
    }

    /// <summary>Writes one tensor; returns its number of values.</summary>
    public static int Dequantize(TensorSlot slot, Arena arena, Span<float> values)
    {
        new CodeScale(slot).Decode(slot.In(arena), values);
        return slot.Count;
    }
}
