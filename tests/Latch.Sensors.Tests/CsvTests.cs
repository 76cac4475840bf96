using System.IO.Compression;
using Latch.Sensors.Csv;

namespace Latch.Sensors.Tests;

public sealed class CsvTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("csv").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void Replay_Recording_GivesBackRowsTimesAndGaps(string name)
    {
        string path = Path.Combine(_folder, name);
        DateTimeOffset start = new(2024, 5, 6, 7, 8, 9, 250, TimeSpan.Zero);
        using (CsvRecorder recorder = new(path, [new("x", "V"), new("y", "")]))
        {
            recorder.Write([1.5f, -2f], start);
            recorder.Write([float.NaN, 1234.567f], start.AddSeconds(0.5));
            Assert.False(File.Exists(path));
        }

        Assert.Empty(Directory.GetFiles(_folder, "*.tmp"));
        using CsvReplaySource source = new(path);
        Assert.Equal(["x", "y"], source.Channels.Select(channel => channel.Name));
        Assert.Equal(2, source.SampleRate);
        float[] sample = new float[2];
        Assert.True(source.TryRead(sample, out DateTimeOffset time));
        Assert.Equal(start, time);
        Assert.Equal([1.5f, -2f], sample);
        Assert.True(source.TryRead(sample, out time));
        Assert.Equal(start.AddSeconds(0.5), time);
        Assert.Equal([float.NaN, 1234.567f], sample);
        Assert.False(source.TryRead(sample, out _));
    }

    [Fact]
    public void Replay_LineThatCannotBeRead_GoesOnAfterItInTime()
    {
        string path = Path.Combine(_folder, "bad.csv");
        File.WriteAllText(path, "a\n1\noops\n3\n");
        using CsvReplaySource source = new(path, 10);
        float[] sample = new float[1];
        source.TryRead(sample, out DateTimeOffset first);
        Assert.Equal(3, Assert.Throws<SensorFileException>(() => source.TryRead(sample, out _)).Line);
        Assert.True(source.TryRead(sample, out DateTimeOffset third));
        Assert.Equal((3, first.AddSeconds(0.2)), (sample[0], third));
    }

    [Fact]
    public void Loop_FirstLineCannotBeRead_TimeGoesOn()
    {
        string path = Path.Combine(_folder, "bad.csv");
        File.WriteAllText(path, "time,a\n0,oops\n1,2\n2,3\n");
        using LoopedCsvSource source = new(path, 1);
        float[] sample = new float[1];
        DateTimeOffset last = default;
        for (int read = 0; read < 9; read++)
        {
            if (read % 3 == 0)
            {
                Assert.Throws<SensorFileException>(() => source.TryRead(sample, out _));
                continue;
            }

            Assert.True(source.TryRead(sample, out DateTimeOffset time));
            Assert.True(time > last);
            Assert.Equal(read % 3 + 1, sample[0]);
            last = time;
        }
    }

    [Fact]
    public void Recorder_Rows_AreWrittenAsStated()
    {
        string path = Path.Combine(_folder, "b.csv");
        using (CsvRecorder recorder = new(path, [new("x", ""), new("y", "")]))
            recorder.Write([0.00049f, float.NaN], DateTimeOffset.UnixEpoch);
        Assert.Equal("time,x,y\n1970-01-01T00:00:00.000Z,0,\n", File.ReadAllText(path));
    }

    [Fact]
    public void Recorder_NameTakenByAFolder_KeepsTheRowsAndSaysWhere()
    {
        string path = Path.Combine(_folder, "d.csv");
        CsvRecorder recorder = new(path, [new("x", "")]);
        recorder.Write([7], DateTimeOffset.UnixEpoch);
        Directory.CreateDirectory(path);
        string message = Assert.Throws<IOException>(recorder.Dispose).Message, kept = Assert.Single(Directory.GetFiles(_folder, "d.csv.*.tmp"));
        Assert.Contains(kept, message, StringComparison.Ordinal);
        Assert.Equal("time,x\n1970-01-01T00:00:00.000Z,7\n", File.ReadAllText(kept));
    }

    [Fact]
    public void Recorder_NotYetEnded_LeavesFlushedRowsReadable()
    {
        string path = Path.Combine(_folder, "c.csv.gz");
        using CsvRecorder recorder = new(path, [new("x", "")]);
        for (int i = 0; i < CsvRecorder.FlushRows; i++)
            recorder.Write([i], DateTimeOffset.UnixEpoch);
        using FileStream file = new(Assert.Single(Directory.GetFiles(_folder, "c.csv.gz.*.tmp")), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(new GZipStream(file, CompressionMode.Decompress));
        Assert.Equal("time,x", reader.ReadLine());
        for (int i = 0; i < CsvRecorder.FlushRows; i++)
            Assert.EndsWith($",{i}", reader.ReadLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_NoTimeColumn_SpacesSamplesByTheRate()
    {
        using CsvReplaySource source = new(Save("x;y\n1;2\n3;4\n"), sampleRate: 4);
        float[] sample = new float[2];
        source.TryRead(sample, out DateTimeOffset first);
        source.TryRead(sample, out DateTimeOffset second);
        Assert.Equal([3f, 4f], sample);
        Assert.Equal(0.25, (second - first).TotalSeconds);
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("time\n1\n", 1, "no channel")]
    [InlineData("1.5,2\n3,4\n", 1, "header")]
    [InlineData("x,x\n3,4\n", 1, "twice")]
    [InlineData("x,y\n3,4\n5\n", 3, "number of fields")]
    [InlineData("x,y\n3,4,5\n", 2, "number of fields")]
    [InlineData("x,y\n3,4\n\n5,6\n", 3, "number of fields")]
    [InlineData("time,y\n3,4\n\n5,6\n", 3, "number of fields")]
    [InlineData("x,y\n3,abc\n", 2, "'abc' in column 'y'")]
    [InlineData("x,y\n3,Infinity\n", 2, "finite")]
    [InlineData("time,y\nnoon,1\n1,1\n", 2, "not a time")]
    [InlineData("time,y\n5,1\n5,1\n", 3, "does not increase")]
    public void Replay_BrokenFile_NamesFileLineAndReason(string text, int line, string reason)
    {
        string path = Save(text);
        SensorFileException error = Assert.Throws<SensorFileException>(() => ReadAll(path));
        Assert.Equal(line, error.Line);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_MissingFile_NamesIt()
    {
        string path = Path.Combine(_folder, "none.csv");
        Assert.Contains(path, Assert.Throws<SensorFileException>(() => new CsvReplaySource(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_PlainTextNamedGz_SaysSo()
    {
        string path = Path.Combine(_folder, "plain.csv.gz");
        File.WriteAllText(path, "x,y\n1,2\n");
        Assert.Contains("not compressed", Assert.Throws<SensorFileException>(() => new CsvReplaySource(path)).Message, StringComparison.Ordinal);
    }

    private string Save(string text)
    {
        string path = Path.Combine(_folder, "t.csv");
        File.WriteAllText(path, text);
        return path;
    }

    private static void ReadAll(string path)
    {
        using CsvReplaySource source = new(path);
        float[] sample = new float[source.Channels.Count];
        while (source.TryRead(sample, out _))
            continue;
    }
}
