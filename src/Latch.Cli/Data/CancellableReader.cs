namespace Latch.Cli.Data;

/// <summary>Lines of a reader that may wait for ever, such as standard input; cancellation is the end of the text.</summary>
internal sealed class CancellableReader(TextReader reader, CancellationToken cancellation) : TextReader
{
    public override string? ReadLine()
    {
        try
        {
            return Task.Run(reader.ReadLine, cancellation).WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
