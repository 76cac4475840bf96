namespace Latch.Quantize.Calibration;

/// <summary>Watches the values of one tensor and says which range its codes should cover.</summary>
internal interface IObserver
{
    /// <summary>Takes in the values of one run (or one step).</summary>
    void Add(ReadOnlySpan<float> values);

    /// <summary>The range so far; 0..0 when nothing was seen.</summary>
    ValueRange Range { get; }
}

/// <summary>Makes observers by method.</summary>
internal static class Observer
{
    /// <summary>A new observer for codes with <paramref name="levels"/> steps (255 or 65,534).</summary>
    public static IObserver Create(CalibrationMethod method, int levels) => method switch
    {
        CalibrationMethod.MinMax => new MinMaxObserver(),
        CalibrationMethod.MovingAverage => new MovingAverageObserver(),
        CalibrationMethod.Percentile => new PercentileObserver(),
        CalibrationMethod.SquaredError => new SquaredErrorObserver(levels),
        CalibrationMethod.Entropy => new EntropyObserver(levels),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "auto is a choice between observers, not one of them"),
    };
}
