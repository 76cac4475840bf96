using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>Keeps what every gate of every layer was, as real numbers, for the plots; shared by the copies of the probe.</summary>
internal readonly struct GateCapture(int steps) : IGateProbe
{
    private readonly Dictionary<int, LayerCapture> _layers = [];

    /// <summary>What was captured, by layer.</summary>
    public IReadOnlyDictionary<int, LayerCapture> Layers => _layers;

    public void OnStep(in GateFrame frame)
    {
        if (!_layers.TryGetValue(frame.Layer, out LayerCapture? layer))
            _layers[frame.Layer] = layer = new LayerCapture(frame.Definition, steps);
        layer.Add(frame);
    }
}
