using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>Makes a model of one recurrent layer out of integers: a streaming plan, or a window plan besides.</summary>
internal sealed class LayerModel
{
    private const int StraightLimit = 1 << 20, CurveLimit = 1 << 17;

    private readonly CellShape _shape;
    private readonly Random _random;
    private readonly Dictionary<string, ConstantTensor> _constants = [];
    private readonly Quantization _input;
    private readonly Quantization _hidden;

    private LayerModel(CellShape shape)
    {
        (_shape, _random) = (shape, new Random(shape.Seed));
        (_input, _hidden) = (Codes(-3), Codes(5));
    }

    private bool Apart => _shape is { Kind: CellKind.Gru, LinearBeforeReset: true };

    private bool IsCurved => _shape.Profile is SumProfile.Curved or SumProfile.Saturating;

    // Ties need a power of two; elsewhere a multiplier with many bits: the real one reaches the last code at about 1 (int8) or 2 (int16).
    private Rescale ToCode => _shape.Encoding ?? (_shape.Profile, _shape.Wide) switch
    {
        (SumProfile.Ties, false) => new(1, 17),
        (SumProfile.Ties, true) => new(1, 9),
        (_, false) => new(2013265921, 48),
        (_, true) => new(2147418111, 41),
    };

    private Rescale ToOutput => _shape.Encoding is { } encoding ? encoding : _shape.Profile == SumProfile.Ties ? new(1, 13) : new(2147352577, 42);

    /// <summary>The model; with <paramref name="steps"/> a window plan of that many steps besides the streaming one (alone for a reverse layer).</summary>
    public static ModelDefinition Create(CellShape shape, int steps = 0)
    {
        var model = new LayerModel(shape);
        RecurrentLayer layer = model.Layer();
        return new ModelDefinition
        {
            Name = "equality",
            Layers = [layer],
            Step = shape.Reverse ? null : model.Plan(layer, 1),
            Sequence = steps > 0 ? model.Plan(layer, steps) : null,
            NotStreamable = shape.Reverse ? "it walks backward." : null,
            Constants = model._constants,
        };
    }

    private Quantization Codes(int zeroPoint) => new(_shape.Type, 1.0 / 64, _shape.Wide ? 0 : zeroPoint);

    private Plan Plan(RecurrentLayer layer, int steps) => new()
    {
        Steps = steps,
        Tensors = [new("x", [steps, _shape.Inputs], layer.Input), new("y", [steps, _shape.Units], new Quantization(ElementType.Int16, 1.0 / 16384, 0))],
        ConstantTensors = new Dictionary<int, string>(),
        Inputs = [new PlanPort("x", 0)],
        Outputs = [new PlanPort("y", 1)],
        Operations = [new RecurrentOperation { Name = "cell", Layer = 0, Steps = steps, Input = 0, Output = 1, OutputRescale = ToOutput }],
    };

    private RecurrentLayer Layer()
    {
        AddRows();
        bool lstm = _shape.Kind == CellKind.Lstm, resetBefore = _shape.Kind == CellKind.Gru && !_shape.LinearBeforeReset;
        if (_shape.Peepholes)
            Add("P", [.. Enumerable.Range(0, 3 * _shape.Units).Select(_ => _random.Next(-20000, 20001))]);
        ActivationFunction gate = _shape.Gate ?? Gate(), candidate = _shape.Candidate ?? Candidate();
        return new RecurrentLayer
        {
            Name = "cell",
            Kind = _shape.Kind,
            Reverse = _shape.Reverse,
            InputSize = _shape.Inputs,
            HiddenSize = _shape.Units,
            Input = _input,
            Hidden = _hidden,
            HiddenRescale = ToCode,
            InputWeights = "W",
            RecurrentWeights = "R",
            Bias = "B",
            RecurrentBias = Apart ? "RB" : null,
            BiasFractionBits = _shape.Profile == SumProfile.Exact ? 13 : 20,
            InputMultipliers = "MA",
            RecurrentMultipliers = "MB",
            Shift = RowScaling.Shift + _shape.Places,
            Peepholes = _shape.Peepholes ? "P" : null,
            PreActivationLimits = [.. Enumerable.Range(0, _shape.Gates).Select(index => Limit(index == _shape.Gates - 1 && _shape.Kind != CellKind.Rnn ? candidate : gate))],
            GateActivation = gate,
            CandidateActivation = _shape.Kind == CellKind.Rnn ? default : candidate,
            OutputActivation = lstm ? _shape.Output ?? Candidate() : default,
            CellFractionBits = lstm ? _shape.CellFractionBits : 0,
            InputForget = _shape.InputForget,
            LinearBeforeReset = Apart,
            ResetHidden = resetBefore ? Codes(-7) : null,
            ResetHiddenRescale = resetBefore ? ToCode : default,
        };
    }

