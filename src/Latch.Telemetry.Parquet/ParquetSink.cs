using Latch.Telemetry.Sinks;
using Parquet;
using Parquet.Schema;

namespace Latch.Telemetry.Parquet;

/// <summary>
/// Writes records as Parquet, a row each: step int64, layer int32, quantity string, mean, min, max, below, above double, saturated int32, none of them null. Rows are
/// gathered into chunks, and a chunk is a row group. A host's program: it brings a package.
/// </summary>
/// <remarks>
/// A Parquet file ends with the list of its row groups: without <see cref="Dispose"/> it cannot be read. A write to the stream that fails leaves the file unreadable too, so
/// every later write fails with the same error.
/// </remarks>
public sealed class ParquetSink : ITelemetrySink
{
    /// <summary>Rows of a row group, when nothing else is said.</summary>
    public const int DefaultRows = 10_000;

    private static readonly DataField s_step = new DataField<long>("step"), s_layer = new DataField<int>("layer"), s_quantity = new("quantity", typeof(string), isNullable: false),
        s_mean = new DataField<double>("mean"), s_min = new DataField<double>("min"), s_max = new DataField<double>("max"),
        s_below = new DataField<double>("below"), s_above = new DataField<double>("above"), s_saturated = new DataField<int>("saturated");

    private readonly Stream _stream;
    private readonly ParquetWriter _writer;
    private readonly TelemetryRecord[] _rows;
    private int _count;
    private Exception? _fault;

    /// <summary>Makes a sink.</summary>
    /// <param name="stream">Receives the file; disposed with the sink.</param>
    /// <param name="rows">Rows of a row group.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is not positive.</exception>
    public ParquetSink(Stream stream, int rows = DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        (_stream, _rows) = (stream, new TelemetryRecord[rows]);
        ParquetSchema schema = new(s_step, s_layer, s_quantity, s_mean, s_min, s_max, s_below, s_above, s_saturated);
        _writer = ParquetWriter.CreateAsync(schema, stream).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public string Name => "Parquet";

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<TelemetryRecord> records)
    {
        if (_fault is not null)
            throw new IOException($"The file is lost since an earlier write failed: {_fault.Message}", _fault);
        while (records.Length > 0)
        {
            int taken = Math.Min(records.Length, _rows.Length - _count);
            records[..taken].CopyTo(_rows.AsSpan(_count));
            _count += taken;
            records = records[taken..];
            if (_count == _rows.Length)
                WriteRows();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (_fault is null && _count > 0)
                WriteRows();
            if (_fault is null)
                _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private void WriteRows()
    {
        try
        {
            WriteGroup(_rows.AsSpan(0, _count).ToArray()).GetAwaiter().GetResult();
            _count = 0;
        }
        catch (Exception exception)
        {
            _fault = exception;
            throw;
        }
    }

    private async Task WriteGroup(TelemetryRecord[] rows)
    {
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        await group.WriteAsync<long>(s_step, Column(rows, static row => row.Step)).ConfigureAwait(false);
        await group.WriteAsync<int>(s_layer, Column(rows, static row => row.Layer)).ConfigureAwait(false);
        await group.WriteAsync(s_quantity, Column(rows, static row => row.Quantity.Name())).ConfigureAwait(false);
        await group.WriteAsync<double>(s_mean, Column(rows, static row => row.Mean)).ConfigureAwait(false);
        await group.WriteAsync<double>(s_min, Column(rows, static row => row.Min)).ConfigureAwait(false);
        await group.WriteAsync<double>(s_max, Column(rows, static row => row.Max)).ConfigureAwait(false);
        await group.WriteAsync<double>(s_below, Column(rows, static row => row.Below)).ConfigureAwait(false);
        await group.WriteAsync<double>(s_above, Column(rows, static row => row.Above)).ConfigureAwait(false);
        await group.WriteAsync<int>(s_saturated, Column(rows, static row => row.Saturated)).ConfigureAwait(false);
    }

    private static T[] Column<T>(TelemetryRecord[] rows, Func<TelemetryRecord, T> value) => Array.ConvertAll(rows, row => value(row));
}
