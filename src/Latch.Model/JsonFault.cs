using System.Text.Json;

namespace Latch.Model;

/// <summary>What is wrong with a JSON file, for a message: of a file that is no JSON, .NET quotes all that is left of it.</summary>
internal static class JsonFault
{
    private const int LongestQuotation = 80;

    /// <summary>The exception's message on one line, with at most 80 characters of a quotation.</summary>
    public static string Of(JsonException exception)
    {
        string message = exception.Message;
        int end = message.LastIndexOf("' is ", StringComparison.Ordinal);
        if (message.StartsWith('\'') && end > LongestQuotation + 1)
            message = $"{message.AsSpan(0, LongestQuotation + 1)}…{message.AsSpan(end)}";
        return message.ReplaceLineEndings(" ");
    }
}
