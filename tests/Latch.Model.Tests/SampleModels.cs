namespace Latch.Model.Tests;

/// <summary>Small valid definitions.</summary>
internal static class SampleModels
{
    private const int Inputs = 3;
    private const int Units = 5;

    internal static Quantization Int8 { get; } = new(ElementType.Int8, 0.0078125, -3);

    internal static Quantization Int16 { get; } = new(ElementType.Int16, 1.0 / 32768, 0);

    /// <summary>One LSTM of 3 inputs and 5 units, a dense layer of one output; a streaming plan and one over 4 steps.</summary>
    internal static ModelDefinition Lstm(int seed = 1)
    {
        Random random = new(seed);
        return new ModelDefinition
        {
            Name = "pump",
            Channels = [new("flow", "l/s", ChannelTransform.Log1p, 1.5, 0.25), new("pressure"), new("current", "A")],
            SampleRateHz = 10,
            Layers = [LstmLayer("lstm")],
            Step = Plan(1),
            Sequence = Plan(4),
            Provenance = new Provenance
            {
                ToolVersion = "0.1.0",
                SourceFile = "pump.onnx",
                SourceSha256 = new string('a', 64),
                SourceBytes = 1234,
                CalibrationSha256 = new string('b', 64),
                Method = "minmax",
                Figures = new Dictionary<string, double> { ["sqnr_db"] = 41.25 },
            },
            Constants = Constants(random).ToDictionary(static tensor => tensor.Name),
        };
    }

    private static RecurrentLayer LstmLayer(string name) => new()
    {
        Name = name,
        Kind = CellKind.Lstm,
        InputSize = Inputs,
        HiddenSize = Units,
        Input = Int8,
        Hidden = new Quantization(ElementType.Int8, 1.0 / 128, 0),
        HiddenRescale = new Rescale(1 << 30, 47),
        InputWeights = $"{name}.W",
        RecurrentWeights = $"{name}.R",
        Bias = $"{name}.b",
        InputMultipliers = $"{name}.MA",
        RecurrentMultipliers = $"{name}.MB",
        Shift = 20,
        PreActivationLimits = [1 << 17, 1 << 17, 1 << 17, 1 << 17],
        GateActivation = new ActivationFunction(ActivationKind.Sigmoid),
        CandidateActivation = new ActivationFunction(ActivationKind.Tanh),
        OutputActivation = new ActivationFunction(ActivationKind.Tanh),
        CellFractionBits = 24,
        CellRange = 2.5,
    };

    private static IEnumerable<ConstantTensor> Constants(Random random)
    {
        yield return ConstantTensor.Of("lstm.W", [4 * Units, Inputs], Weights(random, 4 * Units * Inputs));
        yield return ConstantTensor.Of("lstm.R", [4 * Units, Units], Weights(random, 4 * Units * Units));
        yield return ConstantTensor.Of("lstm.b", [4 * Units], Numbers(random, 4 * Units, -(1 << 20), 1 << 20));
        yield return ConstantTensor.Of("lstm.MA", [4 * Units], Array.ConvertAll(Numbers(random, 4 * Units, 1, 32767), static value => (short)value));
        yield return ConstantTensor.Of("lstm.MB", [4 * Units], Numbers(random, 4 * Units, 1, 1 << 16));
        yield return ConstantTensor.Of("dense.W", [1, Units], Weights(random, Units));
        yield return ConstantTensor.Of("dense.b", [1], Numbers(random, 1, -1000, 1000));
        yield return ConstantTensor.Of("dense.M", [1], Numbers(random, 1, 1, 1 << 20));
    }

    private static Plan Plan(int steps) => new()
    {
        Steps = steps,
        Tensors =
        [
            new ActivationTensor("x", [1, steps, Inputs], Int8),
            new ActivationTensor("lstm_h", [1, Units], Int8),
            new ActivationTensor("y", [1, 1], Int16),
        ],
        ConstantTensors = new Dictionary<int, string>(),
        Inputs = [new PlanPort("x", 0)],
        Outputs = [new PlanPort("y", 2)],
        Operations =
        [
            new RecurrentOperation { Name = "lstm", Layer = 0, Steps = steps, Input = 0, FinalHidden = 1, FinalHiddenRescale = new Rescale(1 << 30, 47) },
            new DenseOperation { Name = "dense", Input = 1, Output = 2, Rows = 1, Weights = "dense.W", Bias = "dense.b", Multipliers = "dense.M", Shift = 20 },
        ],
    };

    private static sbyte[] Weights(Random random, int count) =>
        Array.ConvertAll(Numbers(random, count, -127, 128), static value => (sbyte)value);

    private static int[] Numbers(Random random, int count, int minimum, int end)
    {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++)
            numbers[i] = random.Next(minimum, end);
        return numbers;
    }
}
