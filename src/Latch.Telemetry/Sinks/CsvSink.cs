using System.Globalization;
using System.Text.Unicode;

namespace Latch.Telemetry.Sinks;

/// <summary>Writes records as CSV: step, layer, quantity, mean, min, max, below_0.1, above_0.9, saturated. Real numbers have 6 decimals, shares 4.</summary>
/// <param name="stream">Receives UTF-8 text; disposed with the sink. Each batch is one write, so it need not be buffered.</param>
public sealed class CsvSink(Stream stream) : ITelemetrySink
{
    private readonly LineStream _lines = new(stream, "step,layer,quantity,mean,min,max,below_0.1,above_0.9,saturated\n"u8);

    /// <inheritdoc/>
    public string Name => "CSV";

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<TelemetryRecord> records) => _lines.Write(records, Format);

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private static int Format(in TelemetryRecord record, Span<byte> line)
    {
        Utf8.TryWrite(line, CultureInfo.InvariantCulture,
            $"{record.Step},{record.Layer},{record.Quantity.Name()},{record.Mean:0.######},{record.Min:0.######},{record.Max:0.######},{record.Below:0.####},{record.Above:0.####},{record.Saturated}\n",
            out int length);
        return length;
    }
}
