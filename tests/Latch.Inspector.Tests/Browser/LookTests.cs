using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class LookTests(Chromium chromium, HostStudio studio)
{
    private static readonly string[] s_views = ["replay", "statistics", "shadow"];

    public static TheoryData<int, ColorScheme> Windows => new() { { 390, ColorScheme.Light }, { 390, ColorScheme.Dark }, { 1440, ColorScheme.Light }, { 1440, ColorScheme.Dark } };

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Page_EveryView_FitsItsWindowAndAxeFindsNothingSerious(int width, ColorScheme scheme)
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "f=0:0*forget*closed*0*&p=0.0:3&c=700", width, scheme);
        await page.IsSeen("#divergence");
        foreach (string view in s_views)
        {
            await page.At($"#tab-{view}").ClickAsync();
            await page.IsSeen($"#view-{view}");
            await page.Page.WaitForSelectorAsync(view switch { "replay" => "#values tr", "statistics" => "#chart-half-life", _ => "#shadow-table" });
            Assert.Equal(0, await page.Page.EvaluateAsync<int>("() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"));
            await HasNothingSerious(page, view);
        }
        string ground = await page.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        int[] parts = [.. ground[4..^1].Split(',').Select(int.Parse)];
        Assert.True(scheme == ColorScheme.Dark ? parts.Max() < 60 : parts.Min() > 200, ground);
    }

    [Fact]
    public async Task Dialogs_Open_AxeFindsNothingSerious()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched());
        await page.At("#help-open").ClickAsync();
        await HasNothingSerious(page, "help");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.At("#export-open").ClickAsync();
        await HasNothingSerious(page, "export");
    }

    [Fact]
    public async Task FirstScreen_OfADesktop_ShowsInputGatesStatesAndControls()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched());
        foreach (string part in new[] { "#play", "#lane-input", "#lane-0-input", "#lane-0-forget", "#lane-0-c", "#lane-0-h", "#lane-0-traces", "[data-force='0-forget']", "#meter", "#values" })
        {
            await page.IsSeen(part);
            LocatorBoundingBoxResult box = (await page.At(part).BoundingBoxAsync())!;
            Assert.True(box.Y >= 0 && box.Y + box.Height <= 900, $"{part} reaches from {box.Y} to {box.Y + box.Height}");
        }
    }

    [Fact]
    public async Task Theme_Switched_OverrulesTheSystem()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched());
        Assert.Equal("light", await page.At("html").GetAttributeAsync("data-theme"));
        await page.At("#theme").SelectOptionAsync("dark");
        await page.Page.WaitForSelectorAsync("html[data-theme=dark]");
        await page.At("#theme").SelectOptionAsync("auto");
        await page.Page.WaitForSelectorAsync("html[data-theme=light]");
    }

    [Fact]
    public async Task Ramps_Lightness_OrdersTheValues()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched());
        double[] gates = await Lightness(page, "sequential()");
        Assert.All(gates.Zip(gates.Skip(1)), static pair => Assert.True(pair.Second >= pair.First - 0.004));
        Assert.True(gates[255] - gates[0] > 0.6);
        // Zero is the lightest on a light ground and the darkest on a dark one; both ends are equally far.
        double[] light = await Lightness(page, "diverging(false)"), dark = await Lightness(page, "diverging(true)");
        Assert.Equal(light.Max(), Math.Max(light[127], light[128]));
        Assert.Equal(dark.Min(), Math.Min(dark[127], dark[128]));
        Assert.Equal(light[0], light[255], 0.05);
        Assert.Equal(dark[0], dark[255], 0.05);
    }

    // Lightness by the CIE's formula, 0 to 1.
    private static async Task<double[]> Lightness(StudioPage page, string ramp)
    {
        double[] bytes = await page.Page.EvaluateAsync<double[]>($"async () => [...(await import('/js/colour.js')).{ramp}].flatMap(c => [c & 255, (c >> 8) & 255, (c >> 16) & 255])");
        return [.. bytes.Chunk(3).Select(static rgb =>
        {
            double[] linear = [.. rgb.Select(static part => part / 255 <= 0.04045 ? part / 255 / 12.92 : Math.Pow(((part / 255) + 0.055) / 1.055, 2.4))];
            double luminance = (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
            return (luminance > 216.0 / 24389 ? (116 * Math.Cbrt(luminance)) - 16 : luminance * 24389 / 27) / 100;
        })];
    }

    private static async Task HasNothingSerious(StudioPage page, string where)
    {
        AxeResult result = await page.Page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Empty(result.Violations.Where(static violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{where}: {violation.Id}: {violation.Help}: {string.Join(" ; ", violation.Nodes.Take(3).Select(static node => node.Html))}"));
    }
}
