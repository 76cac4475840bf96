using System.Globalization;
using System.Text.Unicode;

namespace Latch.Telemetry.Sinks;

/// <summary>Writes records as JSON Lines, one object a line: step, layer, quantity, mean, min, max, below, above, saturated. Real numbers are written so that they read back the same.</summary>
/// <param name="stream">Receives UTF-8 text; disposed with the sink. Each batch is one write, so it need not be buffered.</param>
public sealed class JsonLinesSink(Stream stream) : ITelemetrySink
{
    private readonly LineStream _lines = new(stream, []);

    /// <inheritdoc/>
    public string Name => "JSON Lines";

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<TelemetryRecord> records) => _lines.Write(records, Format);

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private static int Format(in TelemetryRecord record, Span<byte> line)
    {
        Utf8.TryWrite(line, CultureInfo.InvariantCulture,
            $"{{\"step\":{record.Step},\"layer\":{record.Layer},\"quantity\":\"{record.Quantity.Name()}\",\"mean\":{record.Mean},\"min\":{record.Min},\"max\":{record.Max},\"below\":{record.Below},\"above\":{record.Above},\"saturated\":{record.Saturated}}}\n",
            out int length);
        return length;
    }
}
