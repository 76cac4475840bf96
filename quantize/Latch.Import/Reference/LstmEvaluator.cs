using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>One LSTM step; the equations are at <see cref="RecurrentNode"/>.</summary>
internal sealed class LstmEvaluator(RecurrentNode node, IValueTable values) : RecurrentEvaluator(node, values)
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Forget = 2;
    private const int Candidate = 3;

    private readonly float[] _cellActivation = new float[node.HiddenSize];

    protected override void Step(ReadOnlySpan<float> x, int step, IReferenceObserver? observer)
    {
        DotProduct.Rows(Node.InputWeights.Data, x, Node.InputBias.Data, InputSum);
        DotProduct.Rows(Node.RecurrentWeights.Data, Hidden, Node.RecurrentBias.Data, RecurrentSum);
        for (int row = 0; row < PreActivation.Length; row++)
            PreActivation[row] = InputSum[row] + RecurrentSum[row];

        AddPeephole(Input, 0);
        AddPeephole(Forget, 2);
        Activate(Input, Functions[0]);
        Activate(Forget, Functions[0]);
        Activate(Candidate, Functions[1]);
        if (Node.InputForget)
            CoupleForgetGate();
        UpdateCell();

        AddPeephole(Output, 1);
        Activate(Output, Functions[0]);
        ReadOnlySpan<float> output = Of(Output);
        for (int unit = 0; unit < Hidden.Length; unit++)
        {
            _cellActivation[unit] = Functions[2](Cell[unit]);
            Hidden[unit] = output[unit] * _cellActivation[unit];
        }
        observer?.OnGate(Node, step, RecurrentQuantity.CellActivation, _cellActivation);
    }

    private Span<float> Of(int gate) => Gate.AsSpan(gate * Node.HiddenSize, Node.HiddenSize);

    private void AddPeephole(int gate, int part)
    {
        if (Node.Peepholes is not { } peepholes)
            return;
        ReadOnlySpan<float> weights = peepholes.Data.AsSpan(part * Node.HiddenSize, Node.HiddenSize);
        Span<float> sums = PreActivation.AsSpan(gate * Node.HiddenSize, Node.HiddenSize);
        for (int unit = 0; unit < sums.Length; unit++)
            sums[unit] += weights[unit] * Cell[unit];
    }

    private void CoupleForgetGate()
    {
        for (int unit = 0; unit < Node.HiddenSize; unit++)
            Of(Forget)[unit] = 1 - Of(Input)[unit];
    }

    private void UpdateCell()
    {
        ReadOnlySpan<float> input = Of(Input);
        ReadOnlySpan<float> forget = Of(Forget);
        ReadOnlySpan<float> candidate = Of(Candidate);
        for (int unit = 0; unit < Cell.Length; unit++)
            Cell[unit] = (forget[unit] * Cell[unit]) + (input[unit] * candidate[unit]);
    }
}
