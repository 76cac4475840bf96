using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Latch.Inspector.Http;

/// <summary>Writes answers: JSON documents, numbers as bytes, and faults.</summary>
internal static class Answer
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteNumber() },
    };

    public static Task Json(HttpContext context, object? document, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(document, s_options);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    public static string Text(object document) => JsonSerializer.Serialize(document, s_options);

    public static Task Error(HttpContext context, int status, string message) => Json(context, new { error = message }, status);

    public static Task Fault(HttpContext context, InspectorFault fault) => fault.Held is { } held
        ? Json(context, new { error = fault.Message, firstStep = held.First, steps = held.End }, fault.Status)
        : Error(context, fault.Status, fault.Message);

    /// <summary>Sends numbers that a copy fills in; the buffer is filled before the first byte is sent.</summary>
    public static async Task Numbers(HttpContext context, int bytes, Action<byte[]> fill)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            fill(buffer);
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = bytes;
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, bytes), context.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Numbers that are unknown or infinite are null.</summary>
    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
