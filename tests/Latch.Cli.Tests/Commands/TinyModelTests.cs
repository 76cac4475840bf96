namespace Latch.Cli.Tests.Commands;

/// <summary>Tests over a folder with a small model, data for it, and what is quantized from both; they can tell whether a command left anything there.</summary>
/// <param name="rows">Rows of data.</param>
public abstract class TinyModelTests(int rows) : IAsyncLifetime
{
    private string[] _before = [];

    private protected Scratch Folder { get; } = new();

    /// <summary>The float model.</summary>
    protected string Onnx { get; private set; } = "";

    /// <summary>The data.</summary>
    protected string Data { get; private set; } = "";

    /// <summary>The integer model.</summary>
    protected string Quantized { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Onnx = new TinyOnnx().Write(Folder.Path("tiny.onnx"));
        Data = Folder.Write("train.csv", TinySeries.Csv(rows));
        Quantized = Folder.Path("tiny.latch");
        CommandRun run = await CommandRun.Of("quantize", Onnx, "--calibration", Data, "-o", Quantized);
        Assert.True(run.Code == 0, run.Error);
    }

    public ValueTask DisposeAsync()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected void Remember() => _before = Directory.GetFileSystemEntries(Folder.Folder);

    private protected void AssertNothingLeft() => Assert.Equal(_before.Order(), Directory.GetFileSystemEntries(Folder.Folder).Order());
}
