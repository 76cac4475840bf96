using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Weights;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Quantize.Lowering;

/// <summary>The two sums of a recurrent layer (NUMERICS.md section 3): weight codes, multipliers, biases, and the shift they share.</summary>
internal sealed class RecurrentSums
{
    private const int PreActivationBits = 13;
    private const int MostBiasBits = 20;
    private const int LeastNarrowBiasBits = 12;
    private const double LeastNarrowMultiplier = 32;

    private readonly RecurrentNode _node;
    private readonly LoweringContext _context;
    private readonly double[] _inputUnits;
    private readonly double[] _recurrentUnits;
    private readonly string _name;

    public RecurrentSums(RecurrentNode node, LoweringContext context, Quantization x, Quantization hidden, Quantization candidateHidden, int cellBits)
    {
        (_node, _context, _name) = (node, context, context.ShortName(node));
        int rows = node.Gates * node.HiddenSize;
        Quantization[] states = [.. Enumerable.Range(0, rows).Select(row => IsCandidate(row) ? candidateHidden : hidden)];
        double[] inputScales = WeightRows.Scales(node.InputWeights.Data, node.InputSize, x.Type);
        double[] recurrentScales = WeightRows.Scales(node.RecurrentWeights.Data, node.HiddenSize, hidden.Type);
        _inputUnits = [.. inputScales.Select(scale => scale * x.Scale)];
        _recurrentUnits = [.. recurrentScales.Select((scale, row) => scale * states[row].Scale)];
        double peephole = Math.ScaleB(node.Peepholes?.Data.Max(Math.Abs) ?? 0, -cellBits);
        int sumShift = WeightMatrix.SumShift(Reach(x, states, inputScales, recurrentScales) + Math.ScaleB(peephole, 31)) - PreActivationBits;

        (Shift, bool narrow) = ChooseShift(sumShift, peephole);
        int[] inputMultipliers = Multipliers(_inputUnits), recurrentMultipliers = Multipliers(_recurrentUnits);
        for (int row = 0; row < rows; row++)
        {
            inputScales[row] = inputMultipliers[row] / Math.ScaleB(x.Scale, Shift + PreActivationBits);
            recurrentScales[row] = recurrentMultipliers[row] / Math.ScaleB(states[row].Scale, Shift + PreActivationBits);
        }
        InputMultipliers = AddInt("MA", inputMultipliers, narrow);
        RecurrentMultipliers = AddInt("MB", recurrentMultipliers, narrow);

        (sbyte[] inputCodes, sbyte[] recurrentCodes, (double First, double Second)[] errors) = Round(inputScales, recurrentScales);
        InputWeights = context.AddConstant(_name + ".W", constant => ConstantTensor.Of(constant, [rows, node.InputSize], inputCodes));
        RecurrentWeights = context.AddConstant(_name + ".R", constant => ConstantTensor.Of(constant, [rows, node.HiddenSize], recurrentCodes));
        (Bias, RecurrentBias, BiasFractionBits) = AddBiases(errors);
        if (node.Peepholes is { } peepholes)
            Peepholes = AddInt("P", [.. peepholes.Data.Select(weight => WeightMatrix.Integer(Math.ScaleB(weight, PreActivationBits + Shift - cellBits), node.Name))], narrow: false);
    }

    public string InputWeights { get; }

    public string RecurrentWeights { get; }

    public string InputMultipliers { get; }

    public string RecurrentMultipliers { get; }

    public string Bias { get; }

    public string? RecurrentBias { get; }

    public int BiasFractionBits { get; }

    public string? Peepholes { get; }

    public int Shift { get; }

    private bool SplitsCandidate => _node.Cell == CellKind.Gru && _node.LinearBeforeReset;

    private bool IsCandidate(int row) => _node.Cell == CellKind.Gru && row >= 2 * _node.HiddenSize;

    // The largest pre-activation that any codes could make: largest weights everywhere.
    private double Reach(Quantization x, Quantization[] states, double[] inputScales, double[] recurrentScales)
    {
        double reach = 1;
        for (int row = 0; row < states.Length; row++)
        {
            double bias = Math.Abs(_node.InputBias.Data[row]) + Math.Abs(_node.RecurrentBias.Data[row]);
            double input = Sum(_node.InputWeights.Data.AsSpan(row * _node.InputSize, _node.InputSize), inputScales[row]) * Largest(x);
            double recurrent = Sum(_node.RecurrentWeights.Data.AsSpan(row * _node.HiddenSize, _node.HiddenSize), recurrentScales[row]) * Largest(states[row]);
            reach = Math.Max(reach, 2 * (input + recurrent) + bias);
        }
        return reach;
    }

    private static double Sum(ReadOnlySpan<float> weights, double scale)
    {
        double sum = 0;
        foreach (float weight in weights)
            sum += Math.Abs(weight) + scale;
        return sum;
    }

    private static double Largest(Quantization codes) => codes.Scale * (AccumulatorBounds.LargestCode(codes.Type) + Math.Abs(codes.ZeroPoint));

    // 16-bit multipliers where each row that counts keeps five bits or more: a row's scale then grows by at most 3 % to fit its multiplier.
    private (int Shift, bool Narrow) ChooseShift(int sumShift, double peephole)
    {
        double largest = Math.Max(_inputUnits.Max(), _recurrentUnits.Max());
        double least = _inputUnits.Concat(_recurrentUnits).Where(static unit => unit > 0).DefaultIfEmpty(1).Min();
        if (_node.Peepholes is null)
        {
            int narrow = Math.Min(sumShift, MultiplierFactory.ShiftFor(largest, short.MaxValue - 1, _node.Name) - PreActivationBits);
            if (narrow >= 1 && Math.ScaleB(least, narrow + PreActivationBits) >= LeastNarrowMultiplier)
                return (narrow, true);
        }
        int shift = Math.Min(sumShift, MultiplierFactory.ShiftFor(Math.Max(largest, peephole), int.MaxValue - 1, _node.Name) - PreActivationBits);
        return shift >= 1 ? (shift, false) : throw new QuantizeException("its weights and inputs are too large for 32-bit multipliers; scale the model's values", _node.Name);
    }

