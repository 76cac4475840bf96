namespace Latch.Import.Graph;

/// <summary>A constant tensor of single-precision numbers in row-major order.</summary>
public sealed class FloatTensor
{
    /// <summary>Creates a tensor; the arrays are kept, not copied, and must not be changed afterwards.</summary>
    /// <param name="shape">The length of each axis; empty for a scalar.</param>
    /// <param name="data">The elements in row-major order.</param>
    /// <exception cref="ArgumentException">The number of elements is not the product of the shape.</exception>
    public FloatTensor(int[] shape, float[] data)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(data);
        if (TensorShape.Count(shape) != data.Length)
            throw new ArgumentException($"shape {TensorShape.Text(shape)} does not hold {data.Length} elements", nameof(data));
        Shape = shape;
        Data = data;
    }

    /// <summary>The length of each axis; empty for a scalar.</summary>
    public int[] Shape { get; }

    /// <summary>The elements in row-major order.</summary>
    public float[] Data { get; }

    /// <summary>The number of elements.</summary>
    public int Count => Data.Length;

    /// <inheritdoc/>
    public override string ToString() => $"float{TensorShape.Text(Shape)}";
}