    private static int Limit(ActivationFunction function) => function.IsCurve ? CurveLimit : StraightLimit;

    // Alphas of 2^12 halve the pre-activation's last bit.
    private ActivationFunction Gate() => _shape.Profile switch
    {
        SumProfile.Exact => new(ActivationKind.Identity),
        SumProfile.Ties when _shape.Kind == CellKind.Rnn => new(ActivationKind.Affine, (1 << 23) + (1 << 12)),
        SumProfile.Ties => new(ActivationKind.HardSigmoid, 1 << 12, 1 << 23),
        _ => new(_shape.Kind == CellKind.Rnn ? ActivationKind.Tanh : ActivationKind.Sigmoid),
    };

    private ActivationFunction Candidate() => _shape.Profile switch
    {
        SumProfile.Exact => new(ActivationKind.Identity),
        SumProfile.Ties => new(ActivationKind.LeakyRelu, (1 << 23) + (1 << 12)),
        _ => new(ActivationKind.Tanh),
    };

    private void AddRows()
    {
        int rows = _shape.Gates * _shape.Units;
        WeightRows input = new(rows, _shape.Inputs, _random), recurrent = new(rows, _shape.Units, _random);
        _constants["W"] = input.Tensor("W");
        _constants["R"] = recurrent.Tensor("R");
        int[] multipliers = new int[rows], biases = new int[rows], recurrentBiases = new int[_shape.Units];
        double codeDeviation = (1 << (_shape.Wide ? 16 : 8)) / Math.Sqrt(12);
        for (int row = 0; row < rows; row++)
        {
            int turn = RowScaling.Turn(row, _shape.Seed);
            long largest = input.Largest(row, _shape.Type) + recurrent.Largest(row, _shape.Type);
            double deviation = codeDeviation * double.Hypot(input.Norm(row), recurrent.Norm(row));
            multipliers[row] = RowScaling.Multiplier(_shape.Profile, turn, largest, deviation, bits: 29);
            bool alone = Apart && row >= 2 * _shape.Units;
            biases[row] = Bias(turn, multipliers[row], pattern => input.Sum(row, pattern, _input) + (alone ? 0 : recurrent.Sum(row, pattern, _hidden)));
            if (alone)
                recurrentBiases[row - (2 * _shape.Units)] = Bias(turn, multipliers[row], pattern => recurrent.Sum(row, pattern, _hidden));
        }
        if (_shape.Places > 0)
            multipliers = [.. multipliers.Select(multiplier => checked((multiplier << _shape.Places) + _random.Next(1 << _shape.Places)))];
        Add("MA", multipliers);
        Add("MB", multipliers);
        Add("B", biases);
        if (Apart)
            Add("RB", recurrentBiases);
    }

    /// <summary>Exact rows: minus the sum of the pattern they are centred on, and a little. Others: up to +-4, in whole or half units of the result.</summary>
    private int Bias(int turn, int multiplier, Func<int, long> sum)
    {
        if (_shape.Profile == SumProfile.Exact)
            return turn < CodePattern.Ends ? (int)(_random.Next(-1000, 1001) - ((sum(turn) * multiplier) >> RowScaling.Shift)) : _random.Next(-1000, 1001);
        int bias = _random.Next(-(1 << 22), 1 << 22);
        return IsCurved ? bias : bias & ~63;
    }

    private void Add(string name, int[] values) => _constants[name] = ConstantTensor.Of(name, [values.Length], values);
}
