namespace Latch.Telemetry;

/// <summary>What counts as saturated, stuck or recent, and how many steps are watched.</summary>
public sealed record StatisticsOptions
{
    /// <summary>Shortest <see cref="Window"/>.</summary>
    public const int LeastWindow = 2 * StepRing.Steps;

    /// <summary>
    /// Lower limit of the saturation fraction, as a share of the gate's range: 0.1 is the value 0.1 for a gate in 0..1, and -0.8 for a candidate in -1..1.
    /// 0 to 1, below <see cref="High"/>.
    /// </summary>
    public double Low { get; init; } = 0.1;

    /// <summary>Upper limit of the saturation fraction, as a share of the gate's range; 0 to 1.</summary>
    public double High { get; init; } = 0.9;

    /// <summary>Steps from one that is watched to the next, 1 or more. Slopes, times and the warm-up count all steps, as if the ones between were like the watched one.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Watched steps of the recent slope of c, an even number of <see cref="LeastWindow"/> or more: two half windows, so the slope is over the last N/2 to N.</summary>
    public int Window { get; init; } = 256;

    /// <summary>A unit whose h stays within so many codes of the hidden state is dead; 0 or more.</summary>
    public double DeadCodes { get; init; } = 1;

    /// <summary>A gate that stays within this share of its range is stuck; 0 to 1.</summary>
    public double StuckRange { get; init; } = 1.0 / 1024;

    internal void Check(string parameter)
    {
        if (!(Low >= 0 && Low < High && High <= 1))
            throw new ArgumentException($"The saturation limits are {Low} and {High}; they have to be shares of a gate's range, 0 <= Low < High <= 1.", parameter);
        if (Every < 1)
            throw new ArgumentException($"Every is {Every}; it has to be 1 (watch all steps) or more.", parameter);
        if (Window < LeastWindow || Window % 2 != 0)
            throw new ArgumentException($"Window is {Window}; it has to be an even number of steps, {LeastWindow} or more.", parameter);
        if (!(DeadCodes >= 0) || !double.IsFinite(DeadCodes))
            throw new ArgumentException($"DeadCodes is {DeadCodes}; it has to be a number of codes, 0 or more.", parameter);
        if (!(StuckRange >= 0 && StuckRange <= 1))
            throw new ArgumentException($"StuckRange is {StuckRange}; it has to be a share of a gate's range, 0 to 1.", parameter);
    }
}
