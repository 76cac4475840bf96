using System.Text;
using System.Text.Json;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Sinks;

public sealed class TextSinkTests
{
    private static readonly TelemetryRecord[] s_records =
    [
        new(0, 0, TelemetryQuantity.ForgetGate, 0.25, 0, 1, 0.5, 0.125, 3),
        new(12_345_678_901, 2, TelemetryQuantity.CellState, -1.23456789, -7.5, 0.0000001, 1, 0, 0),
    ];

    [Fact]
    public void Csv_Records_AreLinesUnderAHeader()
    {
        string text = Text(static stream => new CsvSink(stream), s_records[..1], s_records[1..]);
        Assert.Equal(
            "step,layer,quantity,mean,min,max,below_0.1,above_0.9,saturated\n0,0,forget gate,0.25,0,1,0.5,0.125,3\n12345678901,2,c,-1.234568,-7.5,0,1,0,0\n", text);
    }

    [Fact]
    public void JsonLines_Records_ReadBackTheSame()
    {
        string[] lines = Text(static stream => new JsonLinesSink(stream), s_records).TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        for (int line = 0; line < lines.Length; line++)
        {
            using JsonDocument document = JsonDocument.Parse(lines[line]);
            JsonElement root = document.RootElement;
            TelemetryRecord expected = s_records[line];
            Assert.Equal(["step", "layer", "quantity", "mean", "min", "max", "below", "above", "saturated"], root.EnumerateObject().Select(static member => member.Name));
            Assert.Equal((expected.Step, expected.Layer, expected.Saturated), (root.GetProperty("step").GetInt64(), root.GetProperty("layer").GetInt32(), root.GetProperty("saturated").GetInt32()));
            Assert.Equal(line == 0 ? "forget gate" : "c", root.GetProperty("quantity").GetString());
            Assert.Equal([expected.Mean, expected.Min, expected.Max, expected.Below, expected.Above], ((string[])["mean", "min", "max", "below", "above"]).Select(name => root.GetProperty(name).GetDouble()));
        }
    }

    [Fact]
    public void Csv_NoRecord_IsTheHeader() =>
        Assert.Equal("step,layer,quantity,mean,min,max,below_0.1,above_0.9,saturated\n", Text(static stream => new CsvSink(stream)));

    [Fact]
    public void Csv_ManyRecordsAtOnce_AreAllThere()
    {
        TelemetryRecord[] many = [.. Enumerable.Range(0, 5000).Select(static step => new TelemetryRecord(step, 0, TelemetryQuantity.InputGate, 0.5, 0.5, 0.5, 0, 0, 0))];
        string[] lines = Text(static stream => new CsvSink(stream), many).TrimEnd('\n').Split('\n');
        Assert.Equal(Enumerable.Range(0, 5000).Select(static step => $"{step},0,input gate,0.5,0.5,0.5,0,0,0"), lines.Skip(1));
    }

    /// <summary>A write that stops half-way and fails must leave neither half a line nor a line twice.</summary>
    [Fact]
    public void Csv_WriteThatFailsHalfWay_LeavesNoHalfLine()
    {
        using MemoryStream memory = new();
        // The first and the third write fail.
        int writes = 0;
        CsvSink sink = new(new FailingStream(memory, () => ++writes % 2 == 1));
        Assert.Throws<IOException>(() => sink.Write(s_records));
        sink.Write(s_records[..1]);
        Assert.Throws<IOException>(() => sink.Write(s_records));
        sink.Dispose();
        Assert.Equal("step,layer,quantity,mean,min,max,below_0.1,above_0.9,saturated\n0,0,forget gate,0.25,0,1,0.5,0.125,3\n", Encoding.UTF8.GetString(memory.ToArray()));
    }

    private static string Text(Func<Stream, ITelemetrySink> make, params TelemetryRecord[][] batches)
    {
        MemoryStream stream = new();
        using (ITelemetrySink sink = make(stream))
        {
            foreach (TelemetryRecord[] batch in batches)
                sink.Write(batch);
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
