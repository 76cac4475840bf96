namespace Latch.Mqtt;

/// <summary>What became of the reports so far.</summary>
/// <param name="Connected">Whether all connections stand.</param>
/// <param name="Connects">Connections made.</param>
/// <param name="Published">Messages sent; with quality of service 1 or 2, acknowledged.</param>
/// <param name="Queued">Messages that wait on disk.</param>
/// <param name="Dropped">Reports and messages given up: no room in memory, none on disk, unreadable, or gate records while not connected.</param>
/// <param name="LastError">The last failure; null without one.</param>
public readonly record struct MqttStatus(bool Connected, long Connects, long Published, long Queued, long Dropped, string? LastError);
