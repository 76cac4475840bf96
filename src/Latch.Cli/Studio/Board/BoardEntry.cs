using System.Runtime.InteropServices;
using System.Text.Json;

namespace Latch.Cli.Studio.Board;

/// <summary>One line of <c>latch-agent live</c>: where the board's session is, or the next step it took.</summary>
internal abstract record BoardEntry
{
    /// <exception cref="FormatException">The line is neither.</exception>
    public static BoardEntry Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            return root.TryGetProperty("state", out JsonElement state) ? Header(root, state) : Step(root);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"it sent a line that is no step of a live stream: {(line.Length > 80 ? line[..80] + "..." : line)}", exception);
        }
    }

    private static BoardHeader Header(JsonElement root, JsonElement state)
    {
        byte[] bytes = state.GetBytesFromBase64();
        return bytes.Length % sizeof(int) == 0
            ? new BoardHeader(root.GetProperty("fingerprint").GetString()!, root.GetProperty("rate").GetDouble(), root.GetProperty("step").GetInt64(), MemoryMarshal.Cast<byte, int>(bytes).ToArray())
            : throw new FormatException($"it sent a state of {bytes.Length} bytes, which are no whole integers.");
    }

    private static BoardStep Step(JsonElement root) => new(
        root.GetProperty("step").GetInt64(),
        [.. root.GetProperty("sample").EnumerateArray().Select(static reading => reading.ValueKind == JsonValueKind.Null ? float.NaN : reading.GetSingle())],
        Convert.ToUInt64(root.GetProperty("checksum").GetString(), 16));
}

/// <summary>Where the session is: at the beginning, and whenever it was changed otherwise than by a step.</summary>
/// <param name="Fingerprint">SHA-256 of the model file.</param>
/// <param name="Rate">Steps per second; 0 when they come as fast as they can.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="State">The integers of the state.</param>
internal sealed record BoardHeader(string Fingerprint, double Rate, long Step, int[] State) : BoardEntry;

/// <summary>A step that the session took.</summary>
/// <param name="Step">Steps taken, with this one.</param>
/// <param name="Sample">What the model was given; NaN where missing.</param>
/// <param name="Checksum">Of the state after the step.</param>
internal sealed record BoardStep(long Step, float[] Sample, ulong Checksum) : BoardEntry;
