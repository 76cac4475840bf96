using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Runtime;

namespace Latch.Quantize;

/// <summary>Measures integer models against the float model's outputs on data that did not calibrate them.</summary>
internal sealed class HeldBackCheck
{
    private readonly CalibrationData _data;
    private readonly List<float[]> _exact = [];
    private readonly double _power;
    private readonly double[] _weights;

    public HeldBackCheck(FloatModel model, CalibrationData data)
    {
        _data = data;
        var reference = new FloatReference(model, data.IsStream);
        foreach (IReadOnlyList<float[]> sequence in data.Sequences)
        {
            reference.ResetState();
            foreach (float[] run in sequence)
            {
                IReadOnlyDictionary<string, float[]> outputs = reference.Run(RunInputs.Split(model, run));
                _exact.Add([.. model.Outputs.SelectMany(output => outputs[output.Name])]);
            }
        }
        _power = Variance(_exact.SelectMany(static values => values));
        _weights = Weights(model);
    }

    /// <summary>Runs an integer model over the data.</summary>
    public HeldBackError Measure(ModelDefinition definition)
    {
        // The data are normalised already.
        using LatchModel model = LatchModel.Create(definition with { Channels = [] });
        Session session = model.CreateSession();
        double sum = 0, largest = 0;
        var runs = new List<double>();
        foreach (IReadOnlyList<float[]> sequence in _data.Sequences)
        {
            session.Reset();
            foreach (float[] run in sequence)
            {
                float[] exact = _exact[runs.Count], integer = new float[exact.Length];
                session.Run(run, model.Steps, integer);
                double relative = 0;
                for (int i = 0; i < exact.Length; i++)
                {
                    double error = integer[i] - exact[i];
                    sum += error * error;
                    relative += error * error * _weights[i];
                    largest = Math.Max(largest, Math.Abs(error));
                }
                runs.Add(relative);
            }
        }
        double square = Math.Max(sum / (_exact.Count * _exact[0].Length), 1e-30);
        double decibel = 10 * Math.Log10(Math.Max(_power, 1e-30) / square);
        return new HeldBackError(Math.Sqrt(square), largest, decibel, Math.Sqrt(Math.Max(runs.Average(), 1e-30)), runs);
    }

    // What an element's squared error counts: over the variance of its output, spread over the output's elements and the outputs.
    private double[] Weights(FloatModel model)
    {
        int[] outputOf = [.. model.Outputs.SelectMany((output, index) => Enumerable.Repeat(index, model.Count(output.Name)))];
        double[] variances = [.. model.Outputs.Select((_, output) => VarianceOf(outputOf, output))];
        int moving = variances.Count(static variance => variance > 0);
        return moving == 0
            ? [.. outputOf.Select(_ => 1 / (Math.Max(_power, 1e-30) * outputOf.Length))]
            : [.. outputOf.Select(output => variances[output] > 0 ? 1 / (variances[output] * model.Count(model.Outputs[output].Name) * moving) : 0)];
    }

    // The variance of an output; 0 when it does not move.
    private double VarianceOf(int[] outputOf, int output)
    {
        float[] values = [.. _exact.SelectMany(all => all.Where((_, i) => outputOf[i] == output))];
        double variance = Variance(values);
        return variance > 1e-12 * values.Average(static value => (double)value * value) ? variance : 0;
    }

    private static double Variance(IEnumerable<float> values)
    {
        double mean = values.Average(static value => (double)value);
        return values.Average(value => (value - mean) * (value - mean));
    }
}
