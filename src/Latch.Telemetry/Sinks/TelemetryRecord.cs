namespace Latch.Telemetry.Sinks;

/// <summary>One quantity of one layer in one step, over all units.</summary>
/// <param name="Step">The number the runtime gave the step.</param>
/// <param name="Layer">Index of the layer.</param>
/// <param name="Quantity">The gate or state.</param>
/// <param name="Mean">Mean over the units, in real units.</param>
/// <param name="Min">Least value.</param>
/// <param name="Max">Greatest value.</param>
/// <param name="Below">Share of the units under 0.1.</param>
/// <param name="Above">Share of the units over 0.9.</param>
/// <param name="Saturated">Integers limited in this step: pre-activations of a gate, cell states, or codes of h.</param>
public readonly record struct TelemetryRecord(
    long Step, int Layer, TelemetryQuantity Quantity, double Mean, double Min, double Max, double Below, double Above, int Saturated);