    // Rounded up, so that the row's scale, made to fit, still reaches its largest weight.
    private int[] Multipliers(double[] units) => [.. units.Select(unit => (int)Math.Ceiling(Math.ScaleB(unit, Shift + PreActivationBits) - 1e-6))];

    private (sbyte[] Input, sbyte[] Recurrent, (double First, double Second)[] Errors) Round(double[] inputScales, double[] recurrentScales)
    {
        int candidates = _node.Cell == CellKind.Gru ? 2 * _node.HiddenSize : inputScales.Length;
        RoundedRows gates = RoundRows(0, candidates, inputScales, recurrentScales, _context.Moments(_node.Name));
        if (candidates == inputScales.Length)
            return (Input(gates), Recurrent(gates), gates.MeanError);
        RoundedRows candidate = SplitsCandidate
            ? RoundApart(candidates, inputScales, recurrentScales)
            : RoundRows(candidates, inputScales.Length, inputScales, recurrentScales, _context.Moments(CalibrationRecorder.ResetMoments(_node.Name)));
        return ([.. Input(gates), .. Input(candidate)], [.. Recurrent(gates), .. Recurrent(candidate)], [.. gates.MeanError, .. candidate.MeanError]);
    }

    private sbyte[] Input(RoundedRows rows) => rows.Columns(0, _node.InputSize);

    private sbyte[] Recurrent(RoundedRows rows) => rows.Columns(_node.InputSize, _node.HiddenSize);

    private RoundedRows RoundRows(int first, int last, double[] inputScales, double[] recurrentScales, SecondMoments? moments) => RoundedRows.Round(
        _node.InputWeights.Data.AsSpan(first * _node.InputSize, (last - first) * _node.InputSize),
        _node.RecurrentWeights.Data.AsSpan(first * _node.HiddenSize, (last - first) * _node.HiddenSize),
        inputScales[first..last], recurrentScales[first..last], moments);

    // With the reset gate after the product the two sums of the candidate do not simply add: neither makes good the other's rounding.
    private RoundedRows RoundApart(int first, double[] inputScales, double[] recurrentScales)
    {
        int rows = inputScales.Length - first;
        double[] none = new double[rows];
        RoundedRows input = RoundedRows.Round(_node.InputWeights.Data.AsSpan(first * _node.InputSize), [], inputScales[first..], none, _context.Moments(CalibrationRecorder.InputMoments(_node.Name)));
        RoundedRows recurrent = RoundedRows.Round(_node.RecurrentWeights.Data.AsSpan(first * _node.HiddenSize), [], recurrentScales[first..], none, _context.Moments(CalibrationRecorder.HiddenMoments(_node.Name)));
        var codes = new sbyte[rows * (_node.InputSize + _node.HiddenSize)];
        for (int row = 0; row < rows; row++)
        {
            Span<sbyte> joined = codes.AsSpan(row * (_node.InputSize + _node.HiddenSize));
            input.Codes.AsSpan(row * _node.InputSize, _node.InputSize).CopyTo(joined);
            recurrent.Codes.AsSpan(row * _node.HiddenSize, _node.HiddenSize).CopyTo(joined[_node.InputSize..]);
        }
        return new RoundedRows(codes, [.. Enumerable.Range(0, rows).Select(row => (input.MeanError[row].First, recurrent.MeanError[row].First))]);
    }

    private (string Bias, string? RecurrentBias, int FractionBits) AddBiases((double First, double Second)[] errors)
    {
        bool Apart(int row) => SplitsCandidate && IsCandidate(row);
        double[] bias = [.. errors.Select((error, row) => _node.InputBias.Data[row] + error.First + (Apart(row) ? 0 : _node.RecurrentBias.Data[row] + error.Second))];
        double[] recurrent = [.. Enumerable.Range(0, errors.Length).Where(Apart).Select(row => _node.RecurrentBias.Data[row] + errors[row].Second)];
        double largest = Math.Max(bias.Concat(recurrent).Max(Math.Abs), 1e-9);
        int most = Math.Min(MostBiasBits, PreActivationBits + Shift);
        int bits = Math.Min(most, Bits(short.MaxValue / largest));
        bool narrow = _context.Options.Activations == ActivationWidth.Int8 && bits >= LeastNarrowBiasBits;
        if (!narrow)
            bits = Math.Min(most, Bits(int.MaxValue / largest));
        if (bits < 0)
            throw new QuantizeException($"a bias of {largest:G4} does not fit 32 bits; scale the model's values", _node.Name);
        int[] Codes(double[] values) => [.. values.Select(value => (int)Math.Round(Math.ScaleB(value, bits)))];
        return (AddInt("b", Codes(bias), narrow), recurrent.Length == 0 ? null : AddInt("Rb", Codes(recurrent), narrow), bits);
    }

    private static int Bits(double room) => (int)Math.Floor(Math.Log2(Math.Min(room, Math.ScaleB(1, 40))));

    private string AddInt(string suffix, int[] values, bool narrow) => _context.AddConstant($"{_name}.{suffix}", constant => narrow
        ? ConstantTensor.Of(constant, [values.Length], Array.ConvertAll(values, static value => (short)value))
        : ConstantTensor.Of(constant, [values.Length], values));
}
