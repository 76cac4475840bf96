using System.Globalization;
using System.Text.Json.Nodes;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class LiveTests(Chromium chromium)
{
    private const int Kept = 200;

    [Fact]
    public async Task Live_RunningSession_IsFollowedUntilTheViewIsHeld()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = new(TestModels.Input(), [new InspectedModel("m", "m.latch", model)], Kept, live: true);
        await using InspectorServer server = await Serve(session);
        // The page may be there before the first step.
        await using StudioPage page = await StudioPage.Open(chromium, server.Address);
        Append(session, 0, 50);
        await page.HasCursor(49);
        Append(session, 50, 120);
        await page.HasCursor(119);
        await page.Has("#live-text", "live · held 0 to 119 · dropped 0");
        DirectRun run = DirectRun.Of(model, 400);
        Assert.Equal(Codes(run, 119), await page.Codes());
        // Held still, the view stays while the session goes on.
        await page.At("#follow").ClickAsync();
        Append(session, 120, 150);
        await page.Has("#live-text", "held 0 to 149");
        await page.HasCursor(119);
        await page.At("#follow").ClickAsync();
        await page.HasCursor(149);
        // The ring is full: the oldest steps are gone, and the page says so.
        Append(session, 150, 400);
        await page.Has("#live-text", "held 200 to 399 · dropped 200");
        await page.HasCursor(399);
        Assert.Equal(Codes(run, 399), await page.Codes());
        session.End();
        await page.Has("#live-text", "ended");
        // Steps that were overwritten between the question and the answer.
        page.Forgive("status of 404");
    }

    [Fact]
    public async Task Live_Forced_DivergesFromTheStepAtWhichItWas()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = new(TestModels.Input(), [new InspectedModel("m", "m.latch", model)], Kept, live: true);
        await using InspectorServer server = await Serve(session);
        Append(session, 0, 60);
        await using StudioPage page = await StudioPage.Open(chromium, server.Address);
        await page.HasCursor(59);
        await page.Toggle("forget", "closed");
        await page.IsSeen("#divergence");
        Append(session, 60, 90);
        await page.HasCursor(89);
        DirectRun forced = DirectRun.Of(model, 90, static (running, step) =>
        {
            if (step == 60)
                running.Gates.Force(0, Gate.Forget, GateForce.Closed);
        });
        Assert.Equal(Codes(forced, 89), await page.ForcedCodes());
        await page.Has("[data-figure=firstStep] dd", "60");
        // A page that comes later sees the same forced run; it does not begin it anew.
        await using StudioPage second = await StudioPage.Open(chromium, server.Address);
        await second.HasCursor(89);
        Assert.Equal(Codes(forced, 89), await second.ForcedCodes());
    }

    [Fact]
    public async Task Connection_Lost_IsSaidAndTriedAgain()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = TestModels.Replay(3000, new InspectedModel("m", "m.latch", model));
        InspectorServer server = await Serve(session);
        StudioPage page = await StudioPage.Open(chromium, server.Address, "r=0-500&c=3");
        await page.HasCursor(3);
        await server.DisposeAsync();
        await page.Scrub(2500);
        await page.IsSeen("#lost");
        await using InspectorServer again = await InspectorServer.StartAsync(session, new InspectorServerOptions { Port = server.Address.Port }, TestContext.Current.CancellationToken);
        await page.IsNotSeen("#lost");
        await page.HasCursor(2500);
        Assert.Equal(Codes(DirectRun.Of(model, 2501), 2500), await page.Codes());
        page.Forgive("ERR_CONNECTION");
        await page.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_OtherAtTheSameAddress_IsShownInPlaceOfTheOld(bool live)
    {
        using LatchModel first = TestModels.Random(CellKind.Lstm), second = TestModels.Random(CellKind.Lstm, seed: 2);
        InspectorServer server = await Serve(Running(first, live));
        StudioPage page = await StudioPage.Open(chromium, server.Address, "r=0-100&c=90");
        await page.HasCursor(90);
        Assert.Equal(Codes(DirectRun.Of(first, 91), 90), await page.Codes());
        await server.DisposeAsync();
        await using InspectorServer other = await InspectorServer.StartAsync(
            Running(second, live), new InspectorServerOptions { Port = server.Address.Port }, TestContext.Current.CancellationToken);
        if (!live)
            await page.Scrub(2500);
        int step = live ? 90 : 2500;
        int expected = Codes(DirectRun.Of(second, step + 1), step).First();
        await page.Has("#values tr:first-child .code", expected.ToString("N0", CultureInfo.InvariantCulture).Replace('-', '−'));
        page.Forgive("ERR_");
        await page.DisposeAsync();

        static InspectorSession Running(LatchModel model, bool live)
        {
            InspectorSession session = new(TestModels.Input(), [new InspectedModel("m", "m.latch", model)], 3000, live);
            Append(session, 0, live ? 100 : 3000);
            if (!live)
                session.End();
            return session;
        }
    }

    [Fact]
    public async Task Error_OfTheServer_IsShownInItsWords()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        await using InspectorServer server = await Serve(TestModels.Replay(40, new InspectedModel("m", "m.latch", model)));
        StudioPage page = await StudioPage.Open(chromium, server.Address, prepare: page => page.RouteAsync("**/api/force", route =>
            route.FulfillAsync(new() { Status = 400, ContentType = "application/json", Body = """{"error":"Layer 0 has no such gate; take another."}""" })));
        await page.Toggle("forget", "closed");
        await page.Has("#problem", "Layer 0 has no such gate; take another.");
        page.Forgive("status of 400");
        await page.DisposeAsync();
    }

    [Fact]
    public async Task Characters_AsInput_AreShownThemselves()
    {
        const string Text = "(ab a\nba)";
        string[] names = ["(", "a", "b", "space", ")", "newline"];
        static string Character(string name) => name switch { "space" => " ", "newline" => "\n", _ => name };
        using LatchModel model = CharacterModel(names);
        InspectorInput input = new("text", names, ["", "", "", "", "", ""], 0, []);
        InspectorSession session = TestModels.Replay(input, 90, step => [.. names.Select(name => Character(name)[0] == Text[(int)step % Text.Length] ? 1f : 0f)], new InspectedModel("m", "m.latch", model));
        await using InspectorServer server = await Serve(session);
        await using StudioPage page = await StudioPage.Open(chromium, server.Address, "c=5");
        await page.Has("#context", "character '↵'");
        await page.Has("#text-input", "Input characters, steps 0 to 89, at the cursor '↵': (ab a");
        await page.Scrub(8);
        await page.Has("#context", "character ')'");
        await page.IsNotSeen("#channels-menu");
    }

    [Fact]
    public async Task Attention_Weights_AreAMatrixWithATable()
    {
        using LatchModel model = TestModels.Random(CellKind.Gru);
        await using InspectorServer server = await Serve(TestModels.Replay(40, new InspectedModel("m", "m.latch", model)));
        await using StudioPage page = await StudioPage.Open(chromium, server.Address, "v=attention&c=7", prepare: AddAttention);
        await page.IsSeen("#chart-attention canvas");
        // Weight of position k at step t: 1 where k = t mod 4, else 0.125.
        await page.Has("#attention-readout", "At step 7 most weight is on position 3: 1.000");
        await page.At("#chart-attention .as-table").ClickAsync();
        string[] row = await page.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#chart-attention tbody tr')[6].cells].map(cell => cell.textContent)");
        Assert.Equal([6, 0.125, 0.125, 1, 0.125], row.Select(StudioPage.Number));
        Assert.Contains("least 0.1250, most 1.000", await page.At("#chart-attention canvas").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_WithoutARecurrentLayer_ShowsInputOutputsAndAttention()
    {
        using LatchModel model = LatchModel.Create(WindowTests.Attending());
        InspectorInput input = new("window", ["x"], [""], 0, []);
        await using InspectorServer server = await Serve(TestModels.Replay(input, 30, static step => TestModels.Sample(step)[..1], new InspectedModel("m", "m.latch", model)));
        await using StudioPage page = await StudioPage.Open(chromium, server.Address, "c=7&al=0&sort=mean");
        await page.Has("#facts", "no recurrent layer");
        await page.Has("#context", "x ");
        await page.IsNotSeen("#unit-card");
        await page.IsNotSeen("#tab-statistics");
        await page.Page.Keyboard.PressAsync("ArrowUp");
        await page.Page.Keyboard.PressAsync("p");
        await page.At("#export-open").ClickAsync();
        await page.Has("#export-range", "no recurrent layer");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.At("#tab-attention").ClickAsync();
        await page.Has("#attention-readout", "At step 7 most weight is on position");
        await page.At("#export-open").ClickAsync();
        Assert.True(await page.At("#export-png").IsDisabledAsync());
        await page.IsSeen("#export-png-why");
    }

    // No bundled model has attention: the server's answers are given one.
    private static async Task AddAttention(Microsoft.Playwright.IPage page)
    {
        await page.RouteAsync("**/api/session", async route =>
        {
            Microsoft.Playwright.IAPIResponse answer = await route.FetchAsync();
            JsonNode session = JsonNode.Parse(await answer.TextAsync())!;
            session["models"]![0]!["attention"] = new JsonObject { ["name"] = "weights", ["width"] = 4 };
            await route.FulfillAsync(new() { Response = answer, Body = session.ToJsonString() });
        });
        await page.RouteAsync("**/api/attention?*", route =>
        {
            Dictionary<string, string> query = new Uri(route.Request.Url).Query[1..].Split('&').Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], static pair => pair[1]);
            int from = int.Parse(query["from"], CultureInfo.InvariantCulture), to = int.Parse(query["to"], CultureInfo.InvariantCulture);
            float[] weights = [.. Enumerable.Range(from, to - from).SelectMany(static step => Enumerable.Range(0, 4).Select(position => position == step % 4 ? 1f : 0.125f))];
            return route.FulfillAsync(new() { ContentType = "application/octet-stream", BodyBytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.AsSpan()).ToArray() });
        });
    }

    private static LatchModel CharacterModel(string[] names) => LatchModel.Create(
        Latch.Runtime.Tests.Reference.LayerQuantizer.Model(
            new Latch.Runtime.Tests.Reference.FloatLayer(new Latch.Runtime.Tests.Reference.LayerOptions(CellKind.Gru, names.Length, 5), new Random(3)),
            channels: [.. names.Select(static name => new Channel(name, ""))]));

    private static Task<InspectorServer> Serve(InspectorSession session) =>
        InspectorServer.StartAsync(session, new InspectorServerOptions { Port = 0 }, TestContext.Current.CancellationToken);

    private static void Append(InspectorSession session, int from, int to)
    {
        for (int step = from; step < to; step++)
            session.Append(TestModels.Sample(step));
    }

    private static IEnumerable<int> Codes(DirectRun run, int step, int unit = 0) =>
        Enumerable.Range(0, run.Codes[step].Length / TestModels.Units).Select(quantity => run.Codes[step][(quantity * TestModels.Units) + unit]);
}
