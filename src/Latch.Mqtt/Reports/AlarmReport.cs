using Latch.Sensors.Outputs;

namespace Latch.Mqtt;

/// <summary>A change of the alarm level.</summary>
/// <param name="Time">When the sample of the step was taken.</param>
/// <param name="Step">Number of the step.</param>
/// <param name="Level">The new level.</param>
/// <param name="Previous">The level before.</param>
/// <param name="Score">The anomaly score; NaN without one.</param>
/// <param name="Threshold">The score from which on it is an alarm; NaN without one.</param>
/// <param name="Channel">Index of the channel that has most to do with it; -1 for none.</param>
/// <param name="Reason">Why, in a few words, such as "stuck"; a constant, so that nothing is allocated. Null for none.</param>
public readonly record struct AlarmReport(
    DateTimeOffset Time, long Step, AlarmLevel Level, AlarmLevel Previous, double Score, double Threshold, int Channel, string? Reason);
