using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Playwright;

namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class ExportTests(Chromium chromium, HostStudio studio)
{
    private const int From = 1000;
    private const int To = 1100;

    [Fact]
    public async Task Csv_OfTheVisibleRange_IsTheRun()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), $"r={From}-{To}&c={From}");
        string[] lines = File.ReadAllLines(await Download(page, "#export-csv"));
        string[] head = lines[0].Split(',');
        Assert.Equal(To - From, lines.Length - 1);
        DirectRun run = studio.Run(studio.Lstm);
        int step = Array.IndexOf(head, "step"), forget = Array.IndexOf(head, "forget.0"), cell = Array.IndexOf(head, "c.0"), hidden = Array.IndexOf(head, "h.31");
        for (int row = 0; row < To - From; row++)
        {
            string[] cells = lines[row + 1].Split(',');
            int[] codes = run.Codes[From + row];
            Assert.Equal((From + row).ToString(CultureInfo.InvariantCulture), cells[step]);
            Assert.Equal(Math.ScaleB(codes[2 * 32], -24), Real(cells[forget]));
            Assert.Equal(Math.ScaleB(codes[4 * 32], -studio.Lstm.Definition.Layers[0].CellFractionBits), Real(cells[cell]));
            Assert.Equal(Math.ScaleB(codes[(5 * 32) + 31], -24), Real(cells[hidden]));
        }
    }

    [Fact]
    public async Task Parquet_OfTheVisibleRange_IsParquet()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), $"r={From}-{To}&c={From}");
        byte[] file = File.ReadAllBytes(await Download(page, "#export-parquet"));
        Assert.Equal("PAR1"u8, file.AsSpan(0, 4));
        Assert.Equal("PAR1"u8, file.AsSpan(file.Length - 4));
    }

    [Fact]
    public async Task Png_OfTheLanes_HasTheirSize()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), $"r={From}-{To}&c={From}");
        byte[] file = File.ReadAllBytes(await Download(page, "#export-png"));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], file[..8]);
        int[] lanes = await page.Page.EvaluateAsync<int[]>("() => [...document.querySelectorAll('.lane canvas[id]')].map(canvas => canvas.clientHeight)");
        int across = await page.At("#lane-axis").EvaluateAsync<int>("canvas => canvas.clientWidth");
        // A heading of 30, a column of 170 for names, a margin of 8, and 6 below each lane, which is at least as tall as its name.
        int expected = 30 + lanes.Select(static (height, place) => Math.Max(height, place == 0 ? 20 : 34) + 6).Sum();
        Assert.Equal((170 + across + 8, expected), (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20))));
    }

    private static async Task<string> Download(StudioPage page, string selector)
    {
        await page.HasCursor(From);
        await page.At("#export-open").ClickAsync();
        await page.IsSeen("#export");
        IDownload download = await page.Page.RunAndWaitForDownloadAsync(() => page.At(selector).ClickAsync());
        return await download.PathAsync();
    }

    private static double Real(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
