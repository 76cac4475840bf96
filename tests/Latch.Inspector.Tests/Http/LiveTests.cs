using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Http;

public sealed class LiveTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_StepsAndEnd_AreTold()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = Live(model, keep: 8);
        Append(session, 0, 5);
        await using TestServer server = await TestServer.Start(session);
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri("/api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancel));
        string id = (await server.Json("/api/session")).GetProperty("id").GetString()!;
        Assert.NotEmpty(id);
        Assert.Equal(("steps", $$"""{"id":"{{id}}","firstStep":0,"steps":5,"dropped":0}"""), await Next(reader));
        Append(session, 5, 12);
        // The clock may announce a part of these steps first.
        (string Name, string Data) announced;
        do
            announced = await Next(reader);
        while (!announced.Data.Contains("\"steps\":12", StringComparison.Ordinal));
        Assert.Equal(("steps", $$"""{"id":"{{id}}","firstStep":4,"steps":12,"dropped":4}"""), announced);
        session.End();
        Assert.Equal(("ended", $$"""{"id":"{{id}}","firstStep":4,"steps":12,"dropped":4}"""), await Next(reader));
        Assert.Null(await reader.ReadLineAsync(Cancel));
        Assert.True((await server.Json("/api/session")).GetProperty("ended").GetBoolean());
    }

    [Fact]
    public async Task Live_ClientThatNeverReads_DoesNotHoldTheStepsUp()
    {
        const int Steps = 20_000;
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = Live(model, keep: 4096);
        Append(session, 0, 4096);
        await using TestServer server = await TestServer.Start(session);
        List<TcpClient> stuck = [];
        foreach (string path in Enumerable.Repeat("/api/live", 4).Concat(Enumerable.Repeat("/api/plane?quantity=h", 20)).Concat(Enumerable.Repeat("/api/export?format=csv", 4)))
        {
            TcpClient client = new() { ReceiveBufferSize = 1024 };
            await client.ConnectAsync(IPAddress.Loopback, server.Port, Cancel);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\n\r\n"), Cancel);
            stuck.Add(client);
        }
        // Once these two have come the others were read as well, and are stuck.
        using HttpResponseMessage live = await server.Client.GetAsync(new Uri("/api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.NotEmpty(await server.Bytes("/api/plane?quantity=h"));
        await Task.Run(() => Append(session, 4096, Steps), Cancel);
        Assert.Equal(Steps, (await server.Json("/api/session")).GetProperty("steps").GetInt32());
        Assert.Equal(DirectRun.Of(model, Steps).Plane(5, Steps - 10, Steps), await server.Integers($"/api/plane?quantity=h&from={Steps - 10}&to={Steps}"));
        stuck.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Live_ReadWhileSteppedAndForced_GivesWholeSteps()
    {
        const int Steps = 6000, Keep = 700;
        using LatchModel model = TestModels.Random(CellKind.Gru);
        DirectRun direct = DirectRun.Of(model, Steps);
        InspectorSession session = Live(model, Keep);
        await using TestServer server = await TestServer.Start(session);
        Append(session, 0, 10);
        Task stepping = Task.Run(() => Append(session, 10, Steps), Cancel);
        int reads = 0;
        do
        {
            await server.Post("""{"forces":[{"layer":0,"gate":"update","how":"closed"}]}""");
            int steps = (await server.Json("/api/session")).GetProperty("steps").GetInt32(), from = Math.Max(0, steps - 200);
            using HttpResponseMessage response = await server.Client.GetAsync(new Uri($"/api/plane?quantity=h&from={from}&to={steps}", UriKind.Relative), Cancel);
            if (response.StatusCode == HttpStatusCode.NotFound)
                continue;
            int[] plane = MemoryMarshal.Cast<byte, int>(await response.Content.ReadAsByteArrayAsync(Cancel)).ToArray();
            Assert.Equal(direct.Plane(3, from, steps), plane);
            reads++;
        }
        while (!stepping.IsCompleted || reads == 0);
        await stepping;
        Assert.Equal(direct.Plane(0, Steps - Keep, Steps), await server.Integers("/api/plane?quantity=update"));
    }

    [Fact]
    public async Task Live_Forced_GoesOnFromTheUntouchedStateOfThatMoment()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = Live(model, keep: 100);
        Append(session, 0, 15);
        await using TestServer server = await TestServer.Start(session);
        (HttpStatusCode status, JsonElement start) = await server.Post("""{"forces":[{"layer":0,"gate":"forget","how":"hold","units":[]}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((15, 0), (start.GetProperty("from").GetInt32(), start.GetProperty("steps").GetInt32()));
        Assert.Equal(JsonValueKind.Null, start.GetProperty("firstStep").ValueKind);
        Append(session, 15, 40);
        DirectRun direct = DirectRun.Of(model, 40, static (run, step) =>
        {
            if (step == 15)
                run.Gates.Force(0, Gate.Forget, GateForce.Hold);
        });
        DirectRun untouched = DirectRun.Of(model, 40);
        Assert.Equal(15, (await server.Json("/api/session")).GetProperty("models")[0].GetProperty("forcedFrom").GetInt32());
        Assert.Equal(direct.Plane(4, 15, 40), await server.Integers("/api/plane?track=forced&quantity=c&from=15&to=40"));
        Assert.Equal(untouched.Plane(4, 0, 40), await server.Integers("/api/plane?quantity=c"));
        JsonElement missing = await server.Json("/api/plane?track=forced&quantity=c&from=14&to=40", HttpStatusCode.NotFound);
        Assert.Equal(15, missing.GetProperty("firstStep").GetInt32());
        JsonElement divergence = await server.Json("/api/divergence");
        int first = Enumerable.Range(0, 40).First(step => !direct.Outputs[step].AsSpan().SequenceEqual(untouched.Outputs[step]));
        Assert.Equal((25, first), (divergence.GetProperty("steps").GetInt32(), divergence.GetProperty("firstStep").GetInt32()));
    }

    [Fact]
    public async Task Live_EndedWithDroppedSteps_CannotBeForced()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = Live(model, keep: 10);
        Append(session, 0, 11);
        session.End();
        await using TestServer server = await TestServer.Start(session);
        (HttpStatusCode status, JsonElement document) = await server.Post("""{"forces":[{"layer":0,"gate":"forget","how":"open"}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("no longer held", document.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static InspectorSession Live(LatchModel model, int keep) => new(TestModels.Input(), [new InspectedModel("m", "m.latch", model)], keep, live: true);

    private static void Append(InspectorSession session, int from, int to)
    {
        for (int step = from; step < to; step++)
            session.Append(TestModels.Sample(step));
    }

    private static async Task<(string Event, string Data)> Next(StreamReader reader)
    {
        string name = (await reader.ReadLineAsync(Cancel))!, data = (await reader.ReadLineAsync(Cancel))!;
        Assert.Equal("", await reader.ReadLineAsync(Cancel));
        return (name["event: ".Length..], data["data: ".Length..]);
    }
}
