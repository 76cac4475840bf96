namespace Latch.Quantize.Report;

/// <summary>What an inner quantity is.</summary>
public enum QuantityKind
{
    /// <summary>A value of the graph, between two nodes.</summary>
    Tensor,

    /// <summary>A gate of a recurrent layer, after its activation.</summary>
    Gate,

    /// <summary>The cell state or the hidden state of a recurrent layer.</summary>
    State,
}

/// <summary>How far one inner quantity of the integer model is from the float reference, in real units.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The value's name, or the layer's name and the quantity.</param>
/// <param name="Count">Numbers compared.</param>
/// <param name="SqnrDb">Power of the float value over power of the difference, in dB; infinite when they agree.</param>
/// <param name="RmsDifference">Root mean square of the difference.</param>
/// <param name="LargestDifference">Largest absolute difference.</param>
/// <param name="FloatRms">Root mean square of the float value.</param>
public sealed record QuantityError(
    QuantityKind Kind, string Name, long Count, double SqnrDb, double RmsDifference, double LargestDifference, double FloatRms);

/// <summary>Adds up differences of one quantity.</summary>
internal sealed class QuantitySums(QuantityKind kind, string name)
{
    private long _count;
    private double _signal;
    private double _noise;
    private double _largest;

    public void Add(ReadOnlySpan<float> reference, ReadOnlySpan<float> integer)
    {
        for (int i = 0; i < reference.Length; i++)
        {
            double difference = (double)integer[i] - reference[i];
            _signal += (double)reference[i] * reference[i];
            _noise += difference * difference;
            _largest = Math.Max(_largest, Math.Abs(difference));
        }
        _count += reference.Length;
    }

    public QuantityError ToError() =>
        new(kind, name, _count, 10 * Math.Log10(_signal / _noise), Math.Sqrt(_noise / Math.Max(1, _count)), _largest, Math.Sqrt(_signal / Math.Max(1, _count)));
}
