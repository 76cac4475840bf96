using System.Globalization;
using System.Text.Json;

namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class TextTests(Chromium chromium, HostStudio studio)
{
    [Fact]
    public async Task Lanes_EachChart_HasANameAndItsNumbersInWords()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=1000-1200&c=1100&u=0.0:6");
        await page.HasCursor(1100);
        DirectRun run = studio.Run(studio.Lstm);
        double[] forget = [.. Enumerable.Range(1000, 200).Select(step => Math.ScaleB(run.Codes[step][(2 * 32) + 6], -24))];
        await page.Has("#text-0-forget", string.Create(CultureInfo.InvariantCulture, $"at the cursor (step 1,100) {forget[100]:F4}"));
        string text = await page.At("#text-0-forget").TextContentAsync() ?? "";
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"least {forget.Min():F4}, most {forget.Max():F4}, mean {forget.Average():F4}"), text, StringComparison.Ordinal);
        string[] unnamed = await page.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.lane canvas[id]')].filter(canvas => canvas.getAttribute('aria-hidden') !== 'true'
                && !(canvas.getAttribute('role') === 'img' && canvas.getAttribute('aria-label') && document.getElementById(canvas.getAttribute('aria-describedby')).textContent.length > 20))
                .map(canvas => canvas.id)
            """);
        Assert.Empty(unnamed);
    }

    [Fact]
    public async Task Lane_AsATable_HoldsTheRun()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=50-90&c=50&u=0.0:6");
        await page.HasCursor(50);
        await page.At(".lane[data-lane='0-c'] .as-table").ClickAsync();
        await page.IsSeen(".lane[data-lane='0-c'] table");
        DirectRun run = studio.Run(studio.Lstm);
        string[] codes = await page.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll(\".lane[data-lane='0-c'] tbody tr\")].map(row => row.cells[2].textContent)");
        Assert.Equal(Enumerable.Range(50, 40).Select(step => (double)run.Codes[step][(4 * 32) + 6]), codes.Select(StudioPage.Number));
        // Another unit, and the table follows.
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Has(".lane[data-lane='0-c'] caption", "unit 7");
        await page.At(".lane[data-lane='0-c'] .as-table").ClickAsync();
        await page.IsNotSeen(".lane[data-lane='0-c'] table");
    }

    [Fact]
    public async Task Statistics_HalfLives_AreTheServersAndChooseUnits()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "v=statistics");
        await page.At("#chart-half-life .as-table").ClickAsync();
        using HttpClient client = new() { BaseAddress = await studio.Address() };
        JsonElement units = JsonDocument.Parse(await client.GetStringAsync("/api/statistics?model=0&track=base", TestContext.Current.CancellationToken))
            .RootElement.GetProperty("layers")[0].GetProperty("units");
        string[] shown = await page.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#chart-half-life tbody tr')].map(row => row.cells[1].textContent)");
        Assert.Equal(units.GetArrayLength(), shown.Length);
        Assert.All(units.EnumerateArray().Zip(shown), static pair =>
        {
            double expected = pair.First.GetProperty("halfLife").GetDouble();
            Assert.Equal(expected, StudioPage.Number(pair.Second), 1e-3 * expected);
        });
        int longest = units.EnumerateArray().MaxBy(static unit => unit.GetProperty("halfLife").GetDouble()).GetProperty("unit").GetInt32();
        await page.At("#chart-half-life circle").First.ClickAsync();
        await page.At("#tab-replay").ClickAsync();
        await page.Holds("#unit", longest.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Shadow_Tolerance_MovesTheFirstStepPastIt()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "v=shadow");
        using HttpClient client = new() { BaseAddress = await studio.Address() };
        foreach (string tolerance in new[] { "0.05", "0.002" })
        {
            await page.At("#tolerance").FillAsync(tolerance);
            await page.Page.Keyboard.PressAsync("Enter");
            JsonElement told = JsonDocument.Parse(await client.GetStringAsync($"/api/shadow?model=0&tolerance={tolerance}", TestContext.Current.CancellationToken)).RootElement;
            foreach (JsonElement quantity in told.GetProperty("quantities").EnumerateArray())
            {
                JsonElement first = quantity.GetProperty("firstBeyond");
                string expected = first.ValueKind == JsonValueKind.Null ? "never" : first.GetInt64().ToString("N0", CultureInfo.InvariantCulture);
                await Microsoft.Playwright.Assertions.Expect(page.At($"#shadow-table [data-quantity='0-{quantity.GetProperty("quantity").GetString()}'] .first")).ToHaveTextAsync(expected, new() { Timeout = 60_000 });
            }
        }
        await page.At("#shadow-table [data-quantity='0-c'] button").First.ClickAsync();
        await page.IsSeen("#lane-0-c");
        await page.Holds("#show", "error");
        await page.Has("#text-0-c", "int8 less float");
    }
}
