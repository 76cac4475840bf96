using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Latch.Cli.Report;

namespace Latch.Cli.Tests.Report;

public sealed partial class ChartTests
{
    [Fact]
    public void ToHtml_LineChart_IsWellFormedAndInsideItsBox()
    {
        string html = new LineChart
        {
            Title = "a < b",
            Description = "\"quoted\"",
            Lines = [new ChartLine("x & y", [1, double.NaN, 3, 2], 1)],
            Threshold = 2.5,
            ThresholdName = "limit",
            Shaded = [new Stretch(1, 2, "fault")],
            Tracks = [new ChartTrack("alarms", [new Stretch(2, 3)], 2)],
        }.ToHtml();
        XElement figure = XElement.Parse(html);
        Assert.Equal(2, figure.Descendants("svg").Count());
        Assert.All(figure.Descendants("svg"), svg => Assert.Equal("a < b. \"quoted\"", svg.Attribute("aria-label")!.Value));
        string path = figure.Descendants("path").First().Attribute("d")!.Value;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.All(Numbers().Matches(path), number => Assert.InRange(double.Parse(number.Value, System.Globalization.CultureInfo.InvariantCulture), 0, 1040));
    }

    [Fact]
    public void ToHtml_ManySteps_KeepsTheExtremes()
    {
        double[] values = new double[100_000];
        values[54_321] = 7;
        string html = new LineChart { Title = "t", Description = "d", Lines = [new ChartLine("x", values, 1)], Threshold = 7 }.ToHtml();
        XElement svg = XElement.Parse(html).Descendants("svg").First();
        string top = svg.Descendants("line").Single(line => line.Attribute("class")!.Value == "threshold").Attribute("y1")!.Value;
        string path = svg.Descendants("path").Single().Attribute("d")!.Value;
        Assert.Contains($" {top}", path, StringComparison.Ordinal);
        Assert.True(path.Length < 40_000);
    }

    [Fact]
    public void Encode_Indices_ComeBackAsPixels()
    {
        byte[] indices = [0, 1, 2, 253, 254, 255];
        byte[] file = Png.Encode(indices, 3, Viridis.Palette);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        Dictionary<string, byte[]> chunks = Chunks(file);
        Assert.Equal([0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0], chunks["IHDR"]);
        using ZLibStream zlib = new(new MemoryStream(chunks["IDAT"]), CompressionMode.Decompress);
        byte[] rows = new byte[8];
        zlib.ReadExactly(rows);
        Assert.Equal([0, 0, 1, 2, 0, 253, 254, 255], rows);
    }

    [Fact]
    public void Encode_EndChunk_HasThePublishedChecksum()
    {
        byte[] file = Png.Encode([0], 1, Viridis.Palette);
        Assert.Equal(0xAE426082u, BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(file.Length - 4)));
    }

    [Fact]
    public void Palette_Ends_AreViridis()
    {
        byte[] low = [0x44, 0x01, 0x54], middle = [0x21, 0x91, 0x8C], high = [0xFD, 0xE7, 0x25];
        AssertNear(low, Viridis.Palette[..3]);
        AssertNear(middle, Viridis.Palette[(3 * 128)..(3 * 129)]);
        AssertNear(high, Viridis.Palette[^3..]);
    }

    [Theory]
    [InlineData(0, 10, 5, new double[] { 0, 2, 4, 6, 8, 10 })]
    [InlineData(-0.3, 0.3, 3, new double[] { -0.2, 0, 0.2 })]
    [InlineData(5, 5, 5, new double[] { 5 })]
    public void Ticks_Range_RoundNumbers(double low, double high, int count, double[] expected)
    {
        IReadOnlyList<double> ticks = new Axis(low, high, 0, 100).Ticks(count);
        Assert.Equal(expected.Length, ticks.Count);
        Assert.All(expected.Zip(ticks), pair => Assert.Equal(pair.First, pair.Second, 9));
    }

    private static void AssertNear(byte[] expected, byte[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 6));

    private static Dictionary<string, byte[]> Chunks(byte[] file)
    {
        Dictionary<string, byte[]> chunks = [];
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks[System.Text.Encoding.ASCII.GetString(file, at + 4, 4)] = file[(at + 8)..(at + 8 + length)];
            at += 12 + length;
        }

        return chunks;
    }

    [GeneratedRegex(@"[\d.]+")]
    private static partial Regex Numbers();
}
