namespace Latch.Import.Tests.RandomModels;

/// <summary>How an initial state is given.</summary>
internal enum StateForm
{
    Absent,
    Zero,
    Constant,
    Input,
}

/// <summary>Which of a model's input dimensions the file leaves open, and how.</summary>
internal enum OpenForm
{
    Fixed,
    Named,
    Unnamed,
}

/// <summary>One random layer: every attribute of the recurrent operators.</summary>
internal sealed record LayerSpec
{
    private static readonly string[] s_functions =
    [
        "Sigmoid", "Tanh", "Relu", "LeakyRelu", "ThresholdedRelu", "HardSigmoid", "ScaledTanh", "Affine", "Elu", "Softsign", "Softplus",
    ];

    public required string Operator { get; init; }

    public required string Direction { get; init; }

    public required int Units { get; init; }

    public required bool Bias { get; init; }

    public required bool Peepholes { get; init; }

    public required float? Clip { get; init; }

    public required bool InputForget { get; init; }

    public required bool LinearBeforeReset { get; init; }

    public required bool SequenceLengths { get; init; }

    public required StateForm InitialH { get; init; }

    public required StateForm InitialC { get; init; }

    public required string[]? Activations { get; init; }

    public required float[]? Alphas { get; init; }

    public required float[]? Betas { get; init; }

    /// <summary>Which of Y, Y_h, Y_c the node has.</summary>
    public required bool[] Outputs { get; init; }

    public int Directions => Direction == "bidirectional" ? 2 : 1;

    public int Gates => Operator switch { "LSTM" => 4, "GRU" => 3, _ => 1 };

    public int States => Operator == "LSTM" ? 2 : 1;

    public static LayerSpec Draw(Random random, string operatorName)
    {
        string direction = random.GetItems(["forward", "reverse", "bidirectional"], 1)[0];
        int count = (direction == "bidirectional" ? 2 : 1) * operatorName switch { "LSTM" => 3, "GRU" => 2, _ => 1 };
        string[]? activations = random.Next(2) == 0 ? null : random.GetItems(s_functions, count);
        bool parameters = activations is not null && random.Next(2) == 0;
        return new LayerSpec
        {
            Operator = operatorName,
            Direction = direction,
            Units = random.Next(1, 18),
            Bias = random.Next(4) != 0,
            Peepholes = operatorName == "LSTM" && random.Next(2) == 0,
            Clip = random.Next(3) == 0 ? 0.2f + random.NextSingle() : null,
            InputForget = operatorName == "LSTM" && random.Next(3) == 0,
            LinearBeforeReset = operatorName == "GRU" && random.Next(2) == 0,
            SequenceLengths = random.Next(4) == 0,
            InitialH = (StateForm)random.Next(4),
            InitialC = operatorName == "LSTM" ? (StateForm)random.Next(4) : StateForm.Absent,
            Activations = activations,
            Alphas = parameters ? Numbers(random, activations!.Count(HasAlpha)) : null,
            Betas = parameters ? Numbers(random, activations!.Count(HasBeta)) : null,
            Outputs = DrawOutputs(random, operatorName == "LSTM" ? 3 : 2),
        };
    }

    private static bool HasAlpha(string name) =>
        name is "LeakyRelu" or "ThresholdedRelu" or "HardSigmoid" or "ScaledTanh" or "Affine" or "Elu";

    private static bool HasBeta(string name) => name is "HardSigmoid" or "ScaledTanh" or "Affine";

    private static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => 0.1f + (0.6f * random.NextSingle()))];

    private static bool[] DrawOutputs(Random random, int count)
    {
        int bits = random.Next(1, 1 << count);
        return [.. Enumerable.Range(0, count).Select(i => (bits & (1 << i)) != 0)];
    }
}

/// <summary>A random stack of one to three layers of one operator.</summary>
internal sealed record RecurrentSpec
{
    public required int Seed { get; init; }

    public required int Opset { get; init; }

    public required int Steps { get; init; }

    public required int Inputs { get; init; }

    public required bool BatchFirst { get; init; }

    public required OpenForm Open { get; init; }

    public required LayerSpec[] Layers { get; init; }

    public static RecurrentSpec Draw(string operatorName, int seed)
    {
        Random random = new(seed);
        int opset = random.Next(7, 22);
        LayerSpec[] layers = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => LayerSpec.Draw(random, operatorName))];
        for (int i = 0; i + 1 < layers.Length; i++)
            layers[i].Outputs[0] = true;
        return new RecurrentSpec
        {
            Seed = seed,
            Opset = opset,
            Steps = random.Next(1, 13),
            Inputs = random.Next(1, 18),
            BatchFirst = opset >= 14 && random.Next(3) == 0,
            Open = (OpenForm)random.Next(3),
            Layers = layers,
        };
    }
}
