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
        var blocks = new RecurrentBlocks(node, context);
        if (context.Choices.Clipped.Contains(node.Name))
            Clip(blocks, inputScales, recurrentScales, x, states);
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

        (sbyte[] inputCodes, sbyte[] recurrentCodes, (double Input, double Recurrent)[] errors) = blocks.Round(inputScales, recurrentScales);
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

    // A smaller scale must neither overflow a sum nor cost the rows their 16-bit multipliers.
    private void Clip(RecurrentBlocks blocks, double[] inputScales, double[] recurrentScales, Quantization x, Quantization[] states)
    {
        double[] inputUnits = [.. inputScales.Select(scale => scale * x.Scale)], recurrentUnits = [.. recurrentScales.Select((scale, row) => scale * states[row].Scale)];
        double least = inputUnits.Concat(recurrentUnits).Where(static unit => unit > 0).DefaultIfEmpty(0).Min();
        double[] leastInput = WeightRows.LeastScales(_node.InputWeights.Data, _node.InputSize, x.Type);
        double[] leastRecurrent = WeightRows.LeastScales(_node.RecurrentWeights.Data, _node.HiddenSize, states[0].Type);
        for (int row = 0; row < states.Length; row++)
        {
            leastInput[row] = Math.Max(leastInput[row], least / x.Scale);
            leastRecurrent[row] = Math.Max(leastRecurrent[row], least / states[row].Scale);
        }
        blocks.Clip(inputScales, recurrentScales, leastInput, leastRecurrent);
    }

    private (string Bias, string? RecurrentBias, int FractionBits) AddBiases((double Input, double Recurrent)[] errors)
    {
        bool Apart(int row) => SplitsCandidate && IsCandidate(row);
        double[] bias = [.. errors.Select((error, row) => _node.InputBias.Data[row] + error.Input + (Apart(row) ? 0 : _node.RecurrentBias.Data[row] + error.Recurrent))];
        double[] recurrent = [.. Enumerable.Range(0, errors.Length).Where(Apart).Select(row => _node.RecurrentBias.Data[row] + errors[row].Recurrent)];
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
