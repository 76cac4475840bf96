namespace Latch.Sensors;

/// <summary>One column of a source: what is read, and in which unit.</summary>
/// <param name="Name">Unique within the source; lower case with dots, such as <c>cpu0.busy</c>.</param>
/// <param name="Unit">The unit in plain text, such as <c>%</c> or <c>MiB/s</c>; empty when unknown.</param>
public readonly record struct SensorChannel(string Name, string Unit);
