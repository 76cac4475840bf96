using Latch.Cli.Data;
using Latch.Cli.Output;

namespace Latch.Cli.Tests.Data;

public sealed class SampleSourceTests
{
    [Fact]
    public void Open_InputInterruptedBeforeTheFirstLine_IsNotAnEmptyFile()
    {
        var terminal = Terminal.Of(new StringReader(""), TextWriter.Null, TextWriter.Null);
        Assert.Throws<CommandException>(() => SampleSource.Open("-", 1, [], 1, terminal, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => SampleSource.Open("-", 1, [], 1, terminal, new CancellationToken(canceled: true)));
    }
}
