using System.Runtime.InteropServices;
using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>
/// Whole windows: every kernel, "scalar" too, must give what "scalar" gives step by step; for a layer that walks backward, what its forward twin
/// gives over the samples in reverse order.
/// </summary>
internal static class WindowChecks
{
    private static readonly (int Inputs, int Units)[] s_sizes = [(1, 1), (5, 16), (7, 33), (64, 20), (3, 140)];
    private static readonly int[] s_steps = [2, 9, 33];

    /// <summary>All cells, forward and backward.</summary>
    public static void Windows(EqualityRun run)
    {
        int seed = 0;
        foreach ((int inputs, int units) in s_sizes)
        {
            foreach (CellShape cell in CellShape.EveryCell(inputs, units))
            {
                foreach (int steps in run.IsQuick ? s_steps[..2] : s_steps)
                {
                    seed++;
                    CellShape shape = cell with { Seed = seed, Wide = seed % 2 == 0, Profile = (SumProfile)(seed / 2 % 4) };
                    Check(run, shape, steps);
                    Check(run, shape with { Reverse = true }, steps);
                }
            }
        }
    }

    private static void Check(EqualityRun run, CellShape shape, int steps)
    {
        float[] sequence = Sequence(shape, steps);
        int[] expected = Stream(shape with { Reverse = false }, shape.Reverse ? Backward(sequence, steps) : sequence, steps);
        if (shape.Reverse)
            expected = Backward(expected, steps);
        run.CountModel();
        ModelDefinition definition = LayerModel.Create(shape, steps);
        foreach (string kernel in (string[])[EqualityRun.Scalar, .. run.Kernels])
        {
            using LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
            bool end = kernel.Length % 2 == 0;
            Span<float> input = run.Codes.At<float>(end, sequence.Length), results = run.Results.At<float>(end, model.WindowOutputSize);
            sequence.CopyTo(input);
            Session session = model.CreateSession();
            // Twice: the second window must begin anew.
            for (int window = 0; window < 2; window++)
            {
                results.Clear();
                session.Run(input, steps, results);
                run.Compare(kernel, shape, $"window {window} of {steps} steps", expected, MemoryMarshal.Cast<float, int>(results));
            }
        }
    }

    private static int[] Stream(CellShape shape, float[] sequence, int steps)
    {
        using LatchModel model = LatchModel.Create(LayerModel.Create(shape), new LatchModelOptions { Kernel = EqualityRun.Scalar });
        Session session = model.CreateSession();
        var results = new float[steps * model.OutputSize];
        for (int step = 0; step < steps; step++)
            session.Step(sequence.AsSpan(step * shape.Inputs, shape.Inputs), results.AsSpan(step * model.OutputSize, model.OutputSize));
        return MemoryMarshal.Cast<float, int>(results).ToArray();
    }

    private static float[] Sequence(CellShape shape, int steps)
    {
        var random = new Random(shape.Seed);
        Quantization codes = LayerModel.Create(shape).Layers[0].Input;
        var sequence = new float[steps * shape.Inputs];
        for (int step = 0; step < steps; step++)
        {
            short[] sample = CodePattern.Codes(step % (CodePattern.Ends + 4), shape.Inputs, shape.Type, random);
            for (int i = 0; i < sample.Length; i++)
                sequence[(step * shape.Inputs) + i] = (float)(codes.Scale * (sample[i] - codes.ZeroPoint));
        }
        return sequence;
    }

    /// <summary>The same steps, last one first.</summary>
    private static T[] Backward<T>(T[] sequence, int steps) => [.. sequence.Chunk(sequence.Length / steps).Reverse().SelectMany(static step => step)];
}
