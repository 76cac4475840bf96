using Latch.Telemetry.Sinks;

namespace Latch.Mqtt.Formats;

/// <summary>Publishes gate records while connected; what cannot go is dropped and counted by the outlet, never an error.</summary>
internal sealed class GateSink(Outlet? outlet, string prefix, string device) : ITelemetrySink
{
    // About 200 bytes a record: a message stays below 64 KiB.
    private const int Batch = 256;

    private readonly string _topic = $"{prefix}/{device}/gates";

    public string Name => "MQTT";

    public void Write(ReadOnlySpan<TelemetryRecord> records)
    {
        if (outlet is null)
            return;
        while (!records.IsEmpty)
        {
            int count = Math.Min(records.Length, Batch);
            outlet.Pass(new Message(_topic, Body([.. records[..count]]), 0));
            records = records[count..];
        }
    }

    public void Dispose()
    {
        // The outlet belongs to the publisher.
    }

    private static byte[] Body(TelemetryRecord[] records) => JsonBody.Write(writer =>
    {
        writer.WriteStartArray("gates");
        foreach (TelemetryRecord record in records)
        {
            writer.WriteStartObject();
            writer.WriteNumber("step", record.Step);
            writer.WriteNumber("layer", record.Layer);
            writer.WriteString("quantity", record.Quantity.Name());
            JsonBody.Number(writer, "mean", record.Mean);
            JsonBody.Number(writer, "min", record.Min);
            JsonBody.Number(writer, "max", record.Max);
            JsonBody.Number(writer, "below", record.Below);
            JsonBody.Number(writer, "above", record.Above);
            writer.WriteNumber("saturated", record.Saturated);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });
}
