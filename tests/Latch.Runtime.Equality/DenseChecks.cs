using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>What one dense operation of the checks is made of.</summary>
internal sealed record DenseShape(int Inputs, int Outputs)
{
    public int Rows { get; init; } = 1;

    public bool Wide { get; init; }

    public bool WideOutput { get; init; } = true;

    public SumProfile Profile { get; init; }

    public ActivationFunction? Activation { get; init; }

    public bool Relu { get; init; }

    public int Seed { get; init; }

    public ElementType Type => Wide ? ElementType.Int16 : ElementType.Int8;
}

/// <summary>Dense operations over every length of inputs and outputs, with and without a fused activation.</summary>
internal static class DenseChecks
{
    private const int Steps = CodePattern.Ends + 2;

    private static readonly int[] s_outputs = [1, 7, 17, 33];
    private static readonly int[] s_inputs = [1, 6, 32];

    /// <summary>Both sweeps.</summary>
    public static void Lengths(EqualityRun run)
    {
        foreach (int length in run.Lengths)
        {
            Check(run, length, s_outputs[length % s_outputs.Length], length);
            Check(run, s_inputs[length % s_inputs.Length], length, length);
        }
    }

    private static void Check(EqualityRun run, int inputs, int outputs, int seed)
    {
        var shape = new DenseShape(inputs, outputs) { Seed = seed, Rows = 1 + (seed % 3) };
        Run(run, shape);
        Run(run, shape with { Wide = true });
        Run(run, shape with { Wide = seed % 2 == 0, Relu = true, WideOutput = false, Profile = SumProfile.Ties });
        Run(run, shape with { Wide = seed % 2 != 0, WideOutput = seed % 4 < 2, Activation = Function(seed), Profile = seed % 5 == 0 ? SumProfile.Saturating : SumProfile.Curved });
    }

    private static ActivationFunction Function(int seed) => new((seed % 4) switch { 0 => ActivationKind.Sigmoid, 1 => ActivationKind.Tanh, 2 => ActivationKind.Relu, _ => ActivationKind.Identity });

    private static void Run(EqualityRun run, DenseShape shape)
    {
        ModelDefinition definition = Model(shape);
        int[][] expected = Trace(run, definition, EqualityRun.Scalar, shape);
        run.CountModel();
        foreach (string kernel in run.Kernels)
        {
            int[][] actual = Trace(run, definition, kernel, shape);
            for (int step = 0; step < Steps; step++)
                run.Compare(kernel, shape, $"step {step}", expected[step], actual[step]);
        }
    }

    private static int[][] Trace(EqualityRun run, ModelDefinition definition, string kernel, DenseShape shape)
    {
        using LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        Session session = model.CreateSession();
        var random = new Random(shape.Seed);
        var trace = new int[Steps][];
        for (int step = 0; step < Steps; step++)
        {
            Span<short> result = run.Results.At<short>(step % 2 != 0, model.OutputSize);
            ModelRunner.Step(session, CodePattern.Codes(step, model.InputSize, shape.Type, random), shape.Wide, run.Codes, step % 2 != 0, result);
            trace[step] = new int[result.Length];
            for (int i = 0; i < result.Length; i++)
                trace[step][i] = result[i];
        }
        return trace;
    }

    private static ModelDefinition Model(DenseShape shape)
    {
        var random = new Random(shape.Seed);
        var input = new Quantization(shape.Type, 1.0 / 64, shape.Wide ? 0 : -9);
        var output = shape.WideOutput ? new Quantization(ElementType.Int16, 1.0 / 4096, 0) : new Quantization(ElementType.Int8, 1.0 / 64, 11);
        var weights = new WeightRows(shape.Outputs, shape.Inputs, random);
        int[] multipliers = new int[shape.Outputs], biases = new int[shape.Outputs];
        for (int row = 0; row < shape.Outputs; row++)
            (multipliers[row], biases[row]) = Row(shape, weights, row, input, random);
        return new ModelDefinition
        {
            Name = "dense",
            Layers = [],
            Constants = new ConstantTensor[] { weights.Tensor("W"), ConstantTensor.Of("M", [shape.Outputs], multipliers), ConstantTensor.Of("B", [shape.Outputs], biases) }.ToDictionary(static tensor => tensor.Name),
            Step = new Plan
            {
                Steps = 1,
                Tensors = [new("x", [shape.Rows, shape.Inputs], input), new("y", [shape.Rows, shape.Outputs], output)],
                ConstantTensors = new Dictionary<int, string>(),
                Inputs = [new PlanPort("x", 0)],
                Outputs = [new PlanPort("y", 1)],
                Operations = [Dense(shape, output)],
            },
        };
    }

    private static DenseOperation Dense(DenseShape shape, Quantization output) => new()
    {
        Name = "dense",
        Input = 0,
        Output = 1,
        Rows = shape.Rows,
        Weights = "W",
        Bias = "B",
        Multipliers = "M",
        Shift = RowScaling.Shift,
        MinCode = shape.Relu ? output.ZeroPoint : short.MinValue,
        Activation = shape.Activation,
        PreActivationLimit = shape.Activation is { } function ? (function.IsCurve ? 1 << 17 : 1 << 20) : 0,
        OutputRescale = shape.Activation is null ? default : new Rescale(1, shape.WideOutput ? 10 : 17),
    };

    // The bias has 7 fraction bits of the result: an exact row's sum is centred on a pattern's, a tie's bias is a whole number of halves.
    private static (int Multiplier, int Bias) Row(DenseShape shape, WeightRows weights, int row, Quantization input, Random random)
    {
        int turn = RowScaling.Turn(row, shape.Seed);
        double deviation = (1 << (shape.Wide ? 16 : 8)) / Math.Sqrt(12) * weights.Norm(row);
        int multiplier = RowScaling.Multiplier(shape.Profile, turn, weights.Largest(row, shape.Type), deviation, bits: 22);
        int bias = random.Next(-1000, 1001) << 6;
        if (shape.Profile == SumProfile.Exact && turn < CodePattern.Ends)
            bias -= (int)((weights.Sum(row, turn, input) * multiplier) >> RowScaling.Shift) << 7;
        return (multiplier, bias);
    }
}
