namespace Latch.Import.Sources.Safetensors;

/// <summary>A function of each feature (or, softmax, of all features of a step), as its members 'activation' and 'alpha' choose it.</summary>
internal sealed class ActivationChoice
{
    private const float Sixth = 1f / 6;

    /// <summary>Functions that are one operator.</summary>
    private static readonly Dictionary<string, (string Operator, (string Name, object Value)[] Attributes)> s_operators = new()
    {
        ["elu"] = ("Elu", []),
        ["gelu"] = ("Gelu", []),
        ["gelu_tanh"] = ("Gelu", [("approximate", "tanh")]),
        ["hard_sigmoid"] = ("HardSigmoid", [("alpha", Sixth), ("beta", 0.5f)]),
        ["hard_sigmoid_keras2"] = ("HardSigmoid", [("alpha", 0.2f), ("beta", 0.5f)]),
        ["hard_swish"] = ("HardSwish", []),
        ["leaky_relu"] = ("LeakyRelu", []),
        ["log_softmax"] = ("LogSoftmax", [("axis", -1L)]),
        ["mish"] = ("Mish", []),
        ["relu"] = ("Relu", []),
        ["selu"] = ("Selu", []),
        ["sigmoid"] = ("Sigmoid", []),
        ["softmax"] = ("Softmax", [("axis", -1L)]),
        ["softplus"] = ("Softplus", []),
        ["softsign"] = ("Softsign", []),
        ["tanh"] = ("Tanh", []),
    };

    private readonly string _function;
    private readonly float? _alpha;

    private ActivationChoice(string function, float? alpha) => (_function, _alpha) = (function, alpha);

    /// <summary>What a description can say, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_operators.Keys.Concat(["linear", "relu6", "silu"]).Order(StringComparer.Ordinal)];

    /// <summary>Reads 'activation' and 'alpha'.</summary>
    /// <param name="members">The layer's members.</param>
    /// <param name="required">Whether a function has to be there; else it is linear.</param>
    public static ActivationChoice Read(DescriptionObject members, bool required = false)
    {
        string function = required ? members.Choice("activation", Names) : members.ChoiceOrNull("activation", Names) ?? "linear";
        float? alpha = members.NumberOrNull("alpha");
        if (function == "leaky_relu" && alpha is null)
            throw members.Fail("alpha", "is missing: the slope of leaky_relu below zero, 0.01 in PyTorch, 0.2 or 0.3 in Keras");
        if (alpha is not null && function is not ("leaky_relu" or "elu"))
            throw members.Fail("alpha", $"belongs to leaky_relu and elu, not to {function}");
        return new ActivationChoice(function, alpha);
    }

    /// <summary>Writes the function.</summary>
    /// <returns>The value of it; where it is linear, what came in.</returns>
    public string Write(LayerCall call, string input)
    {
        switch (_function)
        {
            case "linear":
                return input;
            case "silu":
                return call.Node("Mul", "silu", [input, call.Node("Sigmoid", "sigmoid", [input])]);
            case "relu6":
                return call.Node("Clip", "relu6", [input, call.Floats("zero", [], [0]), call.Floats("six", [], [6])]);
        }
        (string operatorName, (string Name, object Value)[] attributes) = s_operators[_function];
        return call.Node(operatorName, _function, [input], _alpha is { } alpha ? [("alpha", alpha)] : attributes);
    }
}
