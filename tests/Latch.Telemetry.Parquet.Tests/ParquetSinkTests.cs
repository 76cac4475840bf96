using Latch.Telemetry.Sinks;
using Parquet;
using Parquet.Schema;

namespace Latch.Telemetry.Parquet.Tests;

public sealed class ParquetSinkTests
{
    private static readonly string[] s_names = ["step", "layer", "quantity", "mean", "min", "max", "below", "above", "saturated"];
    private static readonly Type[] s_types = [typeof(long), typeof(int), typeof(ReadOnlyMemory<char>), typeof(double), typeof(double), typeof(double), typeof(double), typeof(double), typeof(int)];

    [Theory]
    [InlineData(2500, 1000, new[] { 1000, 1000, 500 })]
    [InlineData(2000, 1000, new[] { 1000, 1000 })]
    [InlineData(10_001, ParquetSink.DefaultRows, new[] { 10_000, 1 })]
    [InlineData(0, 1000, new int[0])]
    public async Task Write_Records_ReadBackTheSameInRowGroups(int count, int rows, int[] groups)
    {
        TelemetryRecord[] records = [.. Enumerable.Range(0, count).Select(Record)];
        await using ParquetReader reader = await ParquetReader.CreateAsync(new MemoryStream(File(records, rows)), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(s_names, reader.Schema.DataFields.Select(static field => field.Name));
        Assert.Equal(s_types, reader.Schema.DataFields.Select(static field => field.ClrType));
        Assert.All(reader.Schema.DataFields, static field => Assert.False(field.IsNullable || field.IsArray));
        Assert.Equal(groups.Length, reader.RowGroupCount);
        int first = 0;
        for (int group = 0; group < groups.Length; group++)
        {
            TelemetryRecord[] read = await Read(reader, group);
            Assert.Equal(groups[group], read.Length);
            Assert.Equal(records[first..(first + read.Length)], read);
            first += read.Length;
        }
        Assert.Equal(count, first);
    }

    [Fact]
    public void Write_StreamThatFails_KeepsFailingWithTheFirstError()
    {
        ParquetSink sink = new(new FullStream(100), rows: 10);
        TelemetryRecord[] records = [.. Enumerable.Range(0, 10).Select(Record)];
        Assert.Contains("full", Assert.Throws<IOException>(() => sink.Write(records)).Message, StringComparison.Ordinal);
        Assert.Contains("lost", Assert.Throws<IOException>(() => sink.Write(records)).Message, StringComparison.Ordinal);
        sink.Dispose();
    }

    [Fact]
    public void Sink_NoRows_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new ParquetSink(Stream.Null, 0));

    private static TelemetryRecord Record(int i) =>
        new(5_000_000_000 + (i / 6), i % 3, (TelemetryQuantity)(i % 9), Math.Sin(i), -1.0 / (i + 1), i / 7.0, i % 5 / 4.0, i % 7 / 6.0, i % 11);

    private static byte[] File(TelemetryRecord[] records, int rows)
    {
        MemoryStream stream = new();
        using (ParquetSink sink = new(stream, rows))
        {
            // In batches that are no divisor of a row group.
            foreach (TelemetryRecord[] batch in records.Chunk(77))
                sink.Write(batch);
        }
        return stream.ToArray();
    }

    private static async Task<TelemetryRecord[]> Read(ParquetReader reader, int group)
    {
        using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
        int count = (int)rows.RowCount;
        DataField[] fields = reader.Schema.DataFields;
        long[] steps = new long[count];
        int[] layers = new int[count], saturated = new int[count];
        string[] quantities = new string[count];
        double[][] reals = [new double[count], new double[count], new double[count], new double[count], new double[count]];
        await rows.ReadAsync<long>(fields[0], steps);
        await rows.ReadAsync<int>(fields[1], layers);
        await rows.ReadAsync(fields[2], quantities);
        for (int column = 0; column < reals.Length; column++)
            await rows.ReadAsync<double>(fields[3 + column], reals[column]);
        await rows.ReadAsync<int>(fields[8], saturated);
        return [.. Enumerable.Range(0, count).Select(i => new TelemetryRecord(
            steps[i], layers[i], Enum.GetValues<TelemetryQuantity>().Single(quantity => quantity.Name() == quantities[i]), reals[0][i], reals[1][i], reals[2][i], reals[3][i], reals[4][i], saturated[i]))];
    }

    /// <summary>A stream with room for some bytes.</summary>
    private sealed class FullStream(int room) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > room)
                throw new IOException("the disk is full");
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
