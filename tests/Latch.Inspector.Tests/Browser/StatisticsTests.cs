using System.Text.Json.Nodes;
using Latch.Model;
using Latch.Runtime;
using Microsoft.Playwright;

namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class StatisticsTests(Chromium chromium)
{
    [Fact]
    public async Task Statistics_ShareWarmUpDeadAndOutOfCalibration_AreShown()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        await using InspectorServer server = await InspectorServer.StartAsync(
            TestModels.Replay(40, new InspectedModel("m", "m.latch", model)), new InspectorServerOptions { Port = 0 }, TestContext.Current.CancellationToken);
        await using StudioPage page = await StudioPage.Open(chromium, server.Address, "v=statistics&u=0.0:2", prepare: Known);
        await page.Has("[data-tile=steps]", "warm-up 12 steps");
        await page.Has("[data-tile=outOfRange] .tile-value", "2.00 %");
        await page.IsSeen("[data-tile=outOfRange].warn");
        await page.Has("[data-tile=dead] .tile-value", "1");
        await page.Has("[data-tile=dead] .tile-more", "units 3");
        // Unit u is below 0.1 in 10 u percent of the steps and above 0.9 in 5 u percent: the drawing's square is 200 wide and begins at 40, its floor is at 212.
        double[] places = await page.Page.EvaluateAsync<double[]>("() => [...document.querySelectorAll('#chart-scatter-forget circle')].flatMap(dot => [Number(dot.getAttribute('cx')), Number(dot.getAttribute('cy'))])");
        Assert.Equal(Enumerable.Range(0, TestModels.Units).SelectMany(static unit => new[] { 40 + (20.0 * unit), 212 - (10.0 * unit) }), places.Select(static place => Math.Round(place, 6)));
        Assert.Equal(1, await page.At("#chart-scatter-forget circle.chosen").CountAsync());
        await page.At("#chart-scatter-forget .as-table").ClickAsync();
        await page.Has("#chart-scatter-forget tbody tr:nth-child(4)", "330.0 %15.0 %");
        // The candidate goes from -1 to 1.
        await page.Has("#chart-scatter-cell svg", "share of steps below −0.8");
        Assert.Contains("above 0.9 more than half of the time", await page.At("#chart-scatter-forget svg").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
        Assert.Contains("above 0.8 more than half of the time", await page.At("#chart-scatter-cell svg").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
        await page.At("#chart-inputs .as-table").ClickAsync();
        await page.Has("#chart-inputs tbody", "b−1.0001.000−0.50001.5000.00 %25.00 %");
        Assert.Contains("most at an end: b with 25.00 %", await page.At("#chart-inputs svg").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
        await page.At("#chart-gates .as-table").ClickAsync();
        await page.Has("#chart-gates tbody tr:nth-child(3)", "forget gate f");
        Assert.Contains("rail hits", await page.At("#chart-gates svg").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
    }

    // Figures that are the same whatever the model does.
    private static Task Known(IPage page) => page.RouteAsync("**/api/statistics?*", async route =>
    {
        IAPIResponse answer = await route.FetchAsync();
        JsonNode statistics = JsonNode.Parse(await answer.TextAsync())!;
        statistics["warmUp"] = 12;
        JsonNode layer = statistics["layers"]![0]!;
        layer["inputs"] = new JsonObject
        {
            ["outOfRange"] = 0.02,
            ["channels"] = JsonNode.Parse("""[{"channel":"b","low":-1,"high":1,"least":-0.5,"greatest":1.5,"atLow":0,"atHigh":0.25}]"""),
        };
        foreach (JsonNode? unit in layer["units"]!.AsArray())
        {
            int number = unit!["unit"]!.GetValue<int>();
            foreach ((string name, double value) in new[] { ("below", 0.1 * number), ("above", 0.05 * number), ("mean", 0.5) })
                unit[name] = new JsonArray([.. Enumerable.Range(0, 4).Select(_ => JsonValue.Create(value))]);
            unit["dead"] = number == 3;
        }
        await route.FulfillAsync(new() { Response = answer, Body = statistics.ToJsonString() });
    });
}
