using Latch.Import.Graph;

namespace Latch.Quantize.Calibration;

/// <summary>A run's numbers as the model's inputs by name.</summary>
internal static class RunInputs
{
    /// <summary>Cuts a run into the model's inputs, in their order.</summary>
    /// <exception cref="QuantizeException">The run has another length than the inputs together.</exception>
    public static IReadOnlyDictionary<string, float[]> Split(FloatModel model, float[] run)
    {
        int total = model.Inputs.Sum(static input => TensorShape.Count(input.Shape));
        if (run.Length != total)
        {
            string inputs = string.Join(", ", model.Inputs.Select(static input => $"{input.Name} {TensorShape.Text(input.Shape)}"));
            throw new QuantizeException($"a window of data has {run.Length} numbers, the model takes {total} ({inputs}); check the number of channels and steps");
        }
        if (model.Inputs.Count == 1)
            return new Dictionary<string, float[]> { [model.Inputs[0].Name] = run };
        var result = new Dictionary<string, float[]>();
        int start = 0;
        foreach (ValueInfo input in model.Inputs)
        {
            int count = TensorShape.Count(input.Shape);
            result[input.Name] = run[start..(start + count)];
            start += count;
        }
        return result;
    }
}
