using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Latch.Agent.Live;
using Latch.Agent.Service;
using Latch.Runtime;

namespace Latch.Agent.Tests;

public sealed class LiveTests
{
    [Fact]
    public void Stream_ReplayedByASession_GivesTheSameChecksums()
    {
        using Scratch scratch = new();
        LiveFeed feed = new(10, 3);
        using LoopFixture loop = new(TestModels.Load(profile: true), live: feed);
        using LiveServer server = new(scratch["live.sock"], feed, loop.Log);
        for (int step = 0; step < 50; step++)
            loop.Step(TestModels.Sample(step));
        using StreamReader reader = Connect(scratch["live.sock"], feed);
        for (int step = 50; step < 250; step++)
        {
            float[] sample = TestModels.Sample(step);
            if (step % 20 == 0)
                sample[1] = float.NaN;
            loop.Step(sample);
        }

        Replay replay = new(loop.Model.Loaded.Model, loop.Model.Loaded.Fingerprint);
        for (int line = 0; line < 200; line++)
            replay.Take(reader.ReadLine()!);
        Assert.Equal((1, 199), (replay.Headers, replay.Steps));
        Assert.Equal(250, replay.LastStep);
    }

    [Fact]
    public void Stream_SessionWasReset_BeginsAnewWithAHeader()
    {
        using Scratch scratch = new();
        LiveFeed feed = new(10, 3);
        using LoopFixture loop = new(TestModels.Load(), """{"deviceGone": "reset", "resetAfter": 1}""", rate: 10, live: feed);
        using LiveServer server = new(scratch["live.sock"], feed, loop.Log);
        loop.Step(TestModels.Sample(0));
        using StreamReader reader = Connect(scratch["live.sock"], feed);
        for (int step = 1; step < 10; step++)
            loop.Step(TestModels.Sample(step));
        loop.Mailbox.Fail("unplugged");
        loop.Loop.TakeStep();
        loop.Mailbox.Open(loop.Mailbox.Channels!);
        for (int step = 10; step < 20; step++)
            loop.Step(TestModels.Sample(step));
        Replay replay = new(loop.Model.Loaded.Model, loop.Model.Loaded.Fingerprint);
        for (int line = 0; line < 19; line++)
            replay.Take(reader.ReadLine()!);
        Assert.Equal((2, 17, 10), (replay.Headers, replay.Steps, replay.LastStep));
    }

    [Fact]
    public void Feed_NobodyReads_LosesStepsAndBeginsAnewForAll()
    {
        LiveFeed feed = new(10, 3, capacity: 8);
        using LoopFixture loop = new(TestModels.Load(), live: feed);
        feed.Join();
        for (int step = 0; step < 100; step++)
            loop.Step(TestModels.Sample(step));
        int entries = 0;
        for (; feed.TryPeek(out _); feed.Advance())
            entries++;
        Assert.Equal(8, entries);
        loop.Step(TestModels.Sample(100));
        Assert.True(feed.TryPeek(out LiveEntry next));
        Assert.True(next.Header is { ForAll: true, Step: 101 });
    }

    [Fact]
    public async Task Server_SlowClient_IsDroppedAndTheOtherHearsAll()
    {
        using Scratch scratch = new();
        LiveFeed feed = new(10, 3);
        using LoopFixture loop = new(TestModels.Load(), live: feed);
        using LiveServer server = new(scratch["live.sock"], feed, loop.Log);
        using Socket slow = Open(scratch["live.sock"]);
        using StreamReader reader = Connect(scratch["live.sock"], feed, clients: 2);
        long last = 0;
        Task<int> heard = Task.Run(() =>
        {
            Replay replay = new(loop.Model.Loaded.Model, loop.Model.Loaded.Fingerprint);
            while (replay.LastStep < 20_000 && reader.ReadLine() is { } line)
            {
                replay.Take(line);
                Volatile.Write(ref last, replay.LastStep);
            }
            return replay.Headers;
        }, TestContext.Current.CancellationToken);
        for (int step = 0; step < 20_000; step++)
        {
            // The listener that keeps up must do so on a busy machine, too.
            while (step - Volatile.Read(ref last) > 500 && !heard.IsCompleted)
                Thread.Sleep(1);
            loop.Step(TestModels.Sample(step));
        }

        Assert.Equal(1, await heard);
        Assert.Equal((1, 1), (server.Clients, server.Dropped));
    }

    [Fact]
    public void Server_ClientLeaves_IsNotCountedAsDropped()
    {
        using Scratch scratch = new();
        LiveFeed feed = new(10, 3);
        using LoopFixture loop = new(TestModels.Load(), live: feed);
        using LiveServer server = new(scratch["live.sock"], feed, loop.Log);
        Connect(scratch["live.sock"], feed).Dispose();
        for (int step = 0; server.Clients > 0 && step < 2000; step++)
        {
            loop.Step(TestModels.Sample(step));
            Thread.Sleep(2);
        }

        Assert.Equal((0, 0), (server.Clients, server.Dropped));
        Assert.False(feed.IsWatched);
    }

    [Fact]
    public void Server_PathThatCannotBe_SaysSo()
    {
        using Log log = new(new StringWriter());
        Assert.Contains("/nowhere/live.sock", Assert.Throws<AgentException>(() => new LiveServer("/nowhere/live.sock", new LiveFeed(1, 1), log)).Message, StringComparison.Ordinal);
    }

    private static Socket Open(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static StreamReader Connect(string path, LiveFeed feed, int clients = 1)
    {
        Socket socket = Open(path);
        Assert.True(SpinWait.SpinUntil(() => feed.Clients == clients, TimeSpan.FromSeconds(20)));
        return new StreamReader(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>What a host does with the stream: it has the same model and steps along.</summary>
    internal sealed class Replay(LatchModel model, string fingerprint)
    {
        private readonly Session _session = model.CreateSession();

        public int Headers { get; private set; }

        public int Steps { get; private set; }

        public long LastStep { get; private set; }

        public void Take(string line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.TryGetProperty("state", out JsonElement state))
            {
                Headers++;
                Assert.Equal(fingerprint, root.GetProperty("fingerprint").GetString());
                Assert.Equal(TestModels.Names, root.GetProperty("channels").EnumerateArray().Select(static name => name.GetString()));
                _session.LoadState(MemoryMarshal.Cast<byte, int>(state.GetBytesFromBase64()));
                return;
            }

            Steps++;
            float[] sample = [.. root.GetProperty("sample").EnumerateArray().Select(static reading => reading.ValueKind == JsonValueKind.Null ? float.NaN : reading.GetSingle())];
            _session.Step(sample, new float[model.OutputSize]);
            LastStep = root.GetProperty("step").GetInt64();
            Assert.Equal(_session.StepCount, LastStep);
            int[] integers = new int[_session.StateSize];
            _session.SaveState(integers);
            Assert.Equal($"{StateChecksum.Of(integers):x16}", root.GetProperty("checksum").GetString());
        }
    }
}
