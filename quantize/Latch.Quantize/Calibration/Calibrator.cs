using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Quantize.Calibration;

/// <summary>Runs calibration data through the float reference, once for all methods.</summary>
internal sealed class Calibrator
{
    private readonly FloatReference _reference;
    private readonly int _levels;
    private readonly IReadOnlyList<Ranges> _ranges;
    private readonly CalibrationRecorder _recorder;

    /// <summary>Prepares to calibrate <paramref name="model"/> by <paramref name="methods"/> and min-max.</summary>
    public Calibrator(FloatModel model, bool carryState, IEnumerable<CalibrationMethod> methods, int levels)
    {
        _ranges = [.. methods.Append(CalibrationMethod.MinMax).Distinct().Select(method => new Ranges { Method = method, Levels = levels })];
        _levels = levels;
        _reference = new FloatReference(model, carryState);
        _recorder = new CalibrationRecorder(_reference, _ranges);
    }

    /// <summary>An empty one of the same kind for another model.</summary>
    public Calibrator Anew(FloatModel model) => new(model, _reference.CarriesState, _ranges.Select(static ranges => ranges.Method), _levels);

    /// <summary>Takes in more data.</summary>
    /// <exception cref="QuantizeException">A run has another size than the model's inputs.</exception>
    public void Run(CalibrationData data)
    {
        foreach (IReadOnlyList<float[]> sequence in data.Sequences)
        {
            _reference.ResetState();
            _recorder.Restart();
            foreach (float[] run in sequence)
                _reference.Run(RunInputs.Split(_reference.Model, run), _recorder);
        }
    }

    /// <summary>The ranges one method sees.</summary>
    public Ranges Of(CalibrationMethod method) => _ranges.First(ranges => ranges.Method == method);

    /// <summary>What a node's weight rows met; null when unknown.</summary>
    public SecondMoments? Moments(string node) => _recorder.Moments(node);
}
