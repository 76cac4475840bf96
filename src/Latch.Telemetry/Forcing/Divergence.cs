namespace Latch.Telemetry;

/// <summary>How far two runs on the same samples are apart in one quantity.</summary>
public sealed class Divergence
{
    private double _squares;
    private long _values;

    /// <summary>The first step whose integers differ, counted from 0; null when none does.</summary>
    public long? FirstStep { get; private set; }

    /// <summary>The largest difference, in real units.</summary>
    public double Largest { get; private set; }

    /// <summary>The step of <see cref="Largest"/>; 0 before any difference.</summary>
    public long LargestStep { get; private set; }

    /// <summary>Root of the mean squared difference over all steps and values, in real units.</summary>
    public double Rms => _values == 0 ? 0 : Math.Sqrt(_squares / _values);

    /// <summary>Takes one step in.</summary>
    /// <param name="step">Counted from 0.</param>
    /// <param name="left">Integers of one run.</param>
    /// <param name="right">The same integers of the other run.</param>
    /// <param name="fractionBits">Fraction bits of both.</param>
    internal void Add(long step, ReadOnlySpan<int> left, ReadOnlySpan<int> right, int fractionBits)
    {
        for (int i = 0; i < left.Length; i++)
            Add(step, FixedPoint.ToReal(left[i], fractionBits) - FixedPoint.ToReal(right[i], fractionBits));
    }

    /// <inheritdoc cref="Add(long, ReadOnlySpan{int}, ReadOnlySpan{int}, int)"/>
    internal void Add(long step, ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        for (int i = 0; i < left.Length; i++)
            Add(step, (double)left[i] - right[i]);
    }

    private void Add(long step, double difference)
    {
        _values++;
        if (difference == 0)
            return;
        FirstStep ??= step;
        _squares += difference * difference;
        if (Math.Abs(difference) > Largest)
            (Largest, LargestStep) = (Math.Abs(difference), step);
    }
}
