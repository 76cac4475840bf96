namespace Latch.Anomaly;

/// <summary>One alarm from its start to its end.</summary>
/// <param name="Start">First step at or above the threshold, counted from 0.</param>
/// <param name="End">First step after the last one above the release level; while the alarm lasts, the next step.</param>
/// <param name="Channel">Index of the channel with the highest score.</param>
/// <param name="Reason">What was out of the ordinary when the score was highest.</param>
/// <param name="PeakScore">Highest score, -log10 of a probability.</param>
/// <param name="PeakStep">The step of the highest score.</param>
public readonly record struct Alarm(long Start, long End, int Channel, AlarmReason Reason, double PeakScore, long PeakStep);
