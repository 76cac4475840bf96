using Latch.Anomaly;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Inspector;
using Latch.Model;
using Latch.Runtime;
using CellKind = Latch.Model.CellKind;

namespace Latch.Cli.Studio;

/// <summary>The float reference that walks beside an integer model, on readings normalised as the runtime does it.</summary>
internal sealed class FloatShadow : IFloatShadow, IReferenceObserver
{
    private readonly FloatReference _reference;
    private readonly Normaliser _normaliser;
    private readonly Dictionary<string, int> _layers = [];
    private readonly int[] _latest; // of each layer, the last step in time of this run
    private readonly float[][] _gates;
    private readonly float[][] _cells;
    private readonly float[][] _hidden;
    private readonly IReadOnlyList<int> _widths;
    private readonly float[][] _rows;
    private readonly float[] _last;
    private readonly float[] _output;
    private readonly int _steps;
    private long _taken;

    /// <param name="onnxPath">The float model.</param>
    /// <param name="model">The integer model made from it.</param>
    /// <param name="latchPath">Its file, for messages.</param>
    /// <exception cref="CommandException">The two do not belong together.</exception>
    public FloatShadow(string onnxPath, LatchModel model, string latchPath)
    {
        _steps = model.CanStep ? 1 : model.Steps;
        FloatModel exact = model.CanStep ? ModelFile.OpenSteps(onnxPath) : ModelFile.OpenOnnx(onnxPath, _steps);
        string stated = model.Definition.Provenance.SourceSha256;
        IReadOnlyList<RecurrentLayer> layers = model.Definition.Layers;
        for (int layer = 0; layer < layers.Count; layer++)
            _layers[layers[layer].Name] = layer;
        if ((stated.Length > 0 && stated != exact.SourceSha256) || _layers.Keys.Except(exact.Nodes.OfType<RecurrentNode>().Select(static node => node.Name)).Any())
            throw CommandException.BadInput($"{latchPath}: it was made from another model ({model.Definition.Provenance.SourceFile}) than {onnxPath}. Give the one it was made from.");
        _reference = new FloatReference(exact, carryState: model.CanStep);
        _normaliser = new Normaliser(model.Channels);
        _latest = new int[layers.Count];
        _gates = [.. layers.Select(static layer => new float[layer.GateCount * layer.HiddenSize])];
        _cells = [.. layers.Select(static layer => new float[layer.Kind == CellKind.Lstm ? layer.HiddenSize : 0])];
        _hidden = [.. layers.Select(static layer => new float[layer.HiddenSize])];
        _widths = ModelFile.Widths(exact, onnxPath);
        _last = new float[_widths.Sum()];
        _rows = [.. Enumerable.Range(0, _steps).Select(_ => new float[_last.Length])];
        _output = new float[exact.Outputs.Sum(static output => TensorShape.Count(output.Shape))];
        _output.AsSpan().Fill(float.NaN);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output => _output;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Gates(int layer) => _gates[layer];

    /// <inheritdoc/>
    public ReadOnlySpan<float> Cell(int layer) => _cells[layer];

    /// <inheritdoc/>
    public ReadOnlySpan<float> Hidden(int layer) => _hidden[layer];

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> sample)
    {
        Span<float> row = _rows[_taken++ % _steps];
        sample.CopyTo(row);
        _normaliser.Apply(row);
        for (int at = 0; at < row.Length; at++)
            _last[at] = row[at] = float.IsFinite(row[at]) ? row[at] : _last[at];
        if (_taken < _steps)
            return;
        _latest.AsSpan().Clear();
        IReadOnlyDictionary<string, float[]> results = _reference.Run(Inputs(), this);
        int start = 0;
        foreach (ValueInfo output in _reference.Model.Outputs)
        {
            results[output.Name].CopyTo(_output, start);
            start += results[output.Name].Length;
        }
    }

    /// <inheritdoc/>
    public void OnValue(string name, ReadOnlySpan<float> data)
    {
    }

    /// <inheritdoc/>
    public void OnGate(RecurrentNode node, int step, RecurrentQuantity quantity, ReadOnlySpan<float> data)
    {
        if (!_layers.TryGetValue(node.Name, out int layer) || step < _latest[layer])
            return;
        _latest[layer] = step;
        if (quantity == RecurrentQuantity.Gate)
            data.CopyTo(_gates[layer]);
        else if (quantity == RecurrentQuantity.Cell)
            data.CopyTo(_cells[layer]);
        else if (quantity == RecurrentQuantity.Hidden)
            data.CopyTo(_hidden[layer]);
    }

    private Dictionary<string, float[]> Inputs()
    {
        Dictionary<string, float[]> inputs = [];
        int column = 0;
        for (int input = 0; input < _widths.Count; input++)
        {
            float[] values = inputs[_reference.Model.Inputs[input].Name] = new float[_steps * _widths[input]];
            for (int step = 0; step < _steps; step++)
                _rows[(_taken + step) % _steps].AsSpan(column, _widths[input]).CopyTo(values.AsSpan(step * _widths[input]));
            column += _widths[input];
        }

        return inputs;
    }
}
