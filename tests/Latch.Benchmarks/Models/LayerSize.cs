using System.Globalization;
using Latch.Import.Graph;

namespace Latch.Benchmarks.Models;

/// <summary>Width of a layer.</summary>
public readonly record struct LayerSize(int Inputs, int Hidden)
{
    /// <summary>The six sizes of every table.</summary>
    public static IReadOnlyList<LayerSize> All { get; } = [new(8, 16), new(16, 32), new(32, 64), new(64, 128), new(128, 256), new(257, 512)];

    /// <summary>Reads "64x128,257x512".</summary>
    /// <exception cref="FormatException">The text is not of that form.</exception>
    public static LayerSize[] ParseList(string text) => [.. text.Split(',').Select(Parse)];

    /// <summary>Bytes of the int8 weight matrices of a layer of this size, which a step reads once.</summary>
    public int WeightBytes(CellKind cell) => RandomLayer.Gates(cell) * Hidden * (Inputs + Hidden);

    /// <inheritdoc/>
    public override string ToString() => $"{Inputs}x{Hidden}";

    private static LayerSize Parse(string text)
    {
        string[] parts = text.Split('x');
        if (parts.Length == 2 && Number(parts[0]) is > 0 and var inputs && Number(parts[1]) is > 0 and var hidden)
            return new LayerSize(inputs, hidden);
        throw new FormatException($"'{text}' is not a size like 64x128");
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
