namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class KeyboardTests(Chromium chromium, HostStudio studio)
{
    [Fact]
    public async Task Keys_Alone_MoveZoomPinAndChoose()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "r=0-1000&c=10");
        await Press(page, "ArrowRight", "ArrowRight", "ArrowLeft");
        await page.HasCursor(11);
        await Press(page, "Shift+ArrowRight");
        await page.HasCursor(111);
        await Press(page, "End");
        await page.HasCursor(studio.Samples.Count - 1);
        await Press(page, "Home");
        await page.HasCursor(0);
        await Press(page, "ArrowDown", "ArrowDown", "p");
        await page.Holds("#unit", "2");
        await page.Page.WaitForSelectorAsync("#pin[aria-pressed=true]");
        await Press(page, "0");
        await HasRange(page, $"0-{studio.Samples.Count}");
        await Press(page, "z");
        await HasRange(page, $"0-{(int)Math.Round(studio.Samples.Count * 0.7)}");
        await Press(page, "+", "l");
        await page.Holds("#speed", "25");
        await page.Holds("#loop", "view");
        await Press(page, " ");
        await page.Page.WaitForFunctionAsync("() => document.getElementById('play').getAttribute('aria-label') === 'pause' && document.getElementById('cursor-step').textContent !== '0'");
        await Press(page, " ");
        await page.Page.WaitForFunctionAsync("() => document.getElementById('play').getAttribute('aria-label') === 'play'");
    }

    [Fact]
    public async Task Keys_Alone_ForceAGateAndReadItsNumbers()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "c=700");
        await TabTo(page, "how-0-forget");
        await Press(page, "ArrowRight", "ArrowRight");
        Assert.True(await page.At("[data-force='0-forget'] input[value=closed]").IsCheckedAsync());
        await page.IsSeen("#divergence");
        await page.HasCursor(700);
        Assert.Equal(0, (await page.ForcedCodes())[2]);
        // Arrows within the choices did not move the cursor.
        await page.HasCursor(700);
    }

    [Fact]
    public async Task Keys_HelpAndTabs_OpenAndClose()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched());
        await Press(page, "?");
        await page.IsSeen("#help");
        await page.Has("#help", "Shift");
        await Press(page, "Escape");
        await page.IsNotSeen("#help");
        await Press(page, "2");
        await page.IsSeen("#chart-half-life");
        await page.At("#tab-statistics").FocusAsync();
        await Press(page, "ArrowRight");
        await page.IsSeen("#shadow-table");
        Assert.Equal("tab-shadow", await page.Page.EvaluateAsync<string>("() => document.activeElement.id"));
        await Press(page, "ArrowLeft", "ArrowLeft");
        await page.IsSeen("#stack");
    }

    [Fact]
    public async Task Keys_SwitchedOff_DoNothing()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), "c=10");
        await Press(page, "?");
        await page.At("#shortcuts").UncheckAsync();
        await Press(page, "Escape", "ArrowRight", "End");
        await page.HasCursor(10);
    }

    private static async Task Press(StudioPage page, params string[] keys)
    {
        foreach (string key in keys)
            await page.Page.Keyboard.PressAsync(key);
    }

    private static Task HasRange(StudioPage page, string range) => page.Page.WaitForFunctionAsync($"() => location.hash.includes('r={range}&')");

    private static async Task TabTo(StudioPage page, string radioName)
    {
        for (int i = 0; i < 80; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            if (await page.Page.EvaluateAsync<string?>("() => document.activeElement.name ?? null") == radioName)
                return;
        }
        Assert.Fail($"Tab does not reach {radioName}.");
    }
}
