using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Sources;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>A description and weights in a folder of their own.</summary>
internal sealed class DescribedModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-layers-").FullName;

    public DescribedModel(string description, byte[] weights)
    {
        File.WriteAllText(Path, description);
        File.WriteAllBytes(WeightsPath, weights);
    }

    public string Path => System.IO.Path.Combine(_folder, "model.json");

    public string WeightsPath => System.IO.Path.Combine(_folder, "model.safetensors");

    /// <summary>A description with an input of steps and features.</summary>
    public static string Describe(string format, int features, params string[] layers) =>
        $$"""{"weights": "model.safetensors", "format": "{{format}}", "input": {"shape": ["steps", {{features}}]}, "layers": [{{string.Join(", ", layers)}}]}""";

    public FloatModel Import(int? steps = null) => ModelSource.Import(Path, new ImportOptions { Steps = steps });

    /// <summary>What the float reference makes of an input; ONNX Runtime must make the same of the translated graph.</summary>
    public float[] Run(float[] input, int? steps = null)
    {
        FloatModel model = Import(steps);
        float[] result = Assert.Single(new FloatReference(model).Run(new Dictionary<string, float[]> { [model.Inputs[0].Name] = input })).Value;
        using OnnxOracle oracle = new(ModelSource.Open(Path).ToOnnx()!);
        float[] expected = Assert.Single(oracle.Run([(model.Inputs[0].Name, model.Inputs[0].Shape, input)])).Value;
        AssertNear(expected.Select(number => (double)number), result, 2e-5);
        return result;
    }

    public static void AssertNear(IEnumerable<double> expected, float[] actual, double tolerance)
    {
        double[] numbers = [.. expected];
        Assert.Equal(numbers.Length, actual.Length);
        for (int i = 0; i < numbers.Length; i++)
            Assert.True(Math.Abs(numbers[i] - actual[i]) <= tolerance, $"element {i}: expected {numbers[i]}, is {actual[i]}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
