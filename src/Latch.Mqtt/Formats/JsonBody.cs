using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Latch.Mqtt.Formats;

/// <summary>Writes JSON payloads.</summary>
internal static class JsonBody
{
    // Units such as °C stay readable; the payload is never put into a page of ours.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> properties)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, s_options))
        {
            writer.WriteStartObject();
            properties(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A number that reads back the same; null for what JSON cannot say.</summary>
    public static void Number(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }

    /// <inheritdoc cref="Number(Utf8JsonWriter, string, double)"/>
    public static void Number(Utf8JsonWriter writer, string name, float value)
    {
        if (float.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }
}
