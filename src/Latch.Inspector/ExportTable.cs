namespace Latch.Inspector;

/// <summary>A table to be exported, in blocks of rows.</summary>
/// <param name="Columns">Names and types of the columns; names are unique.</param>
/// <param name="Blocks">Blocks in order, to be read once; one array per column, of its type and all of one length.</param>
public sealed record ExportTable(IReadOnlyList<ExportColumn> Columns, IEnumerable<IReadOnlyList<Array>> Blocks);

/// <summary>A column of a table.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Type"><see cref="long"/>, <see cref="float"/>, <see cref="double"/> or <see cref="string"/>; NaN is a missing number.</param>
public sealed record ExportColumn(string Name, Type Type);

/// <summary>Writes a table as Parquet.</summary>
/// <param name="table">The table.</param>
/// <param name="output">Receives the file; seekable.</param>
/// <param name="cancellation">Ends the writing early.</param>
public delegate Task ParquetExport(ExportTable table, Stream output, CancellationToken cancellation);
