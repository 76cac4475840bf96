using Latch.Import;
using Latch.Import.Graph;

namespace Latch.Quantize;

/// <summary>The model for one step, of a model that can be run step by step with the results of a whole window.</summary>
internal static class Stepping
{
    /// <summary>The model for one step, or why there is none.</summary>
    /// <param name="model">The model for any number of steps, simplified.</param>
    /// <param name="import">Imports the same model with another number of steps; null when it is known for these only.</param>
    public static (FloatModel? Step, string? Obstacle) Find(FloatModel model, Func<int, FloatModel>? import)
    {
        if (model.Nodes.OfType<RecurrentNode>().FirstOrDefault(static node => node is { Reverse: true, StartsAnew: false }) is { } reverse)
            return (null, $"node '{reverse.Name}' walks the sequence from its end");
        // A model that hands its states on is made for steps.
        if (model.Steps == 1 && (import is null || model.States.Count + model.LayerStates.Count > 0))
            return (model, null);
        if (import is null)
            return (null, $"the model is given for {model.Steps} steps only");
        try
        {
            FloatModel single = model.Steps == 1 ? model : Simplification.Apply(import(1));
            FloatModel several = model.Steps == 1 ? Simplification.Apply(import(2)) : model;
            return Of(several, single);
        }
        catch (ImportException) when (model.Steps == 1)
        {
            return (model, null);
        }
        catch (ImportException exception)
        {
            return (null, exception.Message[exception.SourceName.Length..].TrimStart(':', ' '));
        }
    }

    /// <summary>The model for one step with the states that it carries, or why it cannot be run step by step (names the node or the output).</summary>
    /// <param name="model">The model for a window of several steps.</param>
    /// <param name="single">The same model for one step.</param>
    public static (FloatModel? Step, string? Obstacle) Of(FloatModel model, FloatModel single)
    {
        if (Causality.FindObstacle(model, single) is { } reason)
            return (null, reason);
        FloatModel step = CarriedWindows.Carry(model, single);
        if (!ReferenceEquals(step, single) && model.States.Count + model.LayerStates.Count > 0)
            return (null, $"node '{step.Nodes.OfType<ConvNode>().First(conv => !single.Nodes.Contains(conv)).Name}' sees several steps at once, and none of the states that the file hands on holds them");
        return StepTrial.FindObstacle(model, step) is { } found ? (null, found) : (step, null);
    }
}
