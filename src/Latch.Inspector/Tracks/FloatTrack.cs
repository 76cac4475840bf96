using System.Runtime.InteropServices;
using Latch.Model;

namespace Latch.Inspector.Tracks;

/// <summary>A run of the float model: real values of every gate and state, and outputs.</summary>
internal sealed class FloatTrack : Track
{
    private readonly IFloatShadow _shadow;
    private readonly RowRing<float>[][] _planes;

    public FloatTrack(ModelDefinition definition, IFloatShadow shadow, int capacity, int outputs)
        : base(definition, 0, capacity, outputs)
    {
        _shadow = shadow;
        _planes = [.. Layers.Select(layer => layer.Quantities.Select(_ => new RowRing<float>(0, capacity, layer.Units)).ToArray())];
    }

    public override long Bytes => _planes.Sum(static layer => layer.Sum(static plane => plane.Bytes)) + Outputs.Bytes;

    public override void Step(ReadOnlySpan<float> sample)
    {
        _shadow.Step(sample);
        _shadow.Output.CopyTo(Outputs.Append());
        for (int layer = 0; layer < _planes.Length; layer++)
        {
            RowRing<float>[] planes = _planes[layer];
            ReadOnlySpan<float> gates = _shadow.Gates(layer), cell = _shadow.Cell(layer);
            int units = Layers[layer].Units;
            for (int gate = 0; gate * units < gates.Length; gate++)
                gates.Slice(gate * units, units).CopyTo(planes[gate].Append());
            if (cell.Length > 0)
                cell.CopyTo(planes[^2].Append());
            _shadow.Hidden(layer).CopyTo(planes[^1].Append());
        }
    }

    public override void CopyPlane(int layer, int quantity, long from, Span<byte> destination) =>
        _planes[layer][quantity].Copy(from, MemoryMarshal.Cast<byte, float>(destination));
}
