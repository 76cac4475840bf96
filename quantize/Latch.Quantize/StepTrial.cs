using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Quantize;

/// <summary>Runs a model over some steps at once and one step after the other: a number that depends on the number of steps shows here, whatever made it.</summary>
internal static class StepTrial
{
    private const float Tolerance = 1e-4f;

    /// <summary>The first output that comes out otherwise step by step, or null.</summary>
    /// <param name="model">The model for a window of several steps, whose time axes <see cref="Causality"/> has found sound.</param>
    /// <param name="single">The same model for one step, with the states that it carries.</param>
    public static string? FindObstacle(FloatModel model, FloatModel single)
    {
        var random = new Random(1);
        Dictionary<string, float[]> window = model.Inputs.ToDictionary(
            static input => input.Name, input => Enumerable.Range(0, TensorShape.Count(input.Shape)).Select(_ => 2 * random.NextSingle() - 1).ToArray());
        IReadOnlyDictionary<string, float[]> whole = new FloatReference(model).Run(window);
        var stream = new FloatReference(single, carryState: true);
        for (int step = 0; step < model.Steps; step++)
        {
            IReadOnlyDictionary<string, float[]> results = stream.Run(model.Inputs.ToDictionary(static input => input.Name, input => At(step, input.Name, window[input.Name], model, single)));
            foreach (ValueInfo output in model.Outputs)
            {
                bool ends = model.Count(output.Name) == single.Count(output.Name);
                if ((!ends || step == model.Steps - 1) && !Agree(At(step, output.Name, whole[output.Name], model, single), results[output.Name]))
                    return $"output '{output.Name}' depends on the number of steps";
            }
        }
        return null;
    }

    // The part of a value that belongs to a step; all of it when it has no time axis.
    private static float[] At(int step, string value, float[] data, FloatModel model, FloatModel single)
    {
        int[] many = model.Shape(value);
        int time = TimeAxis.Of(model, single, value);
        if (time < 0)
            return data;
        int inner = TensorShape.Count(many.AsSpan(time + 1));
        return [.. data.Chunk(inner).Where((_, row) => row % many[time] == step).SelectMany(static row => row)];
    }

    private static bool Agree(float[] expected, float[] actual)
    {
        float size = Math.Max(1, expected.Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        return expected.Zip(actual).All(pair => pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= Tolerance * size);
    }
}
