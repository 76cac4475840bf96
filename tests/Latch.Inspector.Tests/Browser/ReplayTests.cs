using System.Globalization;
using Microsoft.Playwright;

namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class ReplayTests(Chromium chromium, HostStudio studio)
{
    private const int Units = 32;

    [Fact]
    public async Task Scrub_AnyStep_ShowsTheRunsCodes()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "u=0.0:7");
        DirectRun run = studio.Run(studio.Lstm);
        foreach (int step in new[] { 0, 1023, 1024, studio.Samples.Count - 1 })
        {
            await page.Scrub(step);
            await page.HasCursor(step);
            Assert.Equal(Enumerable.Range(0, 6).Select(quantity => run.Codes[step][(quantity * Units) + 7]), await page.Codes());
        }
    }

    [Fact]
    public async Task Value_AtTheCursor_IsTheCodeInItsFormat()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "u=0.0:3&c=500");
        await page.HasCursor(500);
        DirectRun run = studio.Run(studio.Lstm);
        string[] shown = [.. (await page.At("#values .value").AllTextContentsAsync())];
        int bits = studio.Lstm.Definition.Layers[0].CellFractionBits;
        double[] expected = [.. Enumerable.Range(0, 6).Select(quantity => Math.ScaleB(run.Codes[500][(quantity * Units) + 3], quantity == 4 ? -bits : -24))];
        Assert.All(shown.Zip(expected), static pair => Assert.Equal(pair.Second, StudioPage.Number(pair.First), 5e-5 * Math.Max(1, Math.Abs(pair.Second))));
    }

    [Fact]
    public async Task Click_InAHeatMap_MovesTheCursorAndChoosesTheUnit()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=100-600");
        LocatorBoundingBoxResult box = (await page.At("#lane-0-forget").BoundingBoxAsync())!;
        await page.Page.Mouse.ClickAsync(box.X + (box.Width * 0.3f), box.Y + (box.Height * 9.5f / Units));
        // The lane shows steps 100 to 599 from left to right and units 0 to 31 from top to bottom.
        await page.HasCursor(100 + (int)(500 * 0.3));
        await page.Holds("#unit", "9");
        Assert.Contains("unit 9", await page.At("#tip").TextContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buttons_StepPlayPauseLoop_MoveTheCursor()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=200-216&c=200&sp=100");
        await page.At("#on").ClickAsync();
        await page.HasCursor(201);
        await page.At("#back").ClickAsync();
        await page.At("#back").ClickAsync();
        await page.HasCursor(199);
        await page.At("#loop").SelectOptionAsync("view");
        await page.Scrub(205);
        await page.At("#play").ClickAsync();
        // At 100 steps a second it goes round 16 steps many times; it never leaves them.
        int[] seen = await page.Page.EvaluateAsync<int[]>(
            "async () => { const seen = []; for (let i = 0; i < 40; i++) { await new Promise(requestAnimationFrame); seen.push(Number(document.getElementById('cursor-step').textContent)); } return seen; }");
        await page.At("#play").ClickAsync();
        await page.Page.WaitForSelectorAsync("#play[aria-label=play]");
        Assert.True(seen.Distinct().Count() > 2);
        int first = await page.Page.EvaluateAsync<int>("async () => (await import('/js/state.js')).state.from");
        Assert.All(seen.Skip(2), step => Assert.InRange(step, first, first + 15));
        string stopped = await page.At("#cursor-step").TextContentAsync() ?? "";
        await page.Page.WaitForTimeoutAsync(150);
        Assert.Equal(stopped, await page.At("#cursor-step").TextContentAsync());
        await page.At("#last").ClickAsync();
        await page.HasCursor(studio.Samples.Count - 1);
        await page.At("#first").ClickAsync();
        await page.HasCursor(0);
    }

    [Fact]
    public async Task Drift_OfTheVisibleStretch_IsThatOfTheRun()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=300-700&u=0.0:5&c=300");
        await page.HasCursor(300);
        DirectRun run = studio.Run(studio.Lstm);
        double cell = Drift(run, 4, 5, 300, 700), hidden = Drift(run, 5, 5, 300, 700);
        await page.Has("[data-meter=base-c] .meter-value", string.Create(CultureInfo.InvariantCulture, $"{100 * cell:F2} %"));
        await page.Has("[data-meter=base-h] .meter-value", string.Create(CultureInfo.InvariantCulture, $"{100 * hidden:F2} %"));
        string text = await page.At("#meter-text").TextContentAsync() ?? "";
        Assert.Equal(hidden / cell, StudioPage.Number(text.Split(' ')[2]), 0.01);
    }

    [Fact]
    public async Task SortAndPin_Units_PinnedStandFirstWhateverTheOrder()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "u=0.0:20");
        await page.At("#pin").ClickAsync();
        await page.At("#sort").SelectOptionAsync("halfLife");
        double[] lives = await page.Page.EvaluateAsync<double[]>(
            "async () => (await (await fetch('/api/statistics?model=0&track=base')).json()).layers[0].units.map(unit => unit.halfLife ?? -1)");
        int[] expected = [20, .. Enumerable.Range(0, Units).Where(static unit => unit != 20).OrderByDescending(unit => lives[unit])];
        // The page's own order, read back by walking down from the top unit with the arrow key.
        await page.Page.WaitForFunctionAsync("() => document.getElementById('sort').value === 'halfLife'");
        await page.Page.WaitForFunctionAsync($"async () => (await import('/js/order.js')).orderOf(0).units[1] === {expected[1]}");
        List<int> walked = [20];
        for (int i = 1; i < 6; i++)
        {
            await page.Page.Keyboard.PressAsync("ArrowDown");
            await page.Page.WaitForFunctionAsync($"() => document.getElementById('unit').value !== '{walked[^1]}'");
            walked.Add(int.Parse(await page.At("#unit").InputValueAsync(), CultureInfo.InvariantCulture));
        }
        Assert.Equal(expected[..6], walked);
        await page.At("#sort").SelectOptionAsync("number");
        Assert.Equal(20, await page.Page.EvaluateAsync<int>("async () => (await import('/js/order.js')).orderOf(0).units[0]"));
    }

    [Fact]
    public async Task Twin_Chosen_ShowsItsOwnGates()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "c=321");
        await page.At("#model").SelectOptionAsync("1");
        await page.IsSeen("#lane-0-update");
        await page.HasCursor(321);
        DirectRun run = studio.Run(studio.Gru);
        int units = studio.Gru.Layers[0].HiddenSize;
        Assert.Equal(Enumerable.Range(0, 4).Select(quantity => run.Codes[321][quantity * units]), await page.Codes());
    }

    private static double Drift(DirectRun run, int quantity, int unit, int from, int to)
    {
        double[] values = [.. Enumerable.Range(from, to - from).Select(step => (double)run.Codes[step][(quantity * Units) + unit])];
        return values.Zip(values.Skip(1), static (a, b) => Math.Abs(b - a)).Average() / (values.Max() - values.Min());
    }
}
