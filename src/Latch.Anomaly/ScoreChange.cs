namespace Latch.Anomaly;

/// <summary>How the scores of one run differ from those of another on the same samples.</summary>
public sealed class ScoreChange
{
    private double _sum;
    private long _steps;

    /// <summary>Mean of after minus before; 0 before the first step.</summary>
    public double MeanChange => _sum / Math.Max(_steps, 1);

    /// <summary>The change of largest magnitude, with its sign.</summary>
    public double LargestChange { get; private set; }

    /// <summary>The step of the largest change.</summary>
    public long LargestStep { get; private set; }

    /// <summary>Takes a step in; those of a detector's warm-up, whose scores are 0, are left out by the caller.</summary>
    /// <param name="step">Its number.</param>
    /// <param name="before">Score in the first run.</param>
    /// <param name="after">Score in the second run.</param>
    public void Add(long step, double before, double after)
    {
        double change = after - before;
        _sum += change;
        _steps++;
        if (Math.Abs(change) > Math.Abs(LargestChange))
            (LargestChange, LargestStep) = (change, step);
    }
}
