namespace Latch.Model.Tests;

/// <summary>Makes valid definitions: a chain of operations over one plan, every constant and number drawn from a seed.</summary>
internal sealed partial class ModelBuilder
{
    private readonly Random _random;
    private readonly int _steps;
    private readonly List<ActivationTensor> _tensors = [];
    private readonly Dictionary<int, string> _constantTensors = [];
    private readonly List<Operation> _operations = [];
    private readonly List<RecurrentLayer> _layers = [];
    private readonly Dictionary<string, ConstantTensor> _constants = [];
    private readonly List<Channel> _channels = [];
    private int _current;

    internal ModelBuilder(int seed, int steps, int inputs)
    {
        _random = new Random(seed);
        _steps = steps;
        _current = Add("x", [1, steps, inputs], Codes());
        for (int i = 0; i < inputs; i++)
            _channels.Add(new Channel($"channel {i}", "m/s\u00b2", (ChannelTransform)_random.Next(2), _random.NextDouble() - 0.5, _random.NextDouble() + 0.1, i % 2 == 0 ? null : 8));
    }

    /// <summary>An LSTM of 3 inputs and 5 units over 4 steps and a dense layer of one output.</summary>
    internal static ModelDefinition Lstm() => Lstm(1);

    /// <summary>The same with another number of outputs.</summary>
    internal static ModelDefinition Lstm(int outputs) => new ModelBuilder(1, 4, 3).Recurrent(CellKind.Lstm, 5, false).Dense(outputs, null).Build();

    /// <summary>A chain of 1 to 8 operations of any kind.</summary>
    internal static ModelDefinition Random(int seed)
    {
        Random random = new(seed);
        ModelBuilder builder = new(seed, random.Next(1, 9), random.Next(1, 7));
        for (int count = random.Next(1, 9); count > 0; count--)
            builder.AddRandom(random);
        return builder.Build();
    }

    internal ModelDefinition Build()
    {
        Plan plan = new()
        {
            Steps = _steps,
            Tensors = _tensors,
            ConstantTensors = _constantTensors,
            Inputs = [new PlanPort("x", 0)],
            Outputs = [new PlanPort("y", _current)],
            Operations = _operations,
        };
        return new ModelDefinition
        {
            Name = "pump \"north\" \u6c34",
            Channels = _channels,
            SampleRateHz = 12.5,
            Layers = _layers,
            Step = _steps == 1 ? plan : null,
            Sequence = plan,
            NotStreamable = _steps == 1 ? null : "node 'softmax' runs over time",
            Constants = _constants,
            Provenance = new Provenance
            {
                ToolVersion = "0.1.0",
                SourceFile = "pump.onnx",
                SourceSha256 = new string('a', 64),
                SourceBytes = 1234,
                CalibrationSha256 = new string('b', 64),
                Method = "minmax",
                Figures = new Dictionary<string, double> { ["sqnr_db"] = 100 * _random.NextDouble(), ["max_abs_error"] = 1e-300 },
                Reasons = _random.Next(2) == 0 ? null : ["x to 16 bits: 20.5 -> 30.25 dB, kept", "\u6c34 \"north\" stays in 8 bits"],
            },
        };
    }

    internal ModelBuilder Recurrent(CellKind kind, int units, bool linearBeforeReset)
    {
        ActivationTensor input = _tensors[_current];
        RecurrentLayer layer = Layer(kind, input.Count / _steps, units, linearBeforeReset, input.Quantization);
        _layers.Add(layer);
        int initial = Constant($"{layer.Name}.h0", units);
        int output = Add($"{layer.Name}.y", [_steps, units], Codes());
        _operations.Add(new RecurrentOperation
        {
            Name = layer.Name,
            Layer = _layers.Count - 1,
            Steps = _steps,
            Input = _current,
            InitialHidden = initial,
            InitialHiddenRescale = AnyRescale(),
            InitialCell = kind == CellKind.Lstm ? initial : -1,
            Output = output,
            OutputRescale = AnyRescale(),
            FinalHidden = Add($"{layer.Name}.h", [1, units], Codes()),
            FinalCell = kind == CellKind.Lstm ? Add($"{layer.Name}.c", [1, units], Codes()) : -1,
        });
        _current = output;
        return this;
    }

    internal ModelBuilder Dense(int outputs, ActivationFunction? activation)
    {
        int columns = _tensors[_current].Count;
        string name = Unique("dense");
        return Append(
            [outputs],
            (input, output) => new DenseOperation
            {
                Name = name,
                Input = input,
                Output = output,
                Rows = 1,
                Weights = Weights($"{name}.W", outputs, columns),
                Bias = Numbers($"{name}.b", outputs, -1000, 1000),
                Multipliers = Numbers($"{name}.M", outputs, 0, 1 << 20),
                Shift = 20,
                Activation = activation,
                PreActivationLimit = 1 << 17,
            });
    }

