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

    /// <summary>The board, running. Skips the test when there is no image.</summary>
    internal Board Board => _board ??= Board.Start("tests");

    /// <summary>Ends the board.</summary>
    public void Dispose() => _board?.Remove();
}
