namespace Latch.Anomaly;

/// <summary>Windows and alarm rules of a detector, all in steps; part of the profile, because the learnt tails belong to them.</summary>
public sealed record DetectorSettings
{
    /// <summary>Steps before the first score; the model's state and the windows settle. At least the long window.</summary>
    public int WarmUp { get; init; } = 60;

    /// <summary>Window of <see cref="AlarmReason.Shift"/> and <see cref="AlarmReason.Burst"/>.</summary>
    public int ShortWindow { get; init; } = 10;

    /// <summary>Window of <see cref="AlarmReason.Drift"/>.</summary>
    public int LongWindow { get; init; } = 30;

    /// <summary>Standardised residuals are clipped to plus and minus this before they enter a window, so that one spike does not fill it.</summary>
    public double Clip { get; init; } = 5;

    /// <summary>An alarm ends after this many steps in a row below the threshold less <see cref="ReleaseMargin"/>; what comes back sooner belongs to the same alarm.</summary>
    public int HoldSteps { get; init; } = 20;

    /// <summary>How far below the threshold the score must fall, in powers of ten of probability.</summary>
    public double ReleaseMargin { get; init; } = 0.5;

    /// <summary>The usual settings with all lengths in proportion to another short window.</summary>
    /// <param name="steps">The short window, in steps.</param>
    public static DetectorSettings ForWindow(int steps) => new() { WarmUp = 6 * steps, ShortWindow = steps, LongWindow = 3 * steps, HoldSteps = 2 * steps };

    /// <summary>The first rule these settings break, or null.</summary>
    internal string? Fault() => this switch
    {
        { ShortWindow: < 2 or > 100_000 } => "the short window must be 2 to 100000 steps",
        { LongWindow: > 100_000 } => "the long window must be at most 100000 steps",
        _ when LongWindow < ShortWindow => "the long window must not be shorter than the short one",
        _ when WarmUp < LongWindow => "the warm-up must not be shorter than the long window",
        _ when !(Clip > 0) || !double.IsFinite(Clip) => "the clip must be above zero",
        { HoldSteps: < 1 } => "the hold must be at least one step",
        _ when !(ReleaseMargin >= 0) || !double.IsFinite(ReleaseMargin) => "the release margin must not be negative",
        _ => null,
    };
}
