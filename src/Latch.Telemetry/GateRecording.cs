using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>
/// Keeps the gates, cell and hidden state of the last steps of chosen layers, as the integers the runtime computed. All memory is taken when it is made;
/// recording a step allocates nothing. Give <see cref="Probe"/> to the session's step.
/// </summary>
public sealed class GateRecording
{
    private readonly LayerRecording?[] _byLayer;

    /// <summary>Makes a recording.</summary>
    /// <param name="model">The model whose sessions are recorded.</param>
    /// <param name="capacity">Steps kept per layer; older ones are overwritten.</param>
    /// <param name="layers">Indices of the layers in <see cref="LatchModel.Layers"/>; none means all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not positive, or there is no such layer.</exception>
    public GateRecording(LatchModel model, int capacity, params ReadOnlySpan<int> layers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _byLayer = new LayerRecording?[model.Layers.Count];
        foreach (int layer in layers)
        {
            if ((uint)layer >= (uint)_byLayer.Length)
                throw new ArgumentOutOfRangeException(nameof(layers), layer, $"The model has {_byLayer.Length} recurrent layers, counted from 0.");
        }
        for (int layer = 0; layer < _byLayer.Length; layer++)
        {
            if (layers.IsEmpty || layers.Contains(layer))
                _byLayer[layer] = new LayerRecording(layer, model.Definition.Layers[layer], capacity);
        }
        Layers = [.. _byLayer.OfType<LayerRecording>()];
    }

    /// <summary>The recorded layers.</summary>
    public IReadOnlyList<LayerRecording> Layers { get; }

    /// <summary>The probe that writes into this recording.</summary>
    public RecordingProbe Probe => new(this);

    /// <summary>Forgets all steps.</summary>
    public void Clear()
    {
        foreach (LayerRecording layer in Layers)
            layer.Clear();
    }

    internal void Add(in GateFrame frame) => _byLayer[frame.Layer]?.Add(frame);
}

/// <summary>Writes every frame into a <see cref="GateRecording"/>.</summary>
public readonly struct RecordingProbe : IGateProbe
{
    private readonly GateRecording _recording;

    internal RecordingProbe(GateRecording recording) => _recording = recording;

    /// <summary>Copies the frame.</summary>
    public void OnStep(in GateFrame frame) => _recording.Add(frame);
}
