using System.Runtime.InteropServices;
using Latch.Model.Container;

namespace Latch.Model;

/// <summary>A named, immutable integer tensor of the model file: weights, biases, multipliers. Row-major.</summary>
public sealed class ConstantTensor
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private ConstantTensor(string name, ElementType type, IReadOnlyList<int> shape, ReadOnlyMemory<byte> bytes)
    {
        long count = 1;
        foreach (int dimension in shape)
            count *= dimension;
        int size = Format.ElementSize(type);
        if (count * size != bytes.Length)
            throw new ArgumentException($"Tensor '{name}' has {bytes.Length / size} elements, its shape [{string.Join(", ", shape)}] asks for {count}.", nameof(bytes));
        (Name, Type, Shape, _bytes) = (name, type, shape, bytes);
    }

    /// <summary>Unique name within the model.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Dimensions, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count => _bytes.Length / Format.ElementSize(Type);

    /// <summary>The elements as raw little-endian bytes in memory order.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>The elements of an <see cref="ElementType.Int8"/> tensor.</summary>
    /// <exception cref="InvalidCastException">The tensor has another element type.</exception>
    public ReadOnlySpan<sbyte> Int8 => Elements<sbyte>(ElementType.Int8);

    /// <summary>The elements of an <see cref="ElementType.Int16"/> tensor.</summary>
    /// <exception cref="InvalidCastException">The tensor has another element type.</exception>
    public ReadOnlySpan<short> Int16 => Elements<short>(ElementType.Int16);

    /// <summary>
    /// The elements of an <see cref="ElementType.Int32"/> tensor, or a widened copy of those of an <see cref="ElementType.Int16"/> one
    /// (biases and multipliers are stored in the smaller type where it holds them).
    /// </summary>
    /// <exception cref="InvalidCastException">The tensor is Int8.</exception>
    public ReadOnlySpan<int> Int32 => Type == ElementType.Int16 ? Widen(Int16) : Elements<int>(ElementType.Int32);

    /// <summary>Makes an int8 tensor over a copy of <paramref name="data"/>.</summary>
    public static ConstantTensor Of(string name, IReadOnlyList<int> shape, ReadOnlySpan<sbyte> data) =>
        new(name, ElementType.Int8, [.. shape], MemoryMarshal.AsBytes(data).ToArray());

    /// <summary>Makes an int16 tensor over a copy of <paramref name="data"/>.</summary>
    public static ConstantTensor Of(string name, IReadOnlyList<int> shape, ReadOnlySpan<short> data) =>
        new(name, ElementType.Int16, [.. shape], MemoryMarshal.AsBytes(data).ToArray());

    /// <summary>Makes an int32 tensor over a copy of <paramref name="data"/>.</summary>
    public static ConstantTensor Of(string name, IReadOnlyList<int> shape, ReadOnlySpan<int> data) =>
        new(name, ElementType.Int32, [.. shape], MemoryMarshal.AsBytes(data).ToArray());

    /// <summary>Makes a tensor over bytes that nobody changes any more.</summary>
    internal static ConstantTensor Over(string name, ElementType type, IReadOnlyList<int> shape, ReadOnlyMemory<byte> bytes) => new(name, type, shape, bytes);

    private static int[] Widen(ReadOnlySpan<short> elements)
    {
        int[] wide = new int[elements.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = elements[i];
        return wide;
    }

    private ReadOnlySpan<T> Elements<T>(ElementType type)
        where T : unmanaged =>
        Type == type ? MemoryMarshal.Cast<byte, T>(_bytes.Span) : throw new InvalidCastException($"Tensor '{Name}' is {Type}, not {type}.");
}
