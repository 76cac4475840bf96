using Latch.Import.Graph;
using Latch.Quantize.Tests.Models;

namespace Latch.Quantize.Tests;

/// <summary>Small networks over every recurrent attribute, integer against float.</summary>
public sealed class RandomNetworkTests
{
    // An int8 code over a range of about +-1 is off by up to 1/255 of it (uniform: 0.0023 rms); a layer passes it on with a gain of about one,
    // and what the state keeps adds up. 3 % of the signal leaves room for three layers; int16 codes are 128 times finer (one of the 16 bits is
    // headroom), of which interpolation and the Q.13 pre-activations leave a factor of 30.
    private const double NarrowBudget = OperatorCatalog.RecurrentNarrow;
    private const double WideBudget = OperatorCatalog.RecurrentWide;

    private static readonly Dictionary<string, Func<FloatModel>> s_cases = new()
    {
        ["lstm"] = () => One(1, CellKind.Lstm),
        ["lstm peepholes"] = () => One(2, CellKind.Lstm, (node, builder) => node with { Peepholes = builder.Weights(0.3, 3 * node.HiddenSize) }),
        ["lstm input forget"] = () => One(3, CellKind.Lstm, (node, _) => node with { InputForget = true }),
        ["lstm clip"] = () => One(4, CellKind.Lstm, (node, _) => node with { Clip = 1.5f }),
        ["lstm hard sigmoid, softsign"] = () => One(5, CellKind.Lstm, (node, _) => node with { Activations = [Of(ActivationKind.HardSigmoid, 0.2f, 0.5f), Of(ActivationKind.Softsign), Of(ActivationKind.Tanh)] }),
        ["gru reset after"] = () => One(6, CellKind.Gru, (node, _) => node with { LinearBeforeReset = true }),
        ["gru reset before"] = () => One(7, CellKind.Gru),
        ["gru scaled tanh"] = () => One(8, CellKind.Gru, (node, _) => node with { Activations = [Of(ActivationKind.Sigmoid), Of(ActivationKind.ScaledTanh, 0.8f, 0.7f)] }),
        ["rnn"] = () => One(9, CellKind.Rnn),
        ["rnn relu"] = () => One(10, CellKind.Rnn, (node, _) => node with { Activations = [Of(ActivationKind.Relu)] }),
        ["rnn leaky relu"] = () => One(11, CellKind.Rnn, (node, _) => node with { Activations = [Of(ActivationKind.LeakyRelu, 0.1f)] }),
        ["rnn thresholded relu"] = () => One(12, CellKind.Rnn, (node, _) => node with { Activations = [Of(ActivationKind.ThresholdedRelu, -0.2f)] }),
        ["rnn affine"] = () => One(13, CellKind.Rnn, (node, _) => node with { Activations = [Of(ActivationKind.Affine, 0.5f, 0.1f)] }),
        ["rnn elu"] = () => One(14, CellKind.Rnn, (node, _) => node with { Activations = [Of(ActivationKind.Elu, 1)] }),
        ["rnn softplus"] = () => One(15, CellKind.Rnn, (node, _) => node with { Activations = [Of(ActivationKind.Softplus)], RecurrentWeights = Shrunk(node, 0.2f) }),
        ["reverse"] = () => One(16, CellKind.Lstm, (node, _) => node with { Reverse = true }),
        ["bidirectional stack"] = BidirectionalStack,
        ["dense chain"] = DenseChain,
        ["attention"] = Attention,
    };

    public static TheoryData<string> Cases { get; } = [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Quantize_Int8_StaysWithinTheBudgetOfItsSteps(string name) =>
        Assert.InRange(Fidelity.Error(s_cases[name](), ActivationWidth.Int8), 0, NarrowBudget);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Quantize_Int16_IsThirtyTimesFiner(string name) =>
        Assert.InRange(Fidelity.Error(s_cases[name](), ActivationWidth.Int16), 0, WideBudget);

    private static FloatTensor Shrunk(RecurrentNode node, float factor) =>
        new(node.RecurrentWeights.Shape, [.. node.RecurrentWeights.Data.Select(weight => weight * factor)]);

    private static RecurrentActivation Of(ActivationKind kind, float alpha = 0, float beta = 0) => new(kind, alpha, beta);

    private static FloatModel One(int seed, CellKind cell, Func<RecurrentNode, NetworkBuilder, RecurrentNode>? adjust = null)
    {
        var builder = new NetworkBuilder(seed, 12);
        string x = builder.Input("x", 12, 6);
        builder.Recurrent("layer", x, cell, 10, node => adjust?.Invoke(node, builder) ?? node);
        builder.Output("layer/Y");
        builder.Output("layer/H");
        return builder.Build();
    }

    private static FloatModel BidirectionalStack()
    {
        var builder = new NetworkBuilder(20, 10);
        string x = builder.Input("x", 10, 5);
        builder.Recurrent("forward", x, CellKind.Gru, 8, static node => node with { LinearBeforeReset = true });
        builder.Recurrent("backward", x, CellKind.Gru, 8, static node => node with { LinearBeforeReset = true, Reverse = true });
        string both = builder.Add(new ConcatNode("both", ["forward/Y", "backward/Y"], "both:y", 1), 10, 16);
        builder.Recurrent("second", both, CellKind.Lstm, 8, static node => node with { FinalC = "second/C" });
        builder.Output("second/Y");
        builder.Output("second/C");
        return builder.Build();
    }

    private static FloatModel DenseChain()
    {
        var builder = new NetworkBuilder(21, 6);
        string x = builder.Input("x", 6, 5);
        string relu = builder.Dense("a", x, 12, ActivationKind.Relu);
        string sigmoid = builder.Dense("b", relu, 12, ActivationKind.Sigmoid);
        string leaky = builder.Dense("c", sigmoid, 12, ActivationKind.LeakyRelu);
        builder.Output(builder.Dense("d", leaky, 3));
        return builder.Build();
    }

    // Scores from tanh(dense), softmax over time, weighted sum: the operators of the C-MAPSS encoder.
    private static FloatModel Attention()
    {
        var builder = new NetworkBuilder(22, 9);
        string x = builder.Input("x", 9, 5);
        builder.Recurrent("encoder", x, CellKind.Gru, 8, static node => node with { LinearBeforeReset = true });
        string hidden = builder.Dense("score", "encoder/Y", 6, ActivationKind.Tanh);
        string score = builder.Add(new ReduceNode("sum", ReduceOperation.Sum, hidden, "sum:y", [1], true), 9, 1);
        string weights = builder.Add(new SoftmaxNode("softmax", score, "softmax:y", 0), 9, 1);
        string weighted = builder.Add(new BinaryNode("apply", BinaryOperation.Mul, weights, "encoder/Y", "apply:y"), 9, 8);
        string context = builder.Add(new ReduceNode("context", ReduceOperation.Sum, weighted, "context:y", [0], false), 8);
        builder.Output(builder.Dense("head", context, 2));
        return builder.Build();
    }
}
