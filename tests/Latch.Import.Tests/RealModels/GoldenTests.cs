using System.Runtime.InteropServices;
using System.Text.Json;
using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Tests.RealModels;

/// <summary>Models trained by others give, for the input 0.5 sin(0.37 i), the outputs that ONNX Runtime once gave for the original file.</summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("models/dtln", "model_1", 1)]
    [InlineData("models/dtln", "model_2", 1)]
    [InlineData("models/silero-vad-v6-seq", "silero_vad_v6", 4)]
    public void Run_GoldenInputs_GiveTheGoldenOutputs(string folder, string name, int steps)
    {
        FloatModel model = OnnxImporter.Import(SharedData.Require($"{folder}/{name}.onnx"), new ImportOptions { Steps = steps, States = [] });
        JsonElement outputs = JsonSerializer.Deserialize<JsonElement>(
            File.ReadAllText(SharedData.Require($"{folder}/golden.{name}.json"))).GetProperty("outputs");

        IReadOnlyDictionary<string, float[]> actual = new FloatReference(model).Run(
            model.Inputs.ToDictionary(input => input.Name, input => Enumerable.Range(0, model.Count(input.Name)).Select(i => (float)(0.5 * Math.Sin(0.37 * i))).ToArray()));

        Assert.Equal(outputs.EnumerateObject().Select(output => output.Name).Order(), model.Outputs.Select(output => output.Name).Order());
        foreach (JsonProperty output in outputs.EnumerateObject())
        {
            string file = output.Value.GetProperty("file").GetString()!;
            float[] expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(SharedData.Require($"{folder}/{file}"))).ToArray();
            Assert.Equal(expected.Length, actual[output.Name].Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[output.Name][i], 1e-4);
        }
    }
}
