using System.Numerics;
using Latch.Model;
using Latch.Runtime.Tests.Reference;
using static Latch.Runtime.Tests.Reference.OperatorModel;

namespace Latch.Runtime.Tests.Operators;

public sealed class OperatorTests
{
    private static readonly Quantization s_output = Int16(0.0005);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dense_RandomCodes_EqualsTheFormula(bool wide)
    {
        Quantization x = BothWidths[wide ? 1 : 0];
        foreach (Quantization y in new[] { s_output, Int8(0.1, -5) })
        {
            var dense = new DenseCase(x, y, activation: null);
            for (int i = 0; i < dense.Actual.Length; i++)
            {
                Assert.Equal((int)BigInteger.Clamp((dense.Sum(i) >> DenseCase.Shift) + y.ZeroPoint, y.ZeroPoint, y.MaxCode), dense.Actual[i]);
                Assert.InRange(dense.Actual[i] - Nearest(Math.Max(dense.Formula(i), 0), y), -1, 1);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dense_FusedSigmoid_EqualsTheFormula(bool wide)
    {
        Quantization x = BothWidths[wide ? 1 : 0], y = Int16(1.0 / 32767);
        var dense = new DenseCase(x, y, new ActivationFunction(ActivationKind.Sigmoid));
        for (int i = 0; i < dense.Actual.Length; i++)
            Assert.InRange(Real(dense.Actual[i], y) - (1 / (1 + Math.Exp(-dense.Formula(i)))), -1e-4, 1e-4);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void MatMul_RandomCodes_EqualsTheFormula(bool wide, bool broadcast)
    {
        const int Batch = 2, M = 3, K = 40, N = 4;
        Quantization a = BothWidths[wide ? 1 : 0], b = wide ? Int16(0.0001) : Int8(0.02, -4);
        Rescale rescale = LayerQuantizer.Ratio(a.Scale * b.Scale / s_output.Scale);
        int rightCount = (broadcast ? 1 : Batch) * K * N;
        var operation = new MatMulOperation { Name = "op", Left = 0, Right = 1, Output = 2, Batch = Batch, M = M, K = K, N = N, RightBroadcast = broadcast, Rescale = rescale };
        var random = new Random(3);
        int[] left = RandomCodes(random, a, Batch * M * K), right = RandomCodes(random, b, rightCount);
        int[] actual = new OperatorModel(operation, [new("a", [Batch, M, K], a), new("b", [rightCount], b), new("y", [Batch, M, N], s_output)]).Run(left, right);
        for (int i = 0; i < actual.Length; i++)
        {
            int batch = i / (M * N), m = i / N % M, n = i % N;
            BigInteger sum = 0;
            for (int k = 0; k < K; k++)
                sum += (BigInteger)(left[(((batch * M) + m) * K) + k] - a.ZeroPoint) * (right[((((broadcast ? 0 : batch) * K) + k) * N) + n] - b.ZeroPoint);
            Assert.Equal(Code(sum, rescale, s_output), actual[i]);
        }
    }

    [Fact]
    public void Affine_RandomCodes_EqualsTheFormula()
    {
        const int Outer = 2, Channels = 3, Inner = 4, Shift = 22;
        Quantization x = Int8(0.04, 17), y = Int8(0.05, -2);
        int[] multipliers = [3_000_000, -2_500_000, 12_345], bias = [700, -900, 12];
        var operation = new AffineOperation { Name = "op", Input = 0, Output = 1, Outer = Outer, Inner = Inner, Multipliers = "m", Bias = "b", Shift = Shift };
        int[] codes = RandomCodes(new Random(4), x, Outer * Channels * Inner);
        int[] actual = new OperatorModel(operation, [new("x", [Outer, Channels, Inner], x), new("y", [Outer, Channels, Inner], y)],
            ConstantTensor.Of("m", [Channels], multipliers), ConstantTensor.Of("b", [Channels], bias)).Run(codes);
        for (int i = 0; i < codes.Length; i++)
        {
            int c = i / Inner % Channels;
            BigInteger sum = ((BigInteger)(codes[i] - x.ZeroPoint) * multipliers[c]) + ((BigInteger)bias[c] << (Shift - 7));
            Assert.Equal(Code(sum, new Rescale(1, Shift), y), actual[i]);
        }
    }

    [Theory]
    [InlineData(ActivationKind.Sigmoid)]
    [InlineData(ActivationKind.Tanh)]
    [InlineData(ActivationKind.LeakyRelu)]
    [InlineData(ActivationKind.Clip)]
    [InlineData(ActivationKind.Softplus)]
    [InlineData(ActivationKind.Gelu)]
    [InlineData(ActivationKind.GeluTanh)]
    [InlineData(ActivationKind.HardSwish)]
    [InlineData(ActivationKind.Erf)]
    [InlineData(ActivationKind.Atan)]
    public void Activation_EveryInt8Code_IsNearestToTheFunction(ActivationKind kind)
    {
        Quantization x = Int8(0.05, 20), y = Int16(0.0003);
        var function = new ActivationFunction(kind, -(1 << 24) / 10, 1 << 24);
        int[] codes = [.. Enumerable.Range(-128, 256)];
        var operation = new ActivationOperation
        {
            Name = "op",
            Input = 0,
            Output = 1,
            Function = function,
            InputRescale = LayerQuantizer.Ratio(x.Scale * 8192),
            Limit = 1 << 17,
            OutputRescale = LayerQuantizer.Ratio(Math.ScaleB(1, -24) / y.Scale),
        };
        int[] actual = new OperatorModel(operation, [new("x", [256], x), new("y", [256], y)]).Run(codes);
        for (int i = 0; i < codes.Length; i++)
            Assert.InRange(actual[i] - Nearest(FloatLayer.Function(function)(Real(codes[i], x)), y), -1, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Softmax_RandomCodes_IsNearTheFormulaAndSumsToOne(int inner)
    {
        const int Outer = 3, Axis = 10;
        Quantization x = Int8(0.06, -9), y = Int16(1.0 / 32767);
        var operation = new SoftmaxOperation
        {
            Name = "op",
            Input = 0,
            Output = 1,
            Outer = Outer,
            Axis = Axis,
            Inner = inner,
            InputRescale = LayerQuantizer.Ratio(x.Scale * 8192),
            OutputRescale = LayerQuantizer.Ratio(Math.ScaleB(1, -24) / y.Scale),
        };
        int[] codes = RandomCodes(new Random(5), x, Outer * Axis * inner);
        int[] actual = new OperatorModel(operation, [new("x", [codes.Length], x), new("y", [codes.Length], y)]).Run(codes);
        for (int row = 0; row < Outer * inner; row++)
        {
            int[] places = [.. Enumerable.Range(0, Axis).Select(i => (((row / inner * Axis) + i) * inner) + (row % inner))];
            double[] weights = [.. places.Select(place => Math.Exp(Real(codes[place], x) - Real(x.MaxCode, x)))];
            for (int i = 0; i < Axis; i++)
                Assert.InRange(Real(actual[places[i]], y) - (weights[i] / weights.Sum()), -1e-4, 1e-4);
            Assert.InRange(places.Sum(place => Real(actual[place], y)), 0.9995, 1.0005);
        }
    }

    [Theory]
    [InlineData(ReduceKind.Sum)]
    [InlineData(ReduceKind.Max)]
    [InlineData(ReduceKind.Min)]
    [InlineData(ReduceKind.SumSquare)]
    [InlineData(ReduceKind.L1)]
    [InlineData(ReduceKind.L2)]
    public void Reduce_RandomCodes_EqualsTheFormula(ReduceKind kind)
    {
        const int Outer = 2, Axis = 9, Inner = 3;
        Quantization x = Int8(0.03, 7);
        double unit = kind switch { ReduceKind.SumSquare => x.Scale * x.Scale, ReduceKind.L2 => x.Scale / 256, _ => x.Scale };
        Rescale rescale = LayerQuantizer.Ratio(unit / s_output.Scale);
        var operation = new ReduceOperation { Name = "op", Kind = kind, Input = 0, Output = 1, Outer = Outer, Axis = Axis, Inner = Inner, Rescale = rescale };
        int[] codes = RandomCodes(new Random(6), x, Outer * Axis * Inner);
        int[] actual = new OperatorModel(operation, [new("x", [codes.Length], x), new("y", [Outer, Inner], s_output)]).Run(codes);
        for (int i = 0; i < actual.Length; i++)
        {
            long[] values = [.. Enumerable.Range(0, Axis).Select(a => (long)codes[(((i / Inner * Axis) + a) * Inner) + (i % Inner)] - x.ZeroPoint)];
            long reduced = kind switch
            {
                ReduceKind.Sum => values.Sum(),
                ReduceKind.Max => values.Max(),
                ReduceKind.Min => values.Min(),
                ReduceKind.SumSquare => values.Sum(v => v * v),
                // Exact: the square of a sum below 2^20 has at most 36 bits.
                ReduceKind.L2 => (long)Math.Floor(Math.Sqrt(values.Sum(v => v * v) * 65536.0)),
                _ => values.Sum(Math.Abs),
            };
            Assert.Equal(Code(reduced, rescale, s_output), actual[i]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LayerNorm_RandomCodes_IsNearTheFormula(bool wide)
    {
        const int Outer = 4, Axis = 24, Shift = 30;
        const double Epsilon = 1e-5;
        Quantization x = BothWidths[wide ? 1 : 0], y = Int16(0.0002);
        var random = new Random(7);
        double[] gain = [.. Enumerable.Range(0, Axis).Select(_ => (2 * random.NextDouble()) - 1)], bias = [.. gain.Select(_ => random.NextDouble())];
        var operation = new LayerNormOperation
        {
            Name = "op",
            Input = 0,
            Output = 1,
            Outer = Outer,
            Axis = Axis,
            Epsilon = Math.Max(1, (long)Math.Round(Epsilon / (x.Scale * x.Scale))),
            Multipliers = "g",
            Bias = "b",
            Shift = Shift,
        };
        int[] codes = [.. Enumerable.Range(0, Outer).SelectMany(_ => RandomCodes(random, x, Axis))];
        int[] actual = new OperatorModel(operation, [new("x", [Outer, Axis], x), new("y", [Outer, Axis], y)],
            ConstantTensor.Of("g", [Axis], [.. gain.Select(g => (int)Math.Round(g / y.Scale * Math.ScaleB(1, Shift - 22)))]),
            ConstantTensor.Of("b", [Axis], [.. bias.Select(b => (int)Math.Round(b / y.Scale * 128))])).Run(codes);
        for (int i = 0; i < actual.Length; i++)
        {
            double[] row = [.. codes.Skip(i / Axis * Axis).Take(Axis).Select(code => Real(code, x))];
            double variance = row.Average(v => Math.Pow(v - row.Average(), 2));
            double expected = ((row[i % Axis] - row.Average()) / Math.Sqrt(variance + Epsilon) * gain[i % Axis]) + bias[i % Axis];
            Assert.InRange(Real(actual[i], y) - expected, -1e-3, 1e-3);
        }
    }

    [Fact]
    public void Copy_NegativeStride_ReversesAndRescales()
    {
        Quantization x = Int8(0.1, 3), y = Int16(0.05);
        var operation = new CopyOperation
        {
            Name = "op",
            Input = 0,
            Output = 1,
            Dimensions = [2, 3],
            InputStart = 2,
            InputStrides = [3, -1],
            OutputStrides = [3, 1],
            Rescale = new Rescale(2, 0),
        };
        int[] actual = new OperatorModel(operation, [new("x", [2, 3], x), new("y", [2, 3], y)]).Run([4, 5, 6, 7, 8, 9]);
        Assert.Equal([6, 4, 2, 12, 10, 8], actual);
    }

    /// <summary>A dense layer of random weights, with a relu by its smallest code or with a fused activation.</summary>
    private sealed class DenseCase
    {
        public const int Shift = 28;
        private const int Rows = 2, Inputs = 13, Outputs = 19;
        private readonly Quantization _x;
        private readonly int[] _codes;
        private readonly sbyte[] _weights;
        private readonly int[] _multipliers;
        private readonly int[] _bias;
        private readonly double _unit;

        public DenseCase(Quantization x, Quantization y, ActivationFunction? activation)
        {
            var random = new Random(2);
            _x = x;
            // One unit of the sum before the shift: a code of y, or 1 / 2^13 of a pre-activation.
            _unit = activation is null ? y.Scale : Math.ScaleB(1, -13);
            _codes = [.. Enumerable.Range(0, Rows).SelectMany(_ => RandomCodes(random, x, Inputs))];
            _weights = [.. Enumerable.Range(0, Outputs * Inputs).Select(_ => (sbyte)random.Next(-127, 128))];
            _multipliers = [.. Enumerable.Range(0, Outputs).Select(_ => (int)Math.Round(x.Scale * (0.002 + (0.005 * random.NextDouble())) / _unit * (1 << Shift)))];
            _bias = [.. Enumerable.Range(0, Outputs).Select(_ => random.Next(-50_000, 50_000))];
            var operation = new DenseOperation
            {
                Name = "op",
                Input = 0,
                Output = 1,
                Rows = Rows,
                Weights = "w",
                Bias = "b",
                Multipliers = "m",
                Shift = Shift,
                MinCode = activation is null ? y.ZeroPoint : short.MinValue,
                Activation = activation,
                PreActivationLimit = activation is null ? 0 : 1 << 17,
                OutputRescale = activation is null ? default : LayerQuantizer.Ratio(Math.ScaleB(1, -24) / y.Scale),
            };
            Actual = new OperatorModel(operation, [new("x", [Rows, Inputs], x), new("y", [Rows, Outputs], y)],
                ConstantTensor.Of("w", [Outputs, Inputs], _weights), ConstantTensor.Of("m", [Outputs], _multipliers), ConstantTensor.Of("b", [Outputs], _bias)).Run(_codes);
        }

        public int[] Actual { get; }

        /// <summary>The sum before the shift, with half a unit for the rounding.</summary>
        public BigInteger Sum(int index)
        {
            BigInteger sum = 0;
            for (int i = 0; i < Inputs; i++)
                sum += (_codes[(index / Outputs * Inputs) + i] - _x.ZeroPoint) * _weights[(index % Outputs * Inputs) + i];
            return (sum * _multipliers[index % Outputs]) + ((BigInteger)_bias[index % Outputs] << (Shift - 7)) + (BigInteger.One << (Shift - 1));
        }

        /// <summary>The result in real numbers, before the activation.</summary>
        public double Formula(int index)
        {
            double sum = 0;
            for (int i = 0; i < Inputs; i++)
                sum += Real(_codes[(index / Outputs * Inputs) + i], _x) * _weights[(index % Outputs * Inputs) + i];
            double weightScale = _multipliers[index % Outputs] * _unit / _x.Scale / (1 << Shift);
            return (sum * weightScale) + (_bias[index % Outputs] * _unit / 128);
        }
    }
}
