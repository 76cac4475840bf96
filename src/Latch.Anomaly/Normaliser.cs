using Latch.Model;

namespace Latch.Anomaly;

/// <summary>Normalises readings outside of the integer model as the runtime does for it.</summary>
/// <param name="channels">Normalisation per channel; empty for readings that are normalised already.</param>
public sealed class Normaliser(IReadOnlyList<Channel> channels)
{
    /// <summary>Normalises one sample in place; NaN stays NaN.</summary>
    public void Apply(Span<float> sample)
    {
        for (int at = 0; at < Math.Min(sample.Length, channels.Count); at++)
            sample[at] = channels[at].Normalise(sample[at]);
    }

    /// <summary>Normalises a recording into new rows; a reading that is missing takes the one before (the first: the mean).</summary>
    public IReadOnlyList<float[]> Apply(IReadOnlyList<float[]> rows)
    {
        float[][] normalised = new float[rows.Count][];
        for (int row = 0; row < rows.Count; row++)
        {
            float[] sample = normalised[row] = [.. rows[row]];
            Apply(sample);
            for (int at = 0; at < sample.Length; at++)
                if (float.IsNaN(sample[at]))
                    sample[at] = row == 0 ? 0 : normalised[row - 1][at];
        }

        return normalised;
    }
}
