namespace Latch.Mqtt.Formats;

/// <summary>One message to publish.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Body">The payload.</param>
/// <param name="Qos">0, 1 or 2.</param>
/// <param name="Retain">Whether the broker keeps it for later subscribers.</param>
/// <param name="Kept">Whether it goes to the queue on disk when it cannot be sent.</param>
internal readonly record struct Message(string Topic, byte[] Body, int Qos, bool Retain = false, bool Kept = false);
