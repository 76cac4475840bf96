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
        _power = Variance();
    }

    /// <summary>Root-mean-square and largest error over all outputs, and the ratio of the outputs' variance to the squared error in dB.</summary>
    public (double Rms, double Largest, double Decibel) Measure(ModelDefinition definition)
    {
        // The data are normalised already.
        using LatchModel model = LatchModel.Create(definition with { Channels = [] });
        Session session = model.CreateSession();
        int at = 0;
        double sum = 0, largest = 0;
        foreach (IReadOnlyList<float[]> sequence in _data.Sequences)
        {
            session.Reset();
            foreach (float[] run in sequence)
            {
                float[] exact = _exact[at++], integer = new float[exact.Length];
                session.Run(run, model.Steps, integer);
                for (int i = 0; i < exact.Length; i++)
                {
                    double error = integer[i] - exact[i];
                    sum += error * error;
                    largest = Math.Max(largest, Math.Abs(error));
                }
            }
        }
        double square = Math.Max(sum / (_exact.Count * _exact[0].Length), 1e-30);
        return (Math.Sqrt(square), largest, 10 * Math.Log10(Math.Max(_power, 1e-30) / square));
    }

    private double Variance()
    {
        double mean = _exact.SelectMany(static values => values).Average(static value => (double)value);
        return _exact.SelectMany(static values => values).Average(value => (value - mean) * (value - mean));
    }
}
