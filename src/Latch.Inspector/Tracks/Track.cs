using Latch.Model;

namespace Latch.Inspector.Tracks;

/// <summary>What one run of a model left, step by step. Not safe by itself: the session's lock guards it.</summary>
internal abstract class Track
{
    protected Track(ModelDefinition definition, long start, int capacity, int outputs)
    {
        Layers = [.. definition.Layers.Select(static layer => new TrackLayer(layer.HiddenSize, Quantity.Of(layer)))];
        Outputs = new RowRing<float>(start, capacity, outputs);
    }

    /// <summary>The recurrent layers.</summary>
    public IReadOnlyList<TrackLayer> Layers { get; }

    /// <summary>The model's result of each step.</summary>
    public RowRing<float> Outputs { get; }

    /// <summary>Scores of each step; null without a profile.</summary>
    public virtual RowRing<float>? Scores => null;

    public long First => Outputs.First;

    public long End => Outputs.End;

    public abstract long Bytes { get; }

    /// <summary>Takes in one sample.</summary>
    public abstract void Step(ReadOnlySpan<float> sample);

    /// <summary>Copies one quantity of a layer, 4 bytes a value, [steps][units].</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="quantity">Index in the layer's quantities.</param>
    /// <param name="from">First step, held.</param>
    /// <param name="destination">Bytes of a whole number of steps that are held.</param>
    public abstract void CopyPlane(int layer, int quantity, long from, Span<byte> destination);
}

/// <summary>A layer of a track.</summary>
internal sealed record TrackLayer(int Units, IReadOnlyList<Quantity> Quantities);
