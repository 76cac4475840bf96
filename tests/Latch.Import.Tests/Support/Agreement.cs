using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Tests.Support;

/// <summary>Runs a model through the float reference and ONNX Runtime with the same inputs.</summary>
internal static class Agreement
{
    /// <summary>
    /// The largest difference between actual and expected outputs; NaN counts as infinite. It is divided by the
    /// expected number where that is larger than <paramref name="scaleAbove"/>.
    /// </summary>
    public static double Largest(
        IReadOnlyDictionary<string, float[]> expected, IReadOnlyDictionary<string, float[]> actual, double scaleAbove = double.PositiveInfinity)
    {
        double largest = 0;
        foreach ((string name, float[] values) in expected)
        {
            Assert.True(actual.ContainsKey(name), $"the output '{name}' is missing");
            Assert.Equal(values.Length, actual[name].Length);
            for (int i = 0; i < values.Length; i++)
            {
                double difference = Math.Abs((double)values[i] - actual[name][i]);
                if (Math.Abs(values[i]) > scaleAbove)
                    difference /= Math.Abs(values[i]);
                largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            }
        }
        return largest;
    }

    /// <summary>Seeded inputs for every input of a model, within -1 to 1.</summary>
    public static Dictionary<string, float[]> RandomInputs(FloatModel model, Random random)
    {
        Dictionary<string, float[]> inputs = [];
        foreach (ValueInfo input in model.Inputs)
        {
            float[] data = new float[TensorShape.Count(input.Shape)];
            for (int i = 0; i < data.Length; i++)
                data[i] = (2 * random.NextSingle()) - 1;
            inputs[input.Name] = data;
        }
        return inputs;
    }

    /// <summary>The largest difference between the reference and ONNX Runtime on given inputs.</summary>
    public static double WithOracle(
        FloatModel model, OnnxOracle oracle, IReadOnlyDictionary<string, float[]> inputs, double scaleAbove = double.PositiveInfinity)
    {
        IReadOnlyDictionary<string, float[]> actual = new FloatReference(model).Run(inputs);
        Dictionary<string, float[]> expected = oracle.Run(model.Inputs.Select(i => (i.Name, i.Shape, inputs[i.Name])).Concat(oracle.Others(model)));
        return Largest(expected, actual, scaleAbove);
    }
}
