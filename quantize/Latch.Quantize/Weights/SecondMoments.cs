namespace Latch.Quantize;

/// <summary>
/// Running second moments of a layer's input vector over the calibration data: the mean of v and the mean of v v^T.
/// For a recurrent layer v is the input x followed by the hidden state h of the step before.
/// </summary>
public sealed class SecondMoments
{
    private readonly double[] _sum;
    private readonly double[] _products;

    /// <summary>Makes empty moments for vectors of <paramref name="size"/> elements.</summary>
    public SecondMoments(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        (Size, _sum, _products) = (size, new double[size], new double[size * size]);
    }

    /// <summary>Length of the vectors.</summary>
    public int Size { get; }

    /// <summary>Number of vectors added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the vector made of <paramref name="head"/> followed by <paramref name="tail"/>.</summary>
    /// <exception cref="ArgumentException">The two parts together do not have <see cref="Size"/> elements.</exception>
    public void Add(ReadOnlySpan<float> head, ReadOnlySpan<float> tail)
    {
        if (head.Length + tail.Length != Size)
            throw new ArgumentException($"A vector of {head.Length + tail.Length} elements was added to moments of size {Size}.", nameof(head));
        Span<double> vector = Size <= 1024 ? stackalloc double[Size] : new double[Size];
        for (int i = 0; i < Size; i++)
            vector[i] = i < head.Length ? head[i] : tail[i - head.Length];
        for (int i = 0; i < Size; i++)
        {
            _sum[i] += vector[i];
            if (vector[i] == 0)
                continue;
            Span<double> row = _products.AsSpan(i * Size, i + 1);
            for (int j = 0; j <= i; j++)
                row[j] += vector[i] * vector[j];
        }
        Count++;
    }

    /// <summary>Mean of element <paramref name="index"/>; 0 without data.</summary>
    public double Mean(int index) => Count == 0 ? 0 : _sum[index] / Count;

    /// <summary>Mean of the product of two elements; 0 without data.</summary>
    public double Product(int first, int second) =>
        Count == 0 ? 0 : _products[Math.Max(first, second) * Size + Math.Min(first, second)] / Count;
}
