using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Runtime;

namespace Latch.Quantize.Report;

/// <summary>Keeps the gates and states of the reference's run, and compares the integer run's frames with them as they come.</summary>
internal sealed class GateSums : IReferenceObserver
{
    private const int GateBits = 24;

    private readonly LatchModel _model;
    private readonly bool _isStream;
    private readonly Dictionary<(string Layer, RecurrentQuantity Quantity, int Step), float[]> _reference = [];
    private readonly Dictionary<(int Layer, int Quantity), QuantitySums> _sums = [];
    private float[] _values = [];

    /// <param name="model">The integer model.</param>
    /// <param name="isStream">Whether a run is one step of a stream: the reference then calls its step 0.</param>
    public GateSums(LatchModel model, bool isStream) => (_model, _isStream) = (model, isStream);

    /// <summary>By layer, gates in storage order, then cell and hidden state.</summary>
    public IEnumerable<QuantityError> Errors => _sums.OrderBy(static pair => pair.Key).Select(static pair => pair.Value.ToError());

    /// <inheritdoc/>
    public void OnValue(string name, ReadOnlySpan<float> data)
    {
    }

    /// <inheritdoc/>
    public void OnGate(RecurrentNode node, int step, RecurrentQuantity quantity, ReadOnlySpan<float> data)
    {
        if (quantity is not (RecurrentQuantity.Gate or RecurrentQuantity.Cell or RecurrentQuantity.Hidden))
            return;
        if (!_reference.TryGetValue((node.Name, quantity, step), out float[]? kept))
            _reference[(node.Name, quantity, step)] = kept = new float[data.Length];
        data.CopyTo(kept);
    }

    /// <summary>Compares one layer's step.</summary>
    public void Add(in GateFrame frame)
    {
        string layer = _model.Layers[frame.Layer].Name;
        int step = _isStream ? 0 : (int)frame.Step;
        if (!_reference.TryGetValue((layer, RecurrentQuantity.Gate, step), out float[]? gates))
            return;
        IReadOnlyList<Gate> order = _model.Layers[frame.Layer].Gates;
        int units = frame.Definition.HiddenSize;
        for (int gate = 0; gate < order.Count; gate++)
            Add(frame.Layer, gate, QuantityKind.Gate, $"{layer}: {order[gate].ToString().ToLowerInvariant()} gate", gates.AsSpan(gate * units, units), frame.Gate(order[gate]), GateBits);
        if (frame.Cell.Length > 0)
            Add(frame.Layer, order.Count, QuantityKind.State, $"{layer}: cell state c", _reference[(layer, RecurrentQuantity.Cell, step)], frame.Cell, frame.CellFractionBits);
        Add(frame.Layer, order.Count + 1, QuantityKind.State, $"{layer}: hidden state h", _reference[(layer, RecurrentQuantity.Hidden, step)], frame.Hidden, GateBits);
    }

    private void Add(int layer, int quantity, QuantityKind kind, string name, ReadOnlySpan<float> reference, ReadOnlySpan<int> integers, int fractionBits)
    {
        if (_values.Length < integers.Length)
            _values = new float[integers.Length];
        for (int i = 0; i < integers.Length; i++)
            _values[i] = (float)Math.ScaleB(integers[i], -fractionBits);
        if (!_sums.TryGetValue((layer, quantity), out QuantitySums? sums))
            _sums[(layer, quantity)] = sums = new QuantitySums(kind, name);
        sums.Add(reference, _values);
    }
}

/// <summary>Hands frames to <see cref="GateSums"/>.</summary>
internal readonly struct GateSumsProbe(GateSums sums) : IGateProbe
{
    public void OnStep(in GateFrame frame) => sums.Add(frame);
}
