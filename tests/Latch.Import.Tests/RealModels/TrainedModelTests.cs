using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.RealModels;

/// <summary>Models that others trained give what ONNX Runtime gives.</summary>
public sealed class TrainedModelTests
{
    [Theory]
    [InlineData("data/CMAPSS/models/FD001_LSTM.onnx", 30)]
    [InlineData("data/CMAPSS/models/FD001_LSTM.onnx", 1)]
    [InlineData("data/CMAPSS/models/FD001_GRU_attention.onnx", 30)]
    [InlineData("models/aircraft-pm/lstm_model.onnx", 30)]
    [InlineData("models/pose-gru/gru_model.onnx", 20)]
    public void Run_RandomInputs_AgreesWithOnnxRuntime(string file, int steps)
    {
        string path = SharedData.Require(file);
        FloatModel model = OnnxImporter.Import(path, new ImportOptions { Steps = steps });
        using OnnxOracle oracle = OnnxOracle.Load(path);
        Random random = new(1);
        double largest = 0;
        for (int run = 0; run < 5; run++)
            largest = Math.Max(largest, Agreement.WithOracle(model, oracle, Agreement.RandomInputs(model, random)));
        TestContext.Current.TestOutputHelper!.WriteLine($"largest difference {largest:E2}, float bytes {model.FloatBytes}");
        Assert.Equal(steps, model.Steps);
        Assert.InRange(largest, 0, 1e-4);
    }
}
