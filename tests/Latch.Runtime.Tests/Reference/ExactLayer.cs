using System.Numerics;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Tests.Reference;

/// <summary>NUMERICS.md sections 3 to 5 in integers of any size, written from the formulas: what the runtime must equal exactly.</summary>
internal sealed class ExactLayer(RecurrentLayer layer, IReadOnlyDictionary<string, ConstantTensor> constants)
{
    private static readonly BigInteger s_one = BigInteger.One << 24;
    private readonly int _units = layer.HiddenSize;

    public BigInteger[] Hidden { get; set; } = new BigInteger[layer.HiddenSize];

    public BigInteger[] Cell { get; } = new BigInteger[layer.HiddenSize];

    public BigInteger[] Gates { get; } = new BigInteger[layer.GateCount * layer.HiddenSize];

    public BigInteger[] PreActivations { get; } = new BigInteger[layer.GateCount * layer.HiddenSize];

    public static BigInteger RoundShift(BigInteger value, int shift) => shift == 0 ? value : (value + (BigInteger.One << (shift - 1))) >> shift;

    public static BigInteger Code(BigInteger value, Rescale rescale, Quantization codes) =>
        BigInteger.Clamp(RoundShift(value * rescale.Multiplier, rescale.Shift) + codes.ZeroPoint, codes.MinCode, codes.MaxCode);

    public void Step(int[] x)
    {
        BigInteger[] h = [.. Hidden.Select(value => Code(value, layer.HiddenRescale, layer.Hidden))];
        BigInteger[] next = new BigInteger[_units];
        for (int u = 0; u < _units; u++)
        {
            if (layer.Kind == CellKind.Lstm)
                next[u] = Lstm(u, x, h);
            else if (layer.Kind == CellKind.Rnn)
                next[u] = Gate(0, u, Sum(u, x, h, layer.Hidden), layer.GateActivation);
        }
        if (layer.Kind == CellKind.Gru)
            Gru(x, h, next);
        Hidden = next;
    }

    private BigInteger Lstm(int u, int[] x, BigInteger[] h)
    {
        int k = 24 - layer.CellFractionBits;
        BigInteger i = Gate(0, u, Sum(u, x, h, layer.Hidden, Cell[u]), layer.GateActivation);
        BigInteger f = Gate(2, u, Sum((2 * _units) + u, x, h, layer.Hidden, Cell[u]), layer.GateActivation);
        if (layer.InputForget)
            f = Gates[(2 * _units) + u] = s_one - i;
        BigInteger g = Gate(3, u, Sum((3 * _units) + u, x, h, layer.Hidden), layer.CandidateActivation);
        Cell[u] = Saturate(((f * Cell[u] << k) + (i * g) + (BigInteger.One << (23 + k))) >> (24 + k));
        BigInteger o = Gate(1, u, Sum(_units + u, x, h, layer.Hidden, Cell[u]), layer.GateActivation);
        BigInteger limit = layer.OutputActivation.IsCurve ? 1 << 17 : 1 << 20;
        BigInteger shown = Activate(layer.OutputActivation, BigInteger.Clamp(RoundShift(Cell[u], layer.CellFractionBits - 13), -limit, limit));
        return Saturate(RoundShift(o * shown, 24));
    }

