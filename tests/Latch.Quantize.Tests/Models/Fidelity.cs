using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Runtime;

namespace Latch.Quantize.Tests.Models;

/// <summary>Quantizes a float model and measures the integer one against it on other windows of the same kind.</summary>
internal static class Fidelity
{
    public const int Windows = 48;

    /// <summary>Root-mean-square error of all outputs over their root-mean-square value.</summary>
    public static double Error(FloatModel model, ActivationWidth width, int seed = 5)
    {
        int channels = TensorShape.Count(model.Inputs[0].Shape) / model.Steps;
        var options = new QuantizeOptions { Activations = width, WidenCostly = false };
        ModelDefinition definition = Quantizer.Quantize(model, CalibrationData.FromWindows(NetworkBuilder.Windows(seed, 120, model.Steps, channels)), options).Definition;
        // The weights have 8 bits either way: judge the arithmetic against the float model with the weights that the integer model has.
        return Error(QuantizedWeights.Put(model, definition), definition, NetworkBuilder.Windows(seed + 1, Windows, model.Steps, channels));
    }

    public static double Error(FloatModel model, ModelDefinition definition, IReadOnlyList<float[]> windows)
    {
        var reference = new FloatReference(model);
        using LatchModel integer = LatchModel.Create(definition);
        Session session = integer.CreateSession();
        double error = 0, power = 1e-12;
        foreach (float[] window in windows)
        {
            IReadOnlyDictionary<string, float[]> outputs = reference.Run(new Dictionary<string, float[]> { [model.Inputs[0].Name] = window });
            float[] exact = [.. model.Outputs.SelectMany(output => outputs[output.Name])];
            float[] result = new float[exact.Length];
            session.Run(window, model.Steps, result);
            for (int i = 0; i < exact.Length; i++)
            {
                error += Math.Pow(result[i] - exact[i], 2);
                power += Math.Pow(exact[i], 2);
            }
        }
        return Math.Sqrt(error / power);
    }
}
