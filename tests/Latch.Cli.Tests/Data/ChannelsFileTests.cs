using Latch.Cli.Data;
using Latch.Model;

namespace Latch.Cli.Tests.Data;

public sealed class ChannelsFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Read_GoodFile_AllFields()
    {
        string path = _scratch.Write("c.json", """{"sampleRate": 2, "limit": 8, "channels": [{"name": "net", "unit": "KiB/s", "transform": "log1p", "mean": 1.5, "std": 0.5}]}""");
        ChannelsFile file = ChannelsFile.Read(path);
        Assert.Equal(2, file.SampleRate);
        Assert.Equal([new Channel("net", "KiB/s", ChannelTransform.Log1p, 1.5, 0.5, 8)], file.ToModel());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"sampleRate": 1, "channels": []}""")]
    [InlineData("""{"sampleRate": -1, "channels": [{"name": "a", "mean": 0, "std": 1}]}""")]
    [InlineData("""{"sampleRate": 1, "channels": [{"name": "a", "mean": 0, "std": 0}]}""")]
    [InlineData("""{"sampleRate": 1, "channels": [{"name": "a", "transform": "sqrt"}]}""")]
    [InlineData("""{"sampleRate": 1, "rate": 1, "channels": [{"name": "a"}]}""")]
    public void Read_BadFile_NamesItAndShowsTheForm(string text)
    {
        string path = _scratch.Write("c.json", text);
        CommandException error = Assert.Throws<CommandException>(() => ChannelsFile.Read(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("A channels file looks like", error.Message, StringComparison.Ordinal);
    }
}
