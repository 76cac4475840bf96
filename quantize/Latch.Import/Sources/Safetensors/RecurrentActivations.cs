namespace Latch.Import.Sources.Safetensors;

/// <summary>The functions inside of a cell: 'recurrent_activation' of the gates, 'activation' of candidate and output.</summary>
internal static class RecurrentActivations
{
    private static readonly Dictionary<string, (string Operator, float Alpha, float Beta)> s_functions = new()
    {
        ["elu"] = ("Elu", 1, 0),
        ["hard_sigmoid"] = ("HardSigmoid", 1f / 6, 0.5f),
        ["hard_sigmoid_keras2"] = ("HardSigmoid", 0.2f, 0.5f),
        ["linear"] = ("Affine", 1, 0),
        ["relu"] = ("Relu", 0, 0),
        ["sigmoid"] = ("Sigmoid", 0, 0),
        ["softplus"] = ("Softplus", 0, 0),
        ["softsign"] = ("Softsign", 0, 0),
        ["tanh"] = ("Tanh", 0, 0),
    };

    /// <summary>What a description can say, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_functions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The attributes of ONNX: for each direction f, g and h of an LSTM, f and g of a GRU, f of a plain cell.</summary>
    public static (string Name, object Value)[] Read(DescriptionObject members, RecurrentCell cell, int directions)
    {
        string candidate = members.ChoiceOrNull("activation", Names) ?? "tanh";
        string gate = cell == RecurrentCell.Rnn ? candidate : members.ChoiceOrNull("recurrent_activation", Names) ?? "sigmoid";
        string[] one = cell == RecurrentCell.Lstm ? [gate, candidate, candidate] : cell == RecurrentCell.Gru ? [gate, candidate] : [candidate];
        (string Operator, float Alpha, float Beta)[] all = [.. Enumerable.Repeat(one, directions).SelectMany(names => names).Select(name => s_functions[name])];
        List<(string, object)> attributes = [("activations", all.Select(function => function.Operator).ToArray())];
        float[] alphas = [.. all.Where(function => function.Alpha != 0).Select(function => function.Alpha)];
        float[] betas = [.. all.Where(function => function.Operator is "HardSigmoid" or "Affine").Select(function => function.Beta)];
        if (alphas.Length > 0)
            attributes.Add(("activation_alpha", alphas));
        if (betas.Length > 0)
            attributes.Add(("activation_beta", betas));
        return [.. attributes];
    }
}
