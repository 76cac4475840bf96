using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Latch.Cli.Studio.Board;
using Latch.Inspector;
using Latch.Runtime;

namespace Latch.Cli.Tests.Commands;

public sealed class BoardFollowerTests : IDisposable
{
    private const string Fingerprint = "00112233445566778899";

    private readonly LatchModel _model = LatchModel.Load(Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"));
    private readonly Session _board;
    private readonly float[] _output;

    public BoardFollowerTests()
    {
        _board = _model.CreateSession();
        _output = new float[_model.OutputSize];
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Take_StreamFromTheMiddle_EndsInTheBoardsState()
    {
        for (int step = 0; step < 20; step++)
            Advance(step);
        (InspectorSession session, BoardFollower follower) = Start();
        follower.Take(BoardEntry.Parse(Header(step: 20)));
        for (int step = 20; step < 50; step++)
            follower.Take(BoardEntry.Parse(Step(step + 1, Advance(step))));
        Assert.Equal(30, follower.Steps);
        int[] here = new int[_board.StateSize];
        session.SaveState(0, here);
        Assert.Equal(State(), here);
    }

    [Fact]
    public void Take_SecondHeader_GoesOnFromThere()
    {
        (InspectorSession session, BoardFollower follower) = Start();
        follower.Take(BoardEntry.Parse(Header(step: 0)));
        follower.Take(BoardEntry.Parse(Step(1, Advance(0))));
        _board.Reset();
        follower.Take(BoardEntry.Parse(Header(step: 7)));
        follower.Take(BoardEntry.Parse(Step(8, Advance(5))));
        int[] here = new int[_board.StateSize];
        session.SaveState(0, here);
        Assert.Equal(State(), here);
    }

    [Fact]
    public void Take_WhatDoesNotBelong_IsOneMessage()
    {
        (_, BoardFollower follower) = Start();
        Assert.Contains("begins with a step", Assert.Throws<CommandException>(() => follower.Take(BoardEntry.Parse(Step(1, Sample(0))))).Message, StringComparison.Ordinal);
        string header = Header(step: 0);
        Assert.Contains("another model", Assert.Throws<CommandException>(
            () => follower.Take(BoardEntry.Parse(header.Replace(Fingerprint, "ff", StringComparison.Ordinal)))).Message, StringComparison.Ordinal);
        follower.Take(BoardEntry.Parse(header));
        float[] sample = Advance(0);
        Assert.Contains("steps 1 to 1 are missing", Assert.Throws<CommandException>(() => follower.Take(BoardEntry.Parse(Step(2, sample)))).Message, StringComparison.Ordinal);
        Assert.Contains("other integers", Assert.Throws<CommandException>(() => follower.Take(BoardEntry.Parse(Step(1, Sample(1))))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("""{"step":1,"sample":["x"],"checksum":"0"}""")]
    [InlineData("""{"fingerprint":"f","rate":1,"step":0,"state":"AAAAAAA="}""")]
    public void Parse_LineOfSomethingElse_SaysSo(string line) => Assert.Throws<FormatException>(() => BoardEntry.Parse(line));

    private (InspectorSession, BoardFollower) Start()
    {
        InspectorInput input = new("board", [.. _model.Channels.Select(static channel => channel.Name)], [.. _model.Channels.Select(static channel => channel.Unit)], 1, []);
        InspectorSession session = new(input, [new InspectedModel("gates", "gates-lstm.latch", _model)], 100, live: true);
        return (session, new BoardFollower("pi@board", Fingerprint, session));
    }

    private float[] Sample(int step)
    {
        float[] sample = new float[_model.InputSize];
        sample[step * 7 % sample.Length] = 1;
        return sample;
    }

    private float[] Advance(int step)
    {
        float[] sample = Sample(step);
        _board.Step(sample, _output);
        return sample;
    }

    private int[] State()
    {
        int[] state = new int[_board.StateSize];
        _board.SaveState(state);
        return state;
    }

    private string Header(long step) => JsonSerializer.Serialize(new { model = "gates", fingerprint = Fingerprint, rate = 10, step, state = MemoryMarshal.AsBytes(State().AsSpan()).ToArray() });

    // FNV-1a, 64 bits, an integer at a time.
    private string Step(long step, float[] sample)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (int value in State())
            hash = unchecked((hash ^ (uint)value) * 0x100000001b3);
        return JsonSerializer.Serialize(new { step, time = "2026-01-01T00:00:00Z", sample, checksum = hash.ToString("x16", CultureInfo.InvariantCulture) });
    }
}
