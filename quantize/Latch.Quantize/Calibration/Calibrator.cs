using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Quantize.Calibration;

/// <summary>Runs calibration data through the float reference, once for all methods.</summary>
internal sealed class Calibrator
{
    private readonly IReadOnlyList<Ranges> _ranges;
    private readonly CalibrationRecorder _recorder;

    /// <summary>Calibrates <paramref name="model"/>, which sees every run of <paramref name="data"/>.</summary>
    /// <exception cref="QuantizeException">A run has another size than the model's inputs.</exception>
    public Calibrator(FloatModel model, CalibrationData data, IEnumerable<CalibrationMethod> methods, int levels)
    {
        _ranges = [.. methods.Append(CalibrationMethod.MinMax).Distinct().Select(method => new Ranges { Method = method, Levels = levels })];
        var reference = new FloatReference(model, carryState: data.IsStream);
        _recorder = new CalibrationRecorder(reference, _ranges);
        foreach (IReadOnlyList<float[]> sequence in data.Sequences)
        {
            reference.ResetState();
            _recorder.Restart();
            foreach (float[] run in sequence)
                reference.Run(RunInputs.Split(model, run), _recorder);
        }
        Runs = data.Count;
    }

    /// <summary>Number of windows (or rows of a stream) that were run.</summary>
    public int Runs { get; }

    /// <summary>The ranges one method sees.</summary>
    public Ranges Of(CalibrationMethod method) => _ranges.First(ranges => ranges.Method == method);

    /// <summary>What a node's weight rows met; null when unknown.</summary>
    public SecondMoments? Moments(string node) => _recorder.Moments(node);
}
