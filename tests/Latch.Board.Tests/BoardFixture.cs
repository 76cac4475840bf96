using Latch.Board.Tests.Sensors;

namespace Latch.Board.Tests;

/// <summary>The tests that share one board. They run one after the other, and leave its devices as they were.</summary>
[CollectionDefinition(Name)]
public sealed class BoardCollection : ICollectionFixture<BoardFixture>
{
    internal const string Name = "board";
}

/// <summary>The shared board, started when the first test asks for it.</summary>
public sealed class BoardFixture : IDisposable
{
    private Board? _board;
    private Probe? _probe;

    /// <summary>The board, running. Skips the test when there is no image.</summary>
    internal Board Board => _board ??= Board.Start("tests");

    /// <summary>The program on it that reads sources and drives outputs.</summary>
    internal Probe Probe => _probe ??= new Probe(Board);

    /// <summary>Ends the board.</summary>
    public void Dispose() => _board?.Remove();
}
