using System.IO.Compression;
using Latch.Cli.Data;
using Parquet.Serialization;

namespace Latch.Cli.Tests.Data;

public sealed class SeriesTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("a,b\n1,2\n3,4.5\n")]
    [InlineData("\"a\";b\r\n1;2\r\n3;4.5\r\n")]
    [InlineData("a\tb\n1\t2\n\n3\t4.5")]
    [InlineData("a b\n1 2 \n3  4.5")]
    public void Read_Header_NamesAndRows(string text)
    {
        Series series = Read(_scratch.Write("x.csv", text));
        Assert.Equal(["a", "b"], series.Names!);
        Assert.Equal([[1, 2], [3, 4.5f]], series.Rows);
        Assert.Null(series.Seconds);
    }

    [Fact]
    public void Read_NoHeader_FirstRowIsData()
    {
        Series series = Read(_scratch.Write("x.csv", "1,2\n3,4\n"));
        Assert.Null(series.Names);
        Assert.Equal(2, series.Rows.Count);
    }

    [Theory]
    [InlineData("time,a\n2026-01-01T00:00:00Z,1\n2026-01-01T00:00:02Z,2\n", 2)]
    [InlineData("a,Timestamp\n1,100\n2,100.5\n", 0.5)]
    [InlineData("time,a\n1700000000000,1\n1700000000500,2\n", 0.5)]
    [InlineData("time,a\n1700000000000000000,1\n1700000002000000000,2\n", 2)]
    [InlineData("2026-01-01 00:00:00,1\n2026-01-01 00:01:00,2\n", 60)]
    public void Read_TimeColumn_IsNotAChannel(string text, double gap)
    {
        Series series = Read(_scratch.Write("x.csv", text));
        Assert.Equal([[1], [2]], series.Rows);
        Assert.Equal(gap, series.Seconds![1] - series.Seconds[0], 6);
    }

    [Fact]
    public void Read_Compressed_SameRows()
    {
        string path = _scratch.Path("x.csv.gz");
        using (StreamWriter writer = new(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
            writer.Write("a\n1\n2\n");
        Assert.Equal([[1], [2]], Read(path).Rows);
    }

    [Fact]
    public async Task Read_Parquet_SameRows()
    {
        string path = _scratch.Path("x.parquet");
        Sample[] samples = [new() { Time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), A = 1, B = 2 }, new() { Time = new DateTime(2026, 1, 1, 0, 0, 1, DateTimeKind.Utc), A = 3, B = 4.5 }];
        await ParquetSerializer.SerializeAsync(samples, path, cancellationToken: TestContext.Current.CancellationToken);
        Series series = Read(path);
        Assert.Equal(["A", "B"], series.Names!);
        Assert.Equal([[1, 2], [3, 4.5f]], series.Rows);
        Assert.Equal(1, series.Seconds![1] - series.Seconds[0], 6);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,x\n", "line 3", "column 'b'", "'x'")]
    [InlineData("1,2\n3,x\n", "line 2", "column 2")]
    [InlineData("a,b\n1,2\n\n3\n", "line 4", "1 fields where the first line has 2")]
    [InlineData("a,b\n1,\n", "line 2", "column 'b' is missing")]
    [InlineData("a,b\n1,NaN\n", "line 2", "column 'b' is missing")]
    [InlineData("a,b\n1,inf\n", "line 2", "not a finite number")]
    [InlineData("a,A\n1,2\n", "line 1", "twice")]
    [InlineData("time,a\n5,1\n4,1\n", "line 3", "before that of the row above")]
    [InlineData("time,a\nyesterday,1\n", "line 2", "'yesterday'")]
    [InlineData("time,a\n1e999,1\n", "line 2", "'1e999'")]
    [InlineData("a,b\n", "no row")]
    [InlineData("", "empty")]
    public void Read_BadRow_NamesLineAndColumn(string text, params string[] parts)
    {
        string path = _scratch.Write("bad.csv", text);
        CommandException error = Assert.Throws<CommandException>(() => Read(path));
        Assert.Equal(ExitCode.BadInput, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_GapKept_IsNaN()
    {
        Series series = Series.Read(_scratch.Write("x.csv", "a,b\n1,\n"), [], MissingReadings.Keep, CancellationToken.None);
        Assert.True(float.IsNaN(series.Rows[0][1]));
    }

    [Theory]
    [InlineData("x.csv.gz")]
    [InlineData("x.parquet")]
    public void Read_BrokenContainer_OneMessage(string name)
    {
        string path = _scratch.Write(name, "this is neither");
        CommandException error = Assert.Throws<CommandException>(() => Read(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFileOrFolder_OneMessage()
    {
        Assert.Contains("no such file", Assert.Throws<CommandException>(() => Read(_scratch.Path("none.csv"))).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<CommandException>(() => Read(_scratch.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_Names_PutsColumnsInOrder()
    {
        ChannelMap map = ChannelMap.Match("x", ["c", "B", "a"], 3, ["a", "b"], 2);
        float[] sample = new float[2];
        map.Apply([1, 2, 3], sample);
        Assert.Equal([3, 2], sample);
    }

    [Fact]
    public void Match_MissingNames_ListsThem()
    {
        CommandException error = Assert.Throws<CommandException>(() => ChannelMap.Match("x.csv", ["a"], 1, ["a", "b", "c"], 3));
        Assert.Contains("'b', 'c' are missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_OtherCount_SaysBoth()
    {
        CommandException error = Assert.Throws<CommandException>(() => ChannelMap.Match("x.csv", null, 3, [], 14));
        Assert.Contains("3 channels, but the model takes 14", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_Stride_WindowsDoNotCrossRecordings()
    {
        float[][] rows = [[0], [1], [2], [3], [4]];
        Assert.Equal([[0, 1, 2], [2, 3, 4], [0, 1, 2], [2, 3, 4]], RowWindows.Cut([new("a", rows), new("b", rows)], [1], steps: 3, stride: 2));
    }

    [Fact]
    public void Flatten_TwoInputs_OneAfterTheOther() =>
        Assert.Equal([1, 4, 2, 3, 5, 6], RowWindows.Flatten([[1, 2, 3], [4, 5, 6]], [1, 2], 0, 2));

    [Fact]
    public void Cut_TooFewRows_SaysHowMany()
    {
        CommandException error = Assert.Throws<CommandException>(() => RowWindows.Cut([new("x.csv", [[1f]])], [1], 30, 1));
        Assert.Contains("x.csv: 1 rows, but a window needs 30", error.Message, StringComparison.Ordinal);
    }

    private static Series Read(string path) => Series.Read(path, [], MissingReadings.Refuse, CancellationToken.None);

    private sealed class Sample
    {
        public DateTime Time { get; set; }

        public float A { get; set; }

        public double B { get; set; }
    }
}
