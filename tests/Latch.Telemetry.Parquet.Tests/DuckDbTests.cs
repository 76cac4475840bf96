using System.Data.Common;
using DuckDB.NET.Data;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Parquet.Tests;

/// <summary>The file as DuckDB reads it, which shares no code with the writer.</summary>
public sealed class DuckDbTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("latch-parquet-").FullName, "gates.parquet");
    private readonly DuckDBConnection _database = new("DataSource=:memory:");

    public DuckDbTests() => _database.Open();

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Fact]
    public void Schema_Columns_ArePlainTypesWithoutNulls()
    {
        Write(25_000);
        string[] columns = [.. Rows($"DESCRIBE SELECT * FROM '{_path}'").Select(static row => $"{row[0]} {row[1]}")];
        Assert.Equal(
            ["step BIGINT", "layer INTEGER", "quantity VARCHAR", "mean DOUBLE", "min DOUBLE", "max DOUBLE", "below DOUBLE", "above DOUBLE", "saturated INTEGER"], columns);
        Assert.Equal([10_000L, 10_000L, 5_000L], Rows($"SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata('{_path}') ORDER BY 1").Select(static row => (long)row[1]));
        Assert.Equal("REQUIRED", Assert.Single(Rows($"SELECT DISTINCT repetition_type FROM parquet_schema('{_path}') WHERE type IS NOT NULL"))[0]);
    }

    [Fact]
    public void Rows_Values_AreThoseWritten()
    {
        TelemetryRecord[] records = Write(25_000);
        List<object[]> rows = Rows($"SELECT step, layer, quantity, mean, min, max, below, above, saturated FROM '{_path}'");
        Assert.Equal(records.Length, rows.Count);
        Assert.All(records.Zip(rows), static pair => Assert.Equal(
            [pair.First.Step, pair.First.Layer, pair.First.Quantity.Name(), pair.First.Mean, pair.First.Min, pair.First.Max, pair.First.Below, pair.First.Above, pair.First.Saturated], pair.Second));
        object[] sums = Assert.Single(Rows($"SELECT count(*), max(mean) FROM '{_path}' WHERE quantity = 'forget gate'"));
        TelemetryRecord[] forget = [.. records.Where(static record => record.Quantity == TelemetryQuantity.ForgetGate)];
        Assert.Equal([(long)forget.Length, forget.Max(static record => record.Mean)], sums);
    }

    private TelemetryRecord[] Write(int count)
    {
        TelemetryRecord[] records = [.. Enumerable.Range(0, count).Select(static i =>
            new TelemetryRecord(5_000_000_000 + (i / 6), i % 3, (TelemetryQuantity)(i % 9), Math.Sin(i), -1.0 / (i + 1), i / 7.0, i % 5 / 4.0, i % 7 / 6.0, i % 11))];
        using ParquetSink sink = new(File.Create(_path));
        sink.Write(records);
        return records;
    }

    private List<object[]> Rows(string query)
    {
        using DbCommand command = _database.CreateCommand();
        command.CommandText = query;
        using DbDataReader reader = command.ExecuteReader();
        List<object[]> rows = [];
        while (reader.Read())
        {
            object[] row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }
}