    private void Gru(int[] x, BigInteger[] h, BigInteger[] next)
    {
        BigInteger[] reset = [.. Enumerable.Range(0, _units).Select(u => Gate(1, u, Sum(_units + u, x, h, layer.Hidden), layer.GateActivation))];
        BigInteger[] codes = layer.LinearBeforeReset ? [] : [.. reset.Select((r, u) => Code(Saturate(RoundShift(r * Hidden[u], 24)), layer.ResetHiddenRescale, layer.ResetHidden!))];
        for (int u = 0; u < _units; u++)
        {
            int row = (2 * _units) + u;
            BigInteger z = Gate(0, u, Sum(u, x, h, layer.Hidden), layer.GateActivation);
            BigInteger sum;
            if (layer.LinearBeforeReset)
            {
                BigInteger half = BigInteger.One << (layer.Shift - 1);
                BigInteger p = (Product(layer.RecurrentWeights, layer.RecurrentMultipliers, row, h, layer.Hidden) + Bias(layer.RecurrentBias!, u) + half) >> layer.Shift;
                p = BigInteger.Clamp(p, -(1 << 26), 1 << 26);
                sum = ((Product(layer.InputWeights, layer.InputMultipliers, row, [.. x], layer.Input) + Bias(layer.Bias, row) + half) >> layer.Shift) + RoundShift(reset[u] * p, 24);
            }
            else
            {
                sum = Sum(row, x, codes, layer.ResetHidden!);
            }
            BigInteger n = Gate(2, u, sum, layer.CandidateActivation);
            next[u] = Saturate(n + RoundShift(z * (Hidden[u] - n), 24));
        }
    }

    private BigInteger Gate(int gate, int unit, BigInteger sum, ActivationFunction function)
    {
        int limit = layer.PreActivationLimits[gate], row = (gate * _units) + unit;
        PreActivations[row] = BigInteger.Clamp(sum, -limit, limit);
        return Gates[row] = Activate(function, PreActivations[row]);
    }

    private BigInteger Sum(int row, int[] x, BigInteger[] h, Quantization state, BigInteger? cell = null)
    {
        BigInteger sum = Product(layer.InputWeights, layer.InputMultipliers, row, [.. x], layer.Input)
            + Product(layer.RecurrentWeights, layer.RecurrentMultipliers, row, h, state) + Bias(layer.Bias, row) + (BigInteger.One << (layer.Shift - 1));
        if (cell is { } seen && layer.Peepholes is { } peepholes)
            sum += seen * constants[peepholes].Int32[row];
        return sum >> layer.Shift;
    }

    private BigInteger Product(string weights, string multipliers, int row, BigInteger[] codes, Quantization quantization)
    {
        BigInteger sum = 0;
        for (int i = 0; i < codes.Length; i++)
            sum += (codes[i] - quantization.ZeroPoint) * constants[weights].Int8[(row * codes.Length) + i];
        return sum * constants[multipliers].Int32[row];
    }

    private BigInteger Bias(string name, int row) => (BigInteger)constants[name].Int32[row] << (layer.Shift + 13 - layer.BiasFractionBits);

    private static BigInteger Saturate(BigInteger value) => BigInteger.Clamp(value, -int.MaxValue, int.MaxValue);

    private static BigInteger Activate(ActivationFunction function, BigInteger z) => function.Kind switch
    {
        ActivationKind.Sigmoid => z >= 0 ? s_one - Curve(z) : Curve(-z),
        ActivationKind.Tanh => z.Sign * (s_one - (2 * Curve(2 * BigInteger.Abs(z)))),
        ActivationKind.Relu => Saturate(BigInteger.Max(z << 11, 0)),
        ActivationKind.Identity => Saturate(z << 11),
        ActivationKind.Affine => Saturate(RoundShift((z << 11) * function.Alpha, 24) + function.Beta),
        ActivationKind.HardSigmoid => BigInteger.Clamp(RoundShift((z << 11) * function.Alpha, 24) + function.Beta, 0, s_one),
        _ => throw new NotSupportedException($"{function.Kind} is checked against its formula in real numbers."),
    };

    /// <summary>The sigmoid's tail 1 / (1 + e^u) as cubic pieces; the table is checked by itself.</summary>
    private static BigInteger Curve(BigInteger u)
    {
        if (u >= 1 << 17)
            return 0;
        int segment = (int)(u >> 12);
        BigInteger t = u & 0xFFF;
        ReadOnlySpan<int> a = CurveTables.Sigmoid.Slice(4 * segment, 4);
        return a[0] + (((a[1] + (((a[2] + ((a[3] * t) >> 12)) * t) >> 15)) * t) >> 9);
    }
}
