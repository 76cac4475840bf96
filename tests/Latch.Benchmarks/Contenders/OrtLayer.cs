using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Latch.Import.Graph;

namespace Latch.Benchmarks.Contenders;

/// <summary>Every model and way of calling by which ONNX Runtime takes part.</summary>
internal sealed class OrtLayer : IDisposable
{
    private readonly List<(string Group, string Variant, OrtStep Model)> _steps = [];
    private readonly List<(string Group, string Variant, OrtSequence Model)> _sequences = [];

    /// <summary>Opens the models.</summary>
    public OrtLayer(RandomLayer layer, float[] stream, float[] sequence)
    {
        int steps = sequence.Length / layer.Size.Inputs;
        _steps.Add((Group.OrtFloat, "", new OrtStep(OnnxModels.Step(layer), layer.Size, stream)));
        _sequences.Add((Group.OrtFloatSequence, "", new OrtSequence(OnnxModels.Sequence(layer, steps), layer.Size, sequence)));
        if (layer.Cell != CellKind.Lstm)
            return;
        foreach (bool perChannel in (bool[])[false, true])
        {
            string variant = perChannel ? "per channel, " : "per tensor, ";
            _steps.Add((Group.OrtInt8, variant, new OrtStep(OnnxModels.QuantizedStep(layer, perChannel), layer.Size, stream)));
            _sequences.Add((Group.OrtInt8Sequence, variant, new OrtSequence(OnnxModels.QuantizedSequence(layer, steps, perChannel), layer.Size, sequence)));
        }
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Contender> Contenders() =>
    [
        .. _steps.SelectMany(static step => step.Model.Contenders(step.Group, step.Variant)),
        .. _sequences.SelectMany(static sequence => sequence.Model.Contenders(sequence.Group, sequence.Variant)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        _steps.ForEach(static step => step.Model.Dispose());
        _sequences.ForEach(static sequence => sequence.Model.Dispose());
    }
}
