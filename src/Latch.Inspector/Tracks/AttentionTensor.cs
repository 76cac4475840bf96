using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tracks;

/// <summary>The attention weights of a model that takes windows: the result of a softmax over the window's steps that is not an output.</summary>
internal sealed record AttentionTensor(string Name, int Width)
{
    /// <summary>The weights of a model; null when it has none.</summary>
    public static AttentionTensor? Of(LatchModel model)
    {
        if (model.CanStep || model.Definition.Sequence is not { } plan)
            return null;
        foreach (SoftmaxOperation softmax in plan.Operations.OfType<SoftmaxOperation>())
        {
            ActivationTensor tensor = plan.Tensors[softmax.Output];
            if (softmax.Axis == plan.Steps && tensor.Count == plan.Steps && plan.Outputs.All(port => port.Tensor != softmax.Output))
                return new AttentionTensor(tensor.Name, tensor.Count);
        }
        return null;
    }
}
