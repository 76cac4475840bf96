namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class LinkTests(Chromium chromium, HostStudio studio)
{
    [Fact]
    public async Task Link_OfAView_RestoresAllOfIt()
    {
        string link;
        string[] seen;
        await using (StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=400-900&c=650"))
        {
            await page.At("#unit").FillAsync("11");
            await page.At("#pin").ClickAsync();
            await page.At("#sort").SelectOptionAsync("saturation");
            await page.At("#by").SelectOptionAsync("output");
            await page.At("#trace").SelectOptionAsync("tanh");
            await page.At("#theme").SelectOptionAsync("dark");
            await page.At("#loop").SelectOptionAsync("all");
            await page.Toggle("input", "value");
            await page.IsSeen("#divergence");
            await page.At("[data-force='0-input'] select").SelectOptionAsync("pinned");
            await page.Page.WaitForFunctionAsync("() => decodeURIComponent(location.hash).includes('f=0:0*input*value*0.5*11')");
            await page.At("#show").SelectOptionAsync("difference");
            await page.At("#link").ClickAsync();
            await page.HasCursor(650);
            link = (await page.Page.EvaluateAsync<string>("() => location.hash.slice(1)"))!;
            seen = await Seen(page);
        }
        await studio.Untouched();
        await using StudioPage restored = await StudioPage.Open(chromium, await studio.Address(), link);
        await restored.IsSeen("#divergence");
        await restored.HasCursor(650);
        Assert.Equal(seen, await Seen(restored));
        Assert.Contains("11|saturation|output|tanh|dark|all|difference|true|dark", string.Join('|', seen), StringComparison.Ordinal);
        await restored.Holds("[data-force='0-input'] .units-text", "11");
        // The link of the restored view is the same link.
        await restored.Page.WaitForFunctionAsync("link => location.hash.slice(1) === link", link);
    }

    [Fact]
    public async Task Link_InATabThatIsOpen_RestoresAllOfIt()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=400-900&c=0");
        await page.HasCursor(0);
        await page.At("#link").ClickAsync();
        string link = (await page.Page.EvaluateAsync<string>("() => location.hash.slice(1)"))!;
        Assert.Contains("c=0", link, StringComparison.Ordinal);
        Assert.Contains("ch=0_1_2_3", link, StringComparison.Ordinal);
        await page.Page.EvaluateAsync("() => { location.hash = 'r=100-200&c=150&s=mean&t=tanh&th=dark&lp=all&sp=100&u=0.0:7&p=0.0:3&x=0-h&lh=96&tol=0.5&ch=0&al=0'; }");
        await page.HasCursor(150);
        await page.Holds("#unit", "7");
        await page.Holds("#sort", "mean");
        await page.IsNotSeen("#lane-0-h");
        await page.Page.EvaluateAsync("link => { location.hash = link; }", link);
        await page.HasCursor(0);
        await page.Holds("#unit", "0");
        await page.Holds("#sort", "number");
        await page.Holds("#trace", "state");
        await page.Holds("#loop", "off");
        await page.Holds("#speed", "10");
        await page.Holds("#height", "56");
        await page.IsSeen("#lane-0-h");
        await page.Page.WaitForFunctionAsync("link => location.hash.slice(1) === link", link);
    }

    [Theory]
    [InlineData("m=99&l=7&r=5-abc&c=-3&u=0.0:9999&p=0.0:4000&s=colour&v=nothing&lh=100000")]
    [InlineData("r=99999999-999999999&c=1e99&ch=500&x=nolane&f=0:&cut=,")]
    [InlineData("f=length:0*forget*open&cut=length:0&u=length.0:1,0.length:2,0.0:1.5&p=length.0:1")]
    [InlineData("f=__proto__:0*forget*open,00:0*forget*open&cut=constructor:0,0:length&u=0.0:-1&m=&l=")]
    public async Task Link_Broken_IsLeftOutWhereItIsWrong(string link)
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), link);
        await page.IsSeen("#lane-0-h");
        await page.IsSeen("#stack");
        Assert.True(await page.At("#values .code").CountAsync() >= 4);
    }

    // What was chosen, the numbers at the cursor, and the unit's rows.
    private static async Task<string[]> Seen(StudioPage page) => await page.Page.EvaluateAsync<string[]>(
        """
        () => [...['unit', 'sort', 'by', 'trace', 'theme', 'loop', 'show'].map(id => document.getElementById(id).value),
            document.getElementById('pin').getAttribute('aria-pressed'), document.documentElement.dataset.theme,
            document.getElementById('cursor-step').textContent, ...[...document.querySelectorAll('#values td')].map(cell => cell.textContent),
            ...[...document.querySelectorAll('#figures dd')].map(figure => figure.textContent)]
        """);
}
