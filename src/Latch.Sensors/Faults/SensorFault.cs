namespace Latch.Sensors.Faults;

/// <summary>One sensor failing for a while.</summary>
/// <param name="Start">First moment of the fault, since the first sample.</param>
/// <param name="End">First moment after the fault, since the first sample; later than <paramref name="Start"/>.</param>
/// <param name="Kind">How the sensor fails.</param>
/// <param name="Channel">Name of the channel.</param>
/// <param name="Amount">For a drift: the error at its end, in the channel's unit. Without meaning for the other kinds.</param>
public sealed record SensorFault(TimeSpan Start, TimeSpan End, SensorFaultKind Kind, string Channel, float Amount);
