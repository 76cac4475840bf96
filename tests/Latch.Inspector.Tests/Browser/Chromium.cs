using Microsoft.Playwright;

namespace Latch.Inspector.Tests.Browser;

/// <summary>Debian's chromium, started once for all browser tests. Where it is absent, the tests are skipped with the reason, or fail when everything is required.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    // Nothing may be looked up on a network: the page comes from this machine alone.
    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _driver;
    private IBrowser? _browser;

    /// <summary>The browser; skips or fails the test where there is none.</summary>
    public IBrowser Browser
    {
        get
        {
            SharedData.RequirePath(Program, $"a browser at {Program} (Debian's package chromium)");
            return _browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = s_arguments, Timeout = 120_000 });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _driver?.Dispose();
    }
}

/// <summary>All browser tests share one browser and one studio, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Chromium>, ICollectionFixture<HostStudio>
{
    public const string Name = "browser";
}
