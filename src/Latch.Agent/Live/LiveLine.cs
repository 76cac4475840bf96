using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Latch.Agent.Live;

/// <summary>Entries of the feed as lines of JSON.</summary>
internal static class LiveLine
{
    /// <summary>Writes an entry and a line feed.</summary>
    public static void Write(IBufferWriter<byte> buffer, in LiveEntry entry)
    {
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (entry.Header is { } header)
                WriteHeader(json, header);
            else
                WriteStep(json, entry);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    private static void WriteHeader(Utf8JsonWriter json, LiveHeader header)
    {
        json.WriteString("model", header.Model);
        json.WriteNumber("version", header.Version);
        json.WriteString("fingerprint", header.Fingerprint);
        json.WriteString("kernel", header.Kernel);
        json.WriteStartArray("channels");
        foreach (string channel in header.Channels)
            json.WriteStringValue(channel);
        json.WriteEndArray();
        json.WriteNumber("rate", header.Rate);
        WriteNumber(json, "threshold", header.Threshold ?? double.NaN);
        json.WriteNumber("step", header.Step);
        json.WriteBase64String("state", header.State);
    }

    private static void WriteStep(Utf8JsonWriter json, in LiveEntry entry)
    {
        json.WriteNumber("step", entry.Step);
        json.WriteString("time", DateTimeOffset.FromUnixTimeMilliseconds(entry.Time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteStartArray("sample");
        foreach (float reading in entry.Sample)
        {
            if (float.IsFinite(reading))
                json.WriteNumberValue(reading);
            else
                json.WriteNullValue();
        }

        json.WriteEndArray();
        WriteNumber(json, "score", entry.Score);
        json.WriteBoolean("alarm", entry.InAlarm);
        json.WriteString("checksum", entry.Checksum.ToString("x16", CultureInfo.InvariantCulture));
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