    internal ModelBuilder MatMul()
    {
        int count = _tensors[_current].Count;
        int right = Constant(Unique("right"), count * 2);
        return Append([1, 2], (input, output) => new MatMulOperation { Name = "product", Left = input, Right = right, Output = output, Batch = 1, M = 1, K = count, N = 2, RightBroadcast = true, Rescale = new Rescale(1000, 20) });
    }

    internal ModelBuilder Elementwise(ElementwiseKind kind)
    {
        int count = _tensors[_current].Count;
        int right = Constant(Unique("operand"), 1);
        Quantization codes = kind >= ElementwiseKind.Equal ? new Quantization(ElementType.Int16, 1, 0) : Codes();
        return Append([count], codes, (input, output) => new ElementwiseOperation
        {
            Name = kind.ToString(),
            Kind = kind,
            Left = input,
            Right = right,
            Output = output,
            Dimensions = [count],
            LeftStrides = [1],
            RightStrides = [0],
            LeftRescale = new Rescale(1 << 30, 31),
            RightRescale = new Rescale(1 << 29, 31),
        });
    }

    internal ModelBuilder Affine()
    {
        int count = _tensors[_current].Count;
        string name = Unique("affine");
        return Append([count], (input, output) => new AffineOperation { Name = name, Input = input, Output = output, Outer = 1, Inner = 1, Multipliers = Numbers($"{name}.M", count, -5000, 5000), Bias = Numbers($"{name}.b", count, -1000, 1000), Shift = 12 });
    }

    internal ModelBuilder Activation(ActivationFunction function) =>
        Append([_tensors[_current].Count], (input, output) => new ActivationOperation { Name = function.Kind.ToString(), Input = input, Output = output, Function = function, InputRescale = AnyRescale(), Limit = 1 << 17, OutputRescale = AnyRescale() });

    internal ModelBuilder Softmax() =>
        Append([_tensors[_current].Count], (input, output) => new SoftmaxOperation { Name = "softmax", Input = input, Output = output, Outer = 1, Axis = _tensors[input].Count, Inner = 1, InputRescale = AnyRescale(), OutputRescale = AnyRescale() });

    internal ModelBuilder Reduce(ReduceKind kind) =>
        Append([1], (input, output) => new ReduceOperation { Name = kind.ToString(), Kind = kind, Input = input, Output = output, Outer = 1, Axis = _tensors[input].Count, Inner = 1, Rescale = new Rescale(3, 2) });

    internal ModelBuilder LayerNorm()
    {
        int count = _tensors[_current].Count;
        string name = Unique("norm");
        return Append([count], (input, output) => new LayerNormOperation { Name = name, Input = input, Output = output, Outer = 1, Axis = count, Epsilon = 7, Multipliers = Numbers($"{name}.M", count, -5000, 5000), Bias = Numbers($"{name}.b", count, -1000, 1000), Shift = 22 });
    }

    /// <summary>Reverses the elements and writes them twice.</summary>
    internal ModelBuilder Copy()
    {
        int count = _tensors[_current].Count;
        return Append([2, count], (input, output) => new CopyOperation { Name = "copy", Input = input, Output = output, Dimensions = [2, count], InputStart = count - 1, InputStrides = [0, -1], OutputStrides = [count, 1], Rescale = AnyRescale() });
    }

    private void AddRandom(Random random)
    {
        int kind = _tensors[_current].Count > 200 ? 6 : random.Next(18);
        _ = kind switch
        {
            0 => _tensors[_current].Count % _steps == 0 ? Recurrent((CellKind)random.Next(3), random.Next(1, 9), random.Next(2) == 0) : Dense(_steps, null),
            1 => Dense(random.Next(1, 9), random.Next(2) == 0 ? new ActivationFunction(ActivationKind.HardSigmoid, 1 << 22, 1 << 23) : null),
            2 => MatMul(),
            3 => Elementwise((ElementwiseKind)random.Next(10)),
            4 => Affine(),
            5 => Activation(new ActivationFunction((ActivationKind)random.Next(Enum.GetValues<ActivationKind>().Length), 1 << 20, 1 << 21)),
            6 => Reduce((ReduceKind)random.Next(6)),
            7 => Softmax(),
            8 => LayerNorm(),
            9 => Conv(random.Next(2) == 0 ? new ActivationFunction(ActivationKind.Tanh) : null),
            10 => Pool((PoolKind)random.Next(3)),
            11 => Function((FunctionKind)random.Next(3)),
            12 => LogSoftmax(),
            13 => Pick(),
            14 => Embedding(),
            15 => ArgMax(),
            16 => Where(),
            _ => Copy(),
        };
    }

