using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>One GRU step in either form; the equations are at <see cref="RecurrentNode"/>.</summary>
internal sealed class GruEvaluator(RecurrentNode node, IValueTable values) : RecurrentEvaluator(node, values)
{
    private readonly float[] _resetHidden = new float[node.HiddenSize];

    protected override void Step(ReadOnlySpan<float> x, int step, IReferenceObserver? observer)
    {
        int units = Node.HiddenSize;
        DotProduct.Rows(Node.InputWeights.Data, x, Node.InputBias.Data, InputSum);
        RecurrentRows(0, 2 * units, Hidden);
        for (int row = 0; row < 2 * units; row++)
            PreActivation[row] = InputSum[row] + RecurrentSum[row];
        Activate(0, Functions[0]);
        Activate(1, Functions[0]);

        if (Node.LinearBeforeReset)
            ResetAfterProduct();
        else
            ResetBeforeProduct(step, observer);
        Activate(2, Functions[1]);

        for (int unit = 0; unit < units; unit++)
        {
            float update = Gate[unit];
            Hidden[unit] = ((1 - update) * Gate[(2 * units) + unit]) + (update * Hidden[unit]);
        }
    }

    private void ResetAfterProduct()
    {
        int units = Node.HiddenSize;
        RecurrentRows(2 * units, units, Hidden);
        for (int unit = 0; unit < units; unit++)
        {
            int row = (2 * units) + unit;
            PreActivation[row] = InputSum[row] + (Gate[units + unit] * RecurrentSum[row]);
        }
    }

    private void ResetBeforeProduct(int step, IReferenceObserver? observer)
    {
        int units = Node.HiddenSize;
        for (int unit = 0; unit < units; unit++)
            _resetHidden[unit] = Gate[units + unit] * Hidden[unit];
        observer?.OnGate(Node, step, RecurrentQuantity.ResetHidden, _resetHidden);
        RecurrentRows(2 * units, units, _resetHidden);
        for (int row = 2 * units; row < 3 * units; row++)
            PreActivation[row] = InputSum[row] + RecurrentSum[row];
    }

    private void RecurrentRows(int first, int count, ReadOnlySpan<float> hidden) => DotProduct.Rows(
        Node.RecurrentWeights.Data.AsSpan(first * Node.HiddenSize, count * Node.HiddenSize),
        hidden,
        Node.RecurrentBias.Data.AsSpan(first, count),
        RecurrentSum.AsSpan(first, count));
}
