using System.Runtime.InteropServices;

namespace Latch.Model;

/// <summary>A named, immutable integer tensor of the model file: weights, biases, multipliers. Row-major.</summary>
public sealed class ConstantTensor
{
    private readonly Array _data;

    private ConstantTensor(string name, ElementType type, IReadOnlyList<int> shape, Array data)
    {
        long count = 1;
        foreach (int dimension in shape)
            count *= dimension;
        if (count != data.Length)
            throw new ArgumentException($"Tensor '{name}' has {data.Length} elements, its shape [{string.Join(", ", shape)}] asks for {count}.", nameof(data));
        (Name, Type, Shape, _data) = (name, type, shape, data);
    }

    /// <summary>Unique name within the model.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Dimensions, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count => _data.Length;

    /// <summary>The elements as raw little-endian bytes in memory order.</summary>
    public ReadOnlySpan<byte> Bytes => Type switch
    {
        ElementType.Int8 => MemoryMarshal.AsBytes<sbyte>(Int8),
        ElementType.Int16 => MemoryMarshal.AsBytes<short>(Int16),
        _ => MemoryMarshal.AsBytes<int>((int[])_data),
    };

    /// <summary>The elements of an <see cref="ElementType.Int8"/> tensor.</summary>
    /// <exception cref="InvalidCastException">The tensor has another element type.</exception>
    public ReadOnlySpan<sbyte> Int8 => (sbyte[])_data;

    /// <summary>The elements of an <see cref="ElementType.Int16"/> tensor.</summary>
    /// <exception cref="InvalidCastException">The tensor has another element type.</exception>
    public ReadOnlySpan<short> Int16 => (short[])_data;

    /// <summary>
    /// The elements of an <see cref="ElementType.Int32"/> tensor, or a widened copy of those of an <see cref="ElementType.Int16"/> one
    /// (biases and multipliers are stored in the smaller type where it holds them).
    /// </summary>
    /// <exception cref="InvalidCastException">The tensor is Int8.</exception>
    public ReadOnlySpan<int> Int32 => _data is short[] narrow ? Array.ConvertAll(narrow, static value => (int)value) : (int[])_data;

    /// <summary>Makes an int8 tensor over a copy of <paramref name="data"/>.</summary>
    public static ConstantTensor Of(string name, IReadOnlyList<int> shape, ReadOnlySpan<sbyte> data) =>
        new(name, ElementType.Int8, [.. shape], data.ToArray());

    /// <summary>Makes an int16 tensor over a copy of <paramref name="data"/>.</summary>
    public static ConstantTensor Of(string name, IReadOnlyList<int> shape, ReadOnlySpan<short> data) =>
        new(name, ElementType.Int16, [.. shape], data.ToArray());

    /// <summary>Makes an int32 tensor over a copy of <paramref name="data"/>.</summary>
    public static ConstantTensor Of(string name, IReadOnlyList<int> shape, ReadOnlySpan<int> data) =>
        new(name, ElementType.Int32, [.. shape], data.ToArray());
}
