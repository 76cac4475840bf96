using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Weights;

namespace Latch.Quantize.Lowering;

/// <summary>Rows of weights as an operation takes them: names of its constants, and the shift of the multipliers.</summary>
/// <param name="Name">Name of the operation.</param>
/// <param name="Weights">Codes [rows, columns].</param>
/// <param name="Bias">Codes [rows].</param>
/// <param name="Multipliers">[rows].</param>
/// <param name="Shift">7 to 62.</param>
internal sealed record WeightMatrix(string Name, string Weights, string Bias, string Multipliers, int Shift)
{
    private const int LeastShift = 7;

    /// <summary>Rounds weights and bias for a result in codes of <paramref name="y"/>, or in Q.13 for a fused function.</summary>
    /// <param name="node">The node, for names and messages.</param>
    /// <param name="real">Weights [rows, ..]: a row is all that follows the first axis.</param>
    /// <param name="realBias">[rows], or null.</param>
    /// <param name="context">Takes the constants.</param>
    /// <param name="x">Codes of the input.</param>
    /// <param name="y">Codes of the output; null for Q.13.</param>
    /// <exception cref="QuantizeException">The weights are too large for the output.</exception>
    public static WeightMatrix Prepare(GraphNode node, FloatTensor real, FloatTensor? realBias, LoweringContext context, Quantization x, Quantization? y)
    {
        int outputs = real.Shape[0], inputs = real.Count / outputs;
        double unit = y?.Scale ?? Math.ScaleB(1, -13);
        (double[] scales, RoundedRows rows) = context.RoundRows(node.Name, real.Data, outputs, x.Type);
        double[] bias = [.. Enumerable.Range(0, outputs).Select(row => (realBias?.Data[row] ?? 0) + rows.MeanError[row].First)];
        double[] ratios = [.. scales.Select(scale => x.Scale * scale / unit)];
        double reach = Enumerable.Range(0, outputs).Max(row => ratios[row] * RowReach(rows.Codes.AsSpan(row * inputs, inputs), x) + Math.Abs(bias[row] / unit));
        int shift = Math.Min(MultiplierFactory.ShiftFor(ratios.Max(), int.MaxValue, node.Name), SumShift(reach));
        if (shift < LeastShift)
            throw new QuantizeException($"its sums reach {reach * unit:G4}, too far beyond the range of its output; scale the model's weights", node.Name);
        double biasUnit = y is null ? Math.ScaleB(1, -20) : unit / 128;
        int[] biasCodes = [.. bias.Select(value => Integer(value / biasUnit, node.Name))];
        int[] multipliers = [.. ratios.Select(ratio => (int)MultiplierFactory.Scaled(ratio, shift))];
        string name = context.ShortName(node);
        return new WeightMatrix(
            name,
            context.AddConstant(name + ".W", constant => ConstantTensor.Of(constant, [outputs, inputs], rows.Codes)),
            context.AddConstant(name + ".b", constant => ConstantTensor.Of(constant, [outputs], biasCodes)),
            context.AddConstant(name + ".M", constant => ConstantTensor.Of(constant, [outputs], multipliers)),
            shift);
    }

    /// <summary>The largest magnitude that a row's sum of code x weight, zero point removed, can reach.</summary>
    public static double RowReach(ReadOnlySpan<sbyte> codes, Quantization x)
    {
        double sum = 0;
        foreach (sbyte code in codes)
            sum += Math.Abs((int)code);
        return sum * (AccumulatorBounds.LargestCode(x.Type) + Math.Abs(x.ZeroPoint)) * 2;
    }

    /// <summary>The largest shift for which sums of that reach stay within 64 bits.</summary>
    public static int SumShift(double reach) => 61 - (int)Math.Ceiling(Math.Log2(Math.Max(reach, 1)));

    /// <summary>A number as int32.</summary>
    /// <exception cref="QuantizeException">It does not fit.</exception>
    public static int Integer(double value, string node) => Math.Abs(value) < int.MaxValue
        ? (int)Math.Round(value)
        : throw new QuantizeException("a bias is too large for its layer's output; scale the model's weights", node);
}
