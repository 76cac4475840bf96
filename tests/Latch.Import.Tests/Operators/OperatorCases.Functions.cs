namespace Latch.Import.Tests.Operators;

/// <summary>Element-wise functions and normalizations.</summary>
internal static partial class OperatorCases
{
    private static void Function(OperatorCase c) => c.Output(c.Node([Wide(c)]));

    private static void PositiveFunction(OperatorCase c) => c.Output(c.Node([c.Node("Softplus", [Wide(c)])]));

    private static void Gelu(OperatorCase c) =>
        c.Output(c.Node([Wide(c)], c.Chance ? [("approximate", c.Chance ? "tanh" : "none")] : []));

    private static void Selu(OperatorCase c) => c.Output(c.Node([Wide(c)], c.Chance ? [("alpha", 1.2f), ("gamma", 0.7f)] : []));

    private static void Celu(OperatorCase c) => c.Output(c.Node([Wide(c)], c.Chance ? [("alpha", 0.3f + c.Random.NextSingle())] : []));

    /// <summary>Exponents that become other operations, any exponent of positive numbers, and exponents per element.</summary>
    private static void Pow(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(0, 4));
        string x = c.Input(shape);
        string positive = c.Node("Softplus", [x]);
        switch (c.Random.Next(5))
        {
            case 0:
                c.Output(c.Node([x, c.Writer.Floats([], [c.Random.Next(1, 5)])]));
                break;
            case 1:
                c.Output(c.Node([positive, c.Writer.Floats([1], c.Random.GetItems([0.5f, -0.5f, -1f, 1.7f, -2.3f, 0f], 1))]));
                break;
            case 2 when c.Opset >= 12:
                c.Output(c.Node([x, c.Writer.Integers([], [c.Random.Next(1, 4)])]));
                break;
            case 3:
                c.Output(c.Node([c.Writer.Floats([], [1.6f]), x]));
                break;
            default:
                c.Output(c.Node([positive, c.Writer.Floats(c.Random, 2, [2, .. shape])]));
                break;
        }
    }

    private static void LogSoftmax(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(2, 5));
        int axis = c.Random.Next(shape.Length);
        string x = c.Node("Mul", [c.Input(shape), c.Writer.Floats([], [5])]);
        c.Output(c.Node([x], c.Chance ? [] : [("axis", c.Opset < 11 ? axis : Signed(c, axis, shape.Length))]));
    }

    private static void InstanceNormalization(OperatorCase c)
    {
        int[] shape = [Batch(c), c.Random.Next(1, 4), .. c.Shape(c.Random.Next(1, 3)).Select(length => length + 1)];
        string[] inputs = [c.Input(shape), c.Writer.Floats(c.Random, 1, shape[1]), c.Writer.Floats(c.Random, 1, shape[1])];
        c.Output(c.Node(inputs, c.Chance ? [("epsilon", 1e-2f)] : []));
    }

    /// <summary>Of numbers of both signs, or of some that are all zero along the axis.</summary>
    private static void LpNormalization(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(1, 5));
        string x = c.Input(shape);
        List<(string, object)> attributes = [];
        if (c.Chance)
            attributes.Add(("axis", Signed(c, c.Random.Next(shape.Length), shape.Length)));
        if (c.Chance)
            attributes.Add(("p", c.Random.Next(1, 3)));
        c.Output(c.Node([c.Chance ? x : c.Node("Relu", [x])], [.. attributes]));
    }

    /// <summary>An input that reaches where functions bend and saturate.</summary>
    private static string Wide(OperatorCase c) =>
        c.Node("Mul", [c.Input(c.Shape(c.Random.Next(0, 5))), c.Writer.Floats([], [c.Random.GetItems([1f, 4f, 8f], 1)[0]])]);
}
