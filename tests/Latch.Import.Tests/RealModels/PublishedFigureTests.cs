using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.RealModels;

/// <summary>The float reference reaches the figures that models trained by others are known to have.</summary>
public sealed class PublishedFigureTests
{
    [Theory]
    [InlineData("models/aircraft-pm", "lstm_model", "output_0")]
    [InlineData("models/pose-gru", "gru_model", "output")]
    public void Run_GoldenInput_GivesTheGoldenOutput(string folder, string name, string output)
    {
        FloatReference reference = Load($"{folder}/{name}.onnx");
        float[] expected = MemoryMarshal.Cast<byte, float>(
            File.ReadAllBytes(SharedData.Require($"{folder}/golden.{name}.{output}.bin"))).ToArray();
        float[] input = [.. Enumerable.Range(0, reference.Model.Count(reference.Model.Inputs[0].Name)).Select(i => (float)(0.5 * Math.Sin(0.37 * i)))];

        ReadOnlySpan<float> actual = reference.Run(input);

        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4);
    }

    [Fact]
    public void Run_AircraftTestSet_HasItsRootMeanSquareError()
    {
        FloatReference reference = Load("models/aircraft-pm/lstm_model.onnx");
        TensorFile file = new(SharedData.Require("models/aircraft-pm/eval.safetensors"));
        float[] x = file.Floats("x_test");
        float[] wanted = file.Floats("y_test");
        float[] known = file.Floats("float_pred");
        int size = x.Length / wanted.Length;
        double squares = 0;
        for (int row = 0; row < wanted.Length; row++)
        {
            float predicted = reference.Run(x.AsSpan(row * size, size))[0];
            Assert.Equal(known[row], predicted, 1e-3);
            squares += Math.Pow(predicted - wanted[row], 2);
        }

        Assert.Equal(25.004, Math.Sqrt(squares / wanted.Length), 0.0006);
    }

    [Theory]
    [InlineData("real", 90, 92)] // 0.9783
    [InlineData("aug", 624, 692)] // 0.9017
    public void Run_PoseTestSet_HasItsAccuracy(string set, int right, int all)
    {
        FloatReference reference = Load("models/pose-gru/gru_model.onnx");
        TensorFile file = new(SharedData.Require("models/pose-gru/eval.safetensors"));
        float[] x = file.Floats($"x_{set}");
        long[] wanted = file.Classes($"y_{set}");
        int size = x.Length / wanted.Length;
        int counted = 0;
        for (int row = 0; row < wanted.Length; row++)
        {
            float[] classes = reference.Run(x.AsSpan(row * size, size)).ToArray();
            counted += Array.IndexOf(classes, classes.Max()) == wanted[row] ? 1 : 0;
        }

        Assert.Equal((right, all), (counted, wanted.Length));
    }

    [Fact]
    public void Run_TurbofanTestWindows_GiveThePublishedPredictions()
    {
        FloatReference reference = Load("data/CMAPSS/models/FD001_LSTM.onnx", steps: 30);
        Dictionary<int, float[][]> engines = Engines();
        string[] lines = File.ReadAllLines(SharedData.Require("data/CMAPSS/golden/FD001_LSTM.csv"));
        Assert.Equal(498, lines.Length);
        foreach (string[] cells in lines.Skip(1).Select(line => line.Split(',')))
        {
            float[][] rows = engines[Number(cells[0])];
            int end = rows.Length - Number(cells[2]) + Number(cells[1]);

            float predicted = reference.Run(rows[(end - 30)..end].SelectMany(row => row).ToArray())[0];

            Assert.Equal(double.Parse(cells[4], CultureInfo.InvariantCulture), predicted, 1e-3);
        }
    }

    /// <summary>The normalised rows of each engine of the test set.</summary>
    private static Dictionary<int, float[][]> Engines()
    {
        JsonElement steps = JsonSerializer.Deserialize<JsonElement>(
            File.ReadAllText(SharedData.Require("data/CMAPSS/golden/FD001_preprocess.json")));
        int[] columns = steps.GetProperty("columns_kept_zero_based").Deserialize<int[]>()!;
        double[] mean = steps.GetProperty("mean").Deserialize<double[]>()!;
        double[] deviation = steps.GetProperty("std_population").Deserialize<double[]>()!;
        return File.ReadLines(SharedData.Require("data/CMAPSS/data/test_FD001.txt"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .GroupBy(cells => Number(cells[0]))
            .ToDictionary(group => group.Key, group => group.Select(Normalised).ToArray());

        float[] Normalised(string[] cells) => [.. columns.Select(
            (column, k) => (float)((double.Parse(cells[column], CultureInfo.InvariantCulture) - mean[k]) / deviation[k]))];
    }

    private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);

    private static FloatReference Load(string file, int? steps = null) =>
        new(OnnxImporter.Import(SharedData.Require(file), new ImportOptions { Steps = steps ?? (file.Contains("pose") ? 20 : null) }));
}
