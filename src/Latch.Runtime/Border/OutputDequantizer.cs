namespace Latch.Runtime.Border;

/// <summary>Where codes become real numbers: s x (q - z).</summary>
internal static class OutputDequantizer
{
    /// <summary>Writes all outputs of a plan, one after the other.</summary>
    public static void Dequantize(ExecutionPlan plan, Arena arena, Span<float> results)
    {
        foreach (int tensor in plan.OutputTensors)
            results = results[Dequantize(plan, tensor, arena, results)..];
    }

    /// <summary>Writes one tensor; returns its number of values.</summary>
    public static int Dequantize(ExecutionPlan plan, int tensor, Arena arena, Span<float> values)
    {
        TensorSlot slot = plan.Slot(tensor);
        CodeSpan codes = slot.In(arena);
        new CodeScale(slot).Decode(codes, values);
        return codes.Count;
    }
}
