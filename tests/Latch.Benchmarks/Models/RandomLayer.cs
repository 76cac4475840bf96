using Latch.Import.Graph;

namespace Latch.Benchmarks.Models;

/// <summary>
/// A layer as PyTorch makes one before training: weights and biases uniform within +-1 / sqrt(hidden). Matrices in ONNX's order, GRU with linear before reset.
/// </summary>
public sealed class RandomLayer
{
    /// <summary>Draws the weights.</summary>
    public RandomLayer(CellKind cell, LayerSize size, int seed)
    {
        (Cell, Size) = (cell, size);
        Random random = new(seed);
        int rows = Gates(cell) * size.Hidden;
        float bound = 1 / MathF.Sqrt(size.Hidden);
        InputWeights = Uniform(random, rows * size.Inputs, bound);
        RecurrentWeights = Uniform(random, rows * size.Hidden, bound);
        Bias = Uniform(random, 2 * rows, bound);
    }

    /// <summary>LSTM or GRU.</summary>
    public CellKind Cell { get; }

    /// <summary>Inputs and units.</summary>
    public LayerSize Size { get; }

    /// <summary>W [gates x hidden, inputs].</summary>
    public float[] InputWeights { get; }

    /// <summary>R [gates x hidden, hidden].</summary>
    public float[] RecurrentWeights { get; }

    /// <summary>Wb, then Rb, gates x hidden each.</summary>
    public float[] Bias { get; }

    /// <summary>Rows of the weight matrices.</summary>
    public int Rows => Gates(Cell) * Size.Hidden;

    /// <summary>Gates of a cell.</summary>
    public static int Gates(CellKind cell) => cell == CellKind.Lstm ? 4 : 3;

    /// <summary>Standard normal samples, row-major.</summary>
    public static float[] Samples(int count, int seed)
    {
        Random random = new(seed);
        float[] samples = new float[count];
        for (int i = 0; i < count; i++)
            samples[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return samples;
    }

    private static float[] Uniform(Random random, int count, float bound)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = bound * ((2 * random.NextSingle()) - 1);
        return values;
    }
}
