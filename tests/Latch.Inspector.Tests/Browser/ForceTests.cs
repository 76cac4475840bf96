using System.Globalization;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class ForceTests(Chromium chromium, HostStudio studio)
{
    private const int Step = 700;

    public static TheoryData<int, string, string> Toggles => new()
    {
        { 0, "input", "closed" }, { 0, "input", "open" }, { 0, "output", "closed" }, { 0, "output", "hold" }, { 0, "forget", "closed" }, { 0, "forget", "open" },
        { 0, "forget", "value" }, { 1, "update", "open" }, { 1, "update", "hold" }, { 1, "reset", "closed" }, { 1, "reset", "value" },
    };

    [Theory]
    [MemberData(nameof(Toggles))]
    public async Task Toggle_AGate_ShowsTheCounterfactualsNumbers(int model, string gate, string how)
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), $"m={model}&c={Step}&u={model}.0:4");
        await page.HasCursor(Step);
        await page.Toggle(gate, how);
        await page.IsSeen("#divergence");
        await page.HasCursor(Step);
        LatchModel of = model == 0 ? studio.Lstm : studio.Gru;
        Gate which = Enum.Parse<Gate>(gate, ignoreCase: true);
        // The slider stands at one half.
        DirectRun forced = studio.Run(of, session =>
        {
            if (how == "value")
                session.Gates.ForceValue(0, which, 1 << 23);
            else
                session.Gates.Force(0, which, Enum.Parse<GateForce>(how, ignoreCase: true));
        });
        DirectRun untouched = studio.Run(of);
        Assert.Equal(CodesOf(untouched, of, 4), await page.Codes());
        Assert.Equal(CodesOf(forced, of, 4), await page.ForcedCodes());
        await IsDivergence(page, untouched, forced);
        await page.At("#release").ClickAsync();
        await page.Page.WaitForFunctionAsync("() => document.getElementById('release').getAttribute('aria-disabled') === 'true' && document.activeElement.id === 'release'");
        await page.IsNotSeen("#divergence");
        await Microsoft.Playwright.Assertions.Expect(page.At("#values .forced")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Toggle_ListedUnits_ForcesTheseAlone()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), $"c={Step}&u=0.0:4");
        await page.Toggle("forget", "closed");
        await page.At("[data-force='0-forget'] select").SelectOptionAsync("list");
        await page.Has("#force-state", "name at least one unit");
        await page.At("[data-force='0-forget'] .units-text").FillAsync("3-4, 9");
        DirectRun forced = studio.Run(studio.Lstm, static session => session.Gates.Force(0, Gate.Forget, GateForce.Closed, 3, 4, 9));
        foreach (int unit in new[] { 4, 5, 9 })
        {
            await page.At("#unit").FillAsync(unit.ToString(CultureInfo.InvariantCulture));
            await page.Page.WaitForFunctionAsync($"() => document.querySelector('#values [data-quantity=h] .forced')?.title === 'code {Shown(forced.Codes[Step][(5 * 32) + unit])}'");
            await page.HasCursor(Step);
            Assert.Equal(CodesOf(forced, studio.Lstm, unit), await page.ForcedCodes());
        }
    }

    [Fact]
    public async Task Cut_WithForgetClosed_LeavesNothingOfThePast()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched(), $"c={Step}&u=0.0:4");
        await page.Toggle("forget", "closed");
        await page.IsSeen("#divergence");
        Assert.True(StudioPage.Number((await page.At("[data-figure=pastShare] dd").TextContentAsync())!.Split(' ')[0]) > 0);
        await page.At("#cut-0").CheckAsync();
        await page.Has("[data-figure=pastShare] dd", "0.0 %");
        await page.HasCursor(Step);
        // One step from nothing gives the same state.
        DirectRun alone = DirectRun.Of(studio.Lstm, 1, static (session, _) => session.Gates.Force(0, Gate.Forget, GateForce.Closed), _ => studio.Samples[Step]);
        Assert.Equal(CodesOf(alone, studio.Lstm, 4, 0), await page.ForcedCodes());
    }

    [Fact]
    public async Task Forced_Run_IsDrawnOverTheUntouchedAndItsAlarmsAreListed()
    {
        await using StudioPage page = await StudioPage.Open(chromium, await studio.Untouched());
        string before = await Picture(page, "0-traces");
        await page.Toggle("forget", "closed");
        await page.IsSeen("#divergence");
        await page.Has(".lane[data-lane='0-traces'] .lane-key", "c forced");
        await page.Page.WaitForFunctionAsync("async before => document.getElementById('lane-0-traces').toDataURL() !== before", before);
        using HttpClient client = new() { BaseAddress = await studio.Address() };
        System.Text.Json.JsonElement told = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/api/divergence?model=0", TestContext.Current.CancellationToken)).RootElement;
        foreach (string change in new[] { "lost", "gained" })
        {
            int count = told.GetProperty("alarms").GetProperty(change).GetArrayLength();
            await page.Has($"[data-alarms={change}] h4", $"alarms {change}: {count}");
            await page.Has(".lane[data-lane=events] .lane-key", change);
        }
        string forced = await Picture(page, "0-c");
        await page.At("#show").SelectOptionAsync("difference");
        await page.Page.WaitForFunctionAsync("before => document.getElementById('lane-0-c').toDataURL() !== before", forced);
        await page.Has("#text-0-c", "forced less untouched");
    }

    private static Task<string> Picture(StudioPage page, string lane) => page.At($"#lane-{lane}").EvaluateAsync<string>("canvas => canvas.toDataURL()")!;

    private static async Task IsDivergence(StudioPage page, DirectRun untouched, DirectRun forced)
    {
        int first = Enumerable.Range(0, untouched.Outputs.Count).First(step => !untouched.Outputs[step].AsSpan().SequenceEqual(forced.Outputs[step]));
        double[] differences = [.. untouched.Outputs.Zip(forced.Outputs).SelectMany(static pair => pair.First.Zip(pair.Second, static (a, b) => Math.Abs((double)a - b)))];
        double largest = differences.Max(), rms = Math.Sqrt(differences.Average(static value => value * value));
        await page.Has("[data-figure=firstStep] dd", Shown(first));
        Assert.Equal(largest, StudioPage.Number((await page.At("[data-figure=largest] dd").TextContentAsync())!), 1e-3 * largest);
        Assert.Equal(rms, StudioPage.Number((await page.At("[data-figure=rms] dd").TextContentAsync())!), 1e-3 * Math.Max(rms, 0.1));
    }

    private static IEnumerable<int> CodesOf(DirectRun run, LatchModel model, int unit, int step = Step)
    {
        int units = model.Layers[0].HiddenSize;
        return Enumerable.Range(0, run.Codes[step].Length / units).Select(quantity => run.Codes[step][(quantity * units) + unit]);
    }

    private static string Shown(int value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace('-', '−');
}
