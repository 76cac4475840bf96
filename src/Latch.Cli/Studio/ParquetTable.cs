using Latch.Inspector;
using Parquet;
using Parquet.Schema;

namespace Latch.Cli.Studio;

/// <summary>Writes an exported table as Parquet, a row group a block.</summary>
internal static class ParquetTable
{
    public static async Task Write(ExportTable table, Stream output, CancellationToken cancellation)
    {
        DataField[] fields = [.. table.Columns.Select(static column => new DataField(column.Name, column.Type, isNullable: false))];
        ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), output, cancellationToken: cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (IReadOnlyList<Array> block in table.Blocks)
            {
                using ParquetRowGroupWriter group = writer.CreateRowGroup();
                for (int column = 0; column < fields.Length; column++)
                    await Write(group, fields[column], block[column]).ConfigureAwait(false);
            }
        }
    }

    private static Task Write(ParquetRowGroupWriter group, DataField field, Array values) => values switch
    {
        long[] numbers => group.WriteAsync<long>(field, numbers),
        float[] numbers => group.WriteAsync<float>(field, numbers),
        double[] numbers => group.WriteAsync<double>(field, numbers),
        _ => group.WriteAsync(field, (string[])values),
    };
}
