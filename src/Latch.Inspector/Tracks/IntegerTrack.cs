using System.Runtime.InteropServices;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Inspector.Tracks;

/// <summary>A run of the integer model, untouched or forced: codes of every gate and state, outputs, scores, statistics.</summary>
internal sealed class IntegerTrack : Track
{
    private readonly IStepRunner _runner;
    private readonly RowRing<int>[][] _planes;
    private readonly int[] _lastSteps;
    private readonly bool _inWindow;
    private readonly RowRing<float>? _scores;
    private readonly float[] _forecast;
    private readonly string? _attention;

    /// <param name="inspected">The model.</param>
    /// <param name="runner">Takes the samples.</param>
    /// <param name="start">Number of the first step.</param>
    /// <param name="capacity">Steps held.</param>
    public IntegerTrack(InspectedModel inspected, IStepRunner runner, long start, int capacity)
        : base(inspected.Model.Definition, start, capacity, StepRunner.ResultSize(inspected.Model))
    {
        LatchModel model = inspected.Model;
        (_runner, _inWindow, _lastSteps) = (runner, !model.CanStep, LastSteps(model));
        _planes = [.. Layers.Select(layer => layer.Quantities.Select(_ => new RowRing<int>(start, capacity, layer.Units)).ToArray())];
        Statistics = new GateStatistics(model);
        _forecast = new float[Outputs.Width];
        _forecast.AsSpan().Fill(float.NaN);
        if (inspected.Profile is not null)
        {
            Scorer = new Scorer(inspected, start);
            _scores = new RowRing<float>(start, capacity, 1);
        }
        if (AttentionTensor.Of(model) is { } attention)
        {
            _attention = attention.Name;
            Attention = new RowRing<float>(start, capacity, attention.Width);
        }
    }

    /// <summary>The session that runs.</summary>
    public Session Session => _runner.Session;

    /// <summary>Statistics of all steps since the start of the track.</summary>
    public GateStatistics Statistics { get; }

    /// <summary>Scores and alarms; null without a profile.</summary>
    public Scorer? Scorer { get; }

    /// <summary>Attention weights of each step; null when the model has none.</summary>
    public RowRing<float>? Attention { get; }

    public override RowRing<float>? Scores => _scores;

    public override long Bytes => _planes.Sum(static layer => layer.Sum(static plane => plane.Bytes)) + Outputs.Bytes + (_scores?.Bytes ?? 0) + (Attention?.Bytes ?? 0);

    public override void Step(ReadOnlySpan<float> sample)
    {
        if (Scorer is not null)
            _scores!.Append()[0] = (float)Scorer.Step(sample, _forecast);
        foreach (RowRing<int>[] layer in _planes)
            foreach (RowRing<int> plane in layer)
                plane.Append().Clear();
        Attention?.Append().Fill(float.NaN);
        Span<float> output = Outputs.Append();
        var probe = new TrackProbe(this);
        if (!_runner.TryStep(sample, output, ref probe))
            output.Fill(float.NaN);
        else if (_attention is not null)
            Session.ReadTensor(_attention, Attention!.Last);
        output.CopyTo(_forecast);
    }

    /// <summary>The step in time that each layer's frame of a sample has: 0 for a model that steps, the last of the layer's sequence in a window.</summary>
    public static int[] LastSteps(LatchModel model)
    {
        int[] last = new int[model.Layers.Count];
        foreach (RecurrentOperation operation in (model.CanStep ? [] : model.Definition.Sequence!.Operations).OfType<RecurrentOperation>())
            last[operation.Layer] = operation.Steps - 1;
        return last;
    }

    public override void CopyPlane(int layer, int quantity, long from, Span<byte> destination) =>
        _planes[layer][quantity].Copy(from, MemoryMarshal.Cast<byte, int>(destination));

    /// <summary>Raises the largest |c| of each unit of a layer, as codes, over some steps that are held.</summary>
    /// <param name="layer">A layer with cells.</param>
    /// <param name="from">First step.</param>
    /// <param name="to">The step after the last.</param>
    /// <param name="peaks">One a unit.</param>
    public void RaisePeaks(int layer, long from, long to, long[] peaks)
    {
        RowRing<int> cells = _planes[layer][^2];
        for (long step = from; step < to; step++)
        {
            ReadOnlySpan<int> row = cells.Row(step);
            for (int unit = 0; unit < row.Length; unit++)
                peaks[unit] = Math.Max(peaks[unit], Math.Abs((long)row[unit]));
        }
    }

    /// <summary>Takes over the forecast for the next sample from another track.</summary>
    public void ContinueFrom(IntegerTrack other) => other._forecast.CopyTo(_forecast, 0);

    // Of a window only the last step in time is kept: it is the one the sample belongs to.
    private void Take(in GateFrame frame)
    {
        if (_inWindow && frame.Step != _lastSteps[frame.Layer])
            return;
        RowRing<int>[] planes = _planes[frame.Layer];
        int units = frame.Definition.HiddenSize, gates = frame.Definition.GateCount;
        for (int gate = 0; gate < gates; gate++)
            frame.Gates.Slice(gate * units, units).CopyTo(planes[gate].Last);
        if (frame.Cell.Length > 0)
            frame.Cell.CopyTo(planes[gates].Last);
        frame.Hidden.CopyTo(planes[^1].Last);
        Statistics.Probe.OnStep(frame);
    }

    private readonly struct TrackProbe(IntegerTrack track) : IGateProbe
    {
        public void OnStep(in GateFrame frame) => track.Take(frame);
    }
}
