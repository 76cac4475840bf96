using Latch.Model;

namespace Latch.Telemetry;

/// <summary>The channels a layer reads straight from the sample.</summary>
internal static class InputChannels
{
    /// <summary>One per input of the layer, or none where its input is computed or the model's inputs have no names.</summary>
    public static IReadOnlyList<Channel> Of(ModelDefinition model, int layer)
    {
        if (model.Channels.Count == 0 || (model.Step ?? model.Sequence) is not { } plan)
            return [];
        RecurrentOperation? operation = plan.Operations.OfType<RecurrentOperation>().FirstOrDefault(operation => operation.Layer == layer);
        int first = 0;
        foreach (PlanPort port in plan.Inputs)
        {
            int perStep = plan.Tensors[port.Tensor].Count / plan.Steps;
            if (operation?.Input == port.Tensor && perStep == model.Layers[layer].InputSize)
                return [.. model.Channels.Skip(first).Take(perStep)];
            first += perStep;
        }
        return [];
    }
}
