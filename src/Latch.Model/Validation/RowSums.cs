using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latch.Model.Validation;

/// <summary>What the bounds of section 8 ask of one row of weights, in one pass over it.</summary>
/// <param name="Signed">Sum of the weights.</param>
/// <param name="Magnitude">Sum of their magnitudes.</param>
/// <param name="Smallest">The smallest of them and 0.</param>
internal readonly record struct RowSums(long Signed, long Magnitude, sbyte Smallest)
{
    // A lane of 16 bits takes in two weights of at most 128 from each vector: 127 vectors are at most 32512, signed or not.
    private const int MostVectors = 127;

    /// <summary>Adds up a row.</summary>
    internal static RowSums Of(ReadOnlySpan<sbyte> weights)
    {
        ReadOnlySpan<Vector128<sbyte>> vectors = MemoryMarshal.Cast<sbyte, Vector128<sbyte>>(weights);
        long signed = 0, magnitude = 0;
        Vector128<sbyte> smallest = default;
        for (int first = 0; first < vectors.Length; first += MostVectors)
        {
            Vector128<short> signedLanes = default;
            Vector128<ushort> magnitudeLanes = default;
            foreach (Vector128<sbyte> vector in vectors.Slice(first, Math.Min(MostVectors, vectors.Length - first)))
            {
                smallest = Vector128.Min(smallest, vector);
                signedLanes += Vector128.WidenLower(vector) + Vector128.WidenUpper(vector);
                // The magnitude of -128 does not fit a signed byte but, as the same bits, an unsigned one.
                Vector128<byte> magnitudes = Vector128.Abs(vector).AsByte();
                magnitudeLanes += Vector128.WidenLower(magnitudes) + Vector128.WidenUpper(magnitudes);
            }
            signed += Vector128.Sum(Vector128.WidenLower(signedLanes) + Vector128.WidenUpper(signedLanes));
            magnitude += Vector128.Sum(Vector128.WidenLower(magnitudeLanes) + Vector128.WidenUpper(magnitudeLanes));
        }
        RowSums sums = new(signed, magnitude, 0);
        for (int lane = 0; lane < Vector128<sbyte>.Count; lane++)
            sums = sums with { Smallest = Math.Min(sums.Smallest, smallest[lane]) };
        foreach (sbyte weight in weights[(vectors.Length * Vector128<sbyte>.Count)..])
            sums = new(sums.Signed + weight, sums.Magnitude + Math.Abs((int)weight), Math.Min(sums.Smallest, weight));
        return sums;
    }
}