    private RecurrentLayer Layer(CellKind kind, int inputs, int units, bool linearBeforeReset, Quantization input)
    {
        string name = Unique(kind.ToString());
        (int gates, bool isLstm, bool isGru) = (kind switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 }, kind == CellKind.Lstm, kind == CellKind.Gru);
        int rows = gates * units;
        return new RecurrentLayer
        {
            Name = name,
            Kind = kind,
            Reverse = _random.Next(2) == 0 && _steps > 1,
            InputSize = inputs,
            HiddenSize = units,
            Input = input,
            Hidden = Codes(),
            HiddenRescale = AnyRescale(),
            InputWeights = Weights($"{name}.W", rows, inputs),
            RecurrentWeights = Weights($"{name}.R", rows, units),
            Bias = Numbers($"{name}.b", rows, -30000, 30000),
            RecurrentBias = isGru && linearBeforeReset ? Numbers($"{name}.Rb", units, -1000, 1000) : null,
            BiasFractionBits = 12,
            InputMultipliers = Numbers($"{name}.MA", rows, 0, 32768),
            RecurrentMultipliers = Numbers($"{name}.MB", rows, 0, 100000),
            Shift = 20,
            Peepholes = isLstm && _random.Next(2) == 0 ? Numbers($"{name}.P", 3 * units, -1000, 1000) : null,
            PreActivationLimits = [.. Enumerable.Repeat(1 << 17, gates)],
            GateActivation = new ActivationFunction(kind == CellKind.Rnn ? ActivationKind.Tanh : ActivationKind.Sigmoid),
            CandidateActivation = kind == CellKind.Rnn ? default : new ActivationFunction(ActivationKind.Tanh),
            OutputActivation = isLstm ? new ActivationFunction(ActivationKind.Tanh) : default,
            CellFractionBits = isLstm ? _random.Next(18, 25) : 0,
            CellRange = isLstm ? 4 * _random.NextDouble() : 0,
            LinearBeforeReset = isGru && linearBeforeReset,
            ResetHidden = isGru && !linearBeforeReset ? Codes() : null,
            ResetHiddenRescale = AnyRescale(),
        };
    }

    private ModelBuilder Append(int[] shape, Func<int, int, Operation> operation) => Append(shape, Codes(), operation);

    private ModelBuilder Append(int[] shape, Quantization codes, Func<int, int, Operation> operation)
    {
        int output = Add(Unique("value"), shape, codes);
        _operations.Add(operation(_current, output));
        _current = output;
        return this;
    }

    private int Constant(string name, int count)
    {
        _constants[name] = ConstantTensor.Of(name, [count], Array.ConvertAll(Draw(count, short.MinValue, 32768), static value => (short)value));
        int tensor = Add(name, [count], new Quantization(ElementType.Int16, 1e-4, 0));
        _constantTensors[tensor] = name;
        return tensor;
    }

    private string Weights(string name, int rows, int columns)
    {
        _constants[name] = ConstantTensor.Of(name, [rows, columns], Array.ConvertAll(Draw(rows * columns, -127, 128), static value => (sbyte)value));
        return name;
    }

    private string Numbers(string name, int count, int minimum, int end)
    {
        int[] numbers = Draw(count, minimum, end);
        _constants[name] = end <= 32768
            ? ConstantTensor.Of(name, [count], Array.ConvertAll(numbers, static value => (short)value))
            : ConstantTensor.Of(name, [count], numbers);
        return name;
    }

    private int Add(string name, int[] shape, Quantization codes)
    {
        _tensors.Add(new ActivationTensor(name, shape, codes));
        return _tensors.Count - 1;
    }

    private string Unique(string stem) => $"{stem}/{_tensors.Count}";

    private Quantization Codes() =>
        _random.Next(4) == 0 ? new Quantization(ElementType.Int16, _random.NextDouble() + 1e-9, 0) : new Quantization(ElementType.Int8, _random.NextDouble() + 1e-9, _random.Next(-128, 128));

    private Rescale AnyRescale() => new(_random.Next(), _random.Next(63));

    private int[] Draw(int count, int minimum, int end)
    {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++)
            numbers[i] = _random.Next(minimum, end);
        return numbers;
    }
}
