using System.Globalization;
using Microsoft.Playwright;

namespace Latch.Inspector.Tests.Browser;

/// <summary>The inspector's page in a window of its own. Whatever the browser complains about fails the test that closes it.</summary>
internal sealed class StudioPage : IAsyncDisposable
{
    private const int Patience = 60_000;

    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private StudioPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.SetDefaultTimeout(Patience);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Opens the page and waits until it shows the session.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="address">The studio.</param>
    /// <param name="hash">The view, as in a copied link.</param>
    /// <param name="width">Of the window, CSS pixels.</param>
    /// <param name="scheme">What the system prefers.</param>
    /// <param name="prepare">Called before the page is loaded.</param>
    public static async Task<StudioPage> Open(
        Chromium chromium, Uri address, string hash = "", int width = 1440, ColorScheme scheme = ColorScheme.Light, Func<IPage, Task>? prepare = null)
    {
        IBrowserContext context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = width < 800 ? 844 : 900 },
            ColorScheme = scheme,
            AcceptDownloads = true,
        });
        StudioPage opened = new(context, await context.NewPageAsync());
        if (prepare is not null)
            await prepare(opened.Page);
        await opened.Page.GotoAsync(new Uri(address, hash.Length > 0 ? $"/#{hash}" : "/").ToString());
        await opened.Page.WaitForSelectorAsync("html[data-ready=true]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        return opened;
    }

    public ILocator At(string selector) => Page.Locator(selector);

    /// <summary>Puts the slider on a step, as dragging does.</summary>
    public Task Scrub(int step) => At("#scrub").EvaluateAsync("(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input', { bubbles: true })); }", step);

    /// <summary>Clicks a gate of the first layer to free, open, closed, value or hold.</summary>
    public Task Toggle(string gate, string how) => At($"[data-force='0-{gate}'] label:has(input[value={how}])").ClickAsync();

    /// <summary>Waits until the cursor stands on a step and its values are there.</summary>
    public async Task HasCursor(int step)
    {
        await Assertions.Expect(At("#cursor-step")).ToHaveTextAsync(step.ToString("N0", CultureInfo.InvariantCulture), new() { Timeout = Patience });
        await Page.WaitForFunctionAsync("() => [...document.querySelectorAll('#values .code, #values .forced')].every(cell => cell.textContent !== '–')");
    }

    /// <summary>The integer codes of the chosen unit at the cursor, in the order shown.</summary>
    public async Task<int[]> Codes() => [.. (await At("#values .code").AllTextContentsAsync()).Select(Integer)];

    /// <summary>As <see cref="Codes"/>, of the forced run.</summary>
    public async Task<int[]> ForcedCodes() =>
        [.. (await Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#values .forced')].map(cell => cell.title.replace('code ', ''))")).Select(Integer)];

    /// <summary>Waits until a text stands in an element.</summary>
    public Task Has(string selector, string text) => Assertions.Expect(At(selector)).ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Waits until a field holds a value.</summary>
    public Task Holds(string selector, string value) => Assertions.Expect(At(selector)).ToHaveValueAsync(value, new() { Timeout = Patience });

    public Task IsSeen(string selector) => Assertions.Expect(At(selector)).ToBeVisibleAsync(new() { Timeout = Patience });

    public Task IsNotSeen(string selector) => Assertions.Expect(At(selector)).ToBeHiddenAsync(new() { Timeout = Patience });

    /// <summary>Drops complaints that hold a text, such as a browser's own about a request that was meant to fail.</summary>
    public void Forgive(string part) => _complaints.RemoveAll(text => text.Contains(part, StringComparison.Ordinal));

    /// <summary>A number as the page writes it.</summary>
    public static double Number(string text) =>
        double.Parse(text.Replace("−", "-", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_complaints);
    }

    private static int Integer(string text) => checked((int)Number(text));
}
