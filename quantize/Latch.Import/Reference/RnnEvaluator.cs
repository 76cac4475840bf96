using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>One step of the plain recurrent cell; the equation is at <see cref="RecurrentNode"/>.</summary>
internal sealed class RnnEvaluator(RecurrentNode node, IValueTable values) : RecurrentEvaluator(node, values)
{
    protected override void Step(ReadOnlySpan<float> x, int step, IReferenceObserver? observer)
    {
        DotProduct.Rows(Node.InputWeights.Data, x, Node.InputBias.Data, InputSum);
        DotProduct.Rows(Node.RecurrentWeights.Data, Hidden, Node.RecurrentBias.Data, RecurrentSum);
        for (int row = 0; row < PreActivation.Length; row++)
            PreActivation[row] = InputSum[row] + RecurrentSum[row];
        Activate(0, Functions[0]);
        Gate.CopyTo(Hidden, 0);
    }
}
