using Latch.Runtime;

namespace Latch.Inspector.Tracks;

/// <summary>Takes samples for a track.</summary>
internal interface IStepRunner
{
    /// <summary>The session that is recorded.</summary>
    Session Session { get; }

    /// <summary>Takes one sample; false when there is no full window yet.</summary>
    bool TryStep<TProbe>(ReadOnlySpan<float> sample, Span<float> result, ref TProbe probe)
        where TProbe : struct, IGateProbe;
}

/// <summary>
/// Runs a model a sample at a time. One that takes whole windows only is run on the window that ends with the sample, and yields nothing before the first
/// full one.
/// </summary>
internal sealed class StepRunner : IStepRunner
{
    private readonly LatchModel _model;
    private readonly int[] _widths;
    private readonly float[][] _rows;
    private readonly float[] _window;
    private long _taken;

    public StepRunner(LatchModel model)
    {
        (_model, Session) = (model, model.CreateSession());
        _widths = Widths(model);
        _rows = model.CanStep ? [] : [.. Enumerable.Range(0, model.Steps).Select(_ => new float[_widths.Sum()])];
        _window = new float[model.CanStep ? 0 : model.WindowInputSize];
    }

    public Session Session { get; }

    /// <summary>Readings per sample.</summary>
    public static int SampleSize(LatchModel model) => Widths(model).Sum();

    /// <summary>Values per result.</summary>
    public static int ResultSize(LatchModel model) => model.CanStep ? model.OutputSize : model.WindowOutputSize;

    /// <summary>Takes one sample; false when there is no full window yet.</summary>
    public bool TryStep<TProbe>(ReadOnlySpan<float> sample, Span<float> result, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        if (_model.CanStep)
        {
            Session.Step(sample, result, ref probe);
            return true;
        }
        sample.CopyTo(_rows[_taken++ % _rows.Length]);
        if (_taken < _rows.Length)
            return false;
        Fill();
        Session.Run(_window, _rows.Length, result, ref probe);
        return true;
    }

    // The rows of the first input's columns, then of the second's.
    private void Fill()
    {
        int at = 0, column = 0;
        foreach (int width in _widths)
        {
            for (int step = 0; step < _rows.Length; step++, at += width)
                _rows[(_taken + step) % _rows.Length].AsSpan(column, width).CopyTo(_window.AsSpan(at));
            column += width;
        }
    }

    private static int[] Widths(LatchModel model) => model.CanStep
        ? [.. model.Inputs.Select(static input => input.Count)]
        : [.. model.WindowInputs.Select(input => input.Count / model.Steps)];
}
