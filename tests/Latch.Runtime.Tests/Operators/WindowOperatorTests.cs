using System.Numerics;
using Latch.Model;
using Latch.Runtime.Tests.Reference;
using static Latch.Runtime.Tests.Reference.OperatorModel;

namespace Latch.Runtime.Tests.Operators;

public sealed class WindowOperatorTests
{
    private const int Shift = 28;

    private static readonly Dictionary<string, Shape> s_shapes = new()
    {
        ["1-D"] = new(Channels: 5, Outputs: 19, Groups: 1, Window(new(1, 11), new(1, 9), new(1, 3))),
        ["1-D padded, stride 2"] = new(3, 4, 1, Window(new(1, 10), new(1, 5), new(1, 3)) with { Stride = new(1, 2), Padding = new(0, 1) }),
        ["1-D dilated"] = new(2, 3, 1, Window(new(1, 12), new(1, 12), new(1, 3)) with { Dilation = new(1, 2), Padding = new(0, 2) }),
        ["1-D, one element"] = new(40, 6, 1, Window(new(1, 4), new(1, 4), new(1, 1))),
        ["2-D padded"] = new(3, 17, 1, Window(new(5, 6), new(5, 6), new(3, 3)) with { Padding = new(1, 1) }),
        ["2-D, strides and dilations"] = new(2, 3, 1, Window(new(9, 8), new(4, 7), new(2, 3)) with { Stride = new(2, 1), Dilation = new(3, 2), Padding = new(1, 2) }),
        ["two groups"] = new(6, 4, 2, Window(new(1, 7), new(1, 7), new(1, 3)) with { Padding = new(0, 1) }),
        ["depthwise"] = new(5, 5, 5, Window(new(4, 4), new(4, 4), new(3, 3)) with { Padding = new(1, 1) }),
        ["depthwise, two rows a channel"] = new(3, 6, 3, Window(new(1, 8), new(1, 6), new(1, 3))),
        ["three of two groups"] = new(4, 6, 2, Window(new(1, 5), new(1, 4), new(1, 2)), Batch: 3),
        ["transposed, stride 2"] = new(4, 3, 1, Window(new(1, 5), new(1, 11), new(1, 3)) with { Spacing = new(1, 2), Padding = new(0, 2) }),
        ["transposed 2-D, cut"] = new(2, 2, 1, Window(new(3, 3), new(6, 8), new(4, 4)) with { Spacing = new(2, 3), Padding = new(2, 3) }),
        ["begins inside"] = new(2, 7, 1, Window(new(1, 6), new(1, 3), new(1, 2)) with { Padding = new(0, -2) }),
    };

    public static TheoryData<string, bool> Shapes()
    {
        TheoryData<string, bool> data = [];
        foreach (string name in s_shapes.Keys)
        {
            data.Add(name, false);
            data.Add(name, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Conv_RandomCodes_EqualsTheFormula(string name, bool wide)
    {
        Quantization x = BothWidths[wide ? 1 : 0];
        foreach (Quantization y in new[] { Int16(0.0005), Int8(0.1, -5) })
        {
            foreach (int minCode in new[] { short.MinValue, y.ZeroPoint })
            {
                var conv = new ConvCase(s_shapes[name], x, y, null, minCode);
                for (int i = 0; i < conv.Actual.Length; i++)
                    Assert.Equal((int)BigInteger.Clamp((conv.Sum(i) >> Shift) + y.ZeroPoint, Math.Max(minCode, y.MinCode), y.MaxCode), conv.Actual[i]);
                Assert.True(conv.Actual.Distinct().Count() > 4, "the results hardly differ");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Conv_FusedTanh_IsNearestToTheFunctionOfTheSum(bool wide)
    {
        Quantization x = BothWidths[wide ? 1 : 0], y = Int16(1.0 / 32767);
        var conv = new ConvCase(s_shapes["2-D padded"], x, y, new ActivationFunction(ActivationKind.Tanh), short.MinValue);
        for (int i = 0; i < conv.Actual.Length; i++)
        {
            double z = Math.Clamp((long)(conv.Sum(i) >> Shift), -(1 << 17), 1 << 17) / 8192.0;
            Assert.InRange(Real(conv.Actual[i], y) - Math.Tanh(z), -4e-5, 4e-5);
        }
    }

    [Theory]
    [InlineData(PoolKind.Max)]
    [InlineData(PoolKind.Average)]
    [InlineData(PoolKind.AverageWithPadding)]
    public void Pool_RandomCodes_EqualsTheFormula(PoolKind kind)
    {
        WindowLayout[] windows =
        [
            Window(new(1, 9), new(1, 4), new(1, 2)) with { Stride = new(1, 2) },
            Window(new(5, 4), new(5, 4), new(3, 3)) with { Padding = new(1, 1) },
            Window(new(1, 7), new(1, 5), new(1, 3)) with { Dilation = new(1, 2), Padding = new(0, 2), Stride = new(1, 2), Output = new(1, 4) },
        ];
        foreach (WindowLayout window in windows)
        {
            foreach (Quantization x in BothWidths)
            {
                foreach (Quantization y in new[] { Int16(0.0003), Int8(0.031, 7) })
                    CheckPool(kind, window, x, y);
            }
        }
    }

    private static void CheckPool(PoolKind kind, WindowLayout window, Quantization x, Quantization y)
    {
        const int Channels = 3;
        Rescale rescale = LayerQuantizer.Ratio(x.Scale / y.Scale);
        var operation = new PoolOperation { Name = "op", Kind = kind, Input = 0, Output = 1, Channels = Channels, Window = window, Rescale = rescale };
        int size = (int)window.Input.Count, results = (int)window.Output.Count;
        int[] codes = RandomCodes(new Random(9), x, Channels * size);
        int[] actual = new OperatorModel(operation, [new("x", [Channels, size], x), new("y", [Channels, results], y)]).Run(codes);
        for (int i = 0; i < actual.Length; i++)
        {
            int[] elements = [.. Places(window, i % results).Where(place => place >= 0).Select(place => codes[(i / results * size) + place] - x.ZeroPoint)];
            int count = kind == PoolKind.Average ? elements.Length : (int)window.Kernel.Count;
            // floor((2 sum M + n 2^S) / (2 n 2^S))
            BigInteger half = (BigInteger)count << rescale.Shift, raised = (2 * (BigInteger)elements.Sum() * rescale.Multiplier) + half;
            BigInteger mean = BigInteger.DivRem(raised, 2 * half, out BigInteger rest) - (rest < 0 ? 1 : 0);
            int expected = kind == PoolKind.Max ? Code(elements.Max(), rescale, y) : Code(mean, new Rescale(1, 0), y);
            Assert.Equal(expected, actual[i]);
            double real = kind == PoolKind.Max ? elements.Max() * x.Scale : elements.Sum() * x.Scale / count;
            Assert.InRange(actual[i] - Nearest(real, y), -1, 1);
        }
    }

    private static WindowLayout Window(Extent input, Extent output, Extent kernel) => new()
    {
        Input = input,
        Output = output,
        Kernel = kernel,
        Stride = new(1, 1),
        Dilation = new(1, 1),
        Padding = new(0, 0),
        Spacing = new(1, 1),
    };

    /// <summary>The elements of a channel that a window takes in, in its order; -1 for none.</summary>
    private static IEnumerable<int> Places(WindowLayout window, int position)
    {
        (int p, int q) = Math.DivRem(position, window.Output.Columns);
        for (int k = 0; k < window.Kernel.Rows; k++)
        {
            for (int l = 0; l < window.Kernel.Columns; l++)
            {
                int y = Place(p, k, window.Stride.Rows, window.Dilation.Rows, window.Padding.Rows, window.Spacing.Rows, window.Input.Rows);
                int x = Place(q, l, window.Stride.Columns, window.Dilation.Columns, window.Padding.Columns, window.Spacing.Columns, window.Input.Columns);
                yield return y < 0 || x < 0 ? -1 : (y * window.Input.Columns) + x;
            }
        }
    }

    private static int Place(int window, int element, int stride, int dilation, int padding, int spacing, int length)
    {
        int place = (window * stride) + (element * dilation) - padding;
        return place >= 0 && place % spacing == 0 && place / spacing < length ? place / spacing : -1;
    }

    private sealed record Shape(int Channels, int Outputs, int Groups, WindowLayout Window, int Batch = 1);

    /// <summary>A convolution of random weights.</summary>
    private sealed class ConvCase
    {
        private readonly Shape _shape;
        private readonly Quantization _x;
        private readonly int[] _codes;
        private readonly sbyte[] _weights;
        private readonly int[] _multipliers;
        private readonly int[] _bias;
        private readonly int _columns;

        public ConvCase(Shape shape, Quantization x, Quantization y, ActivationFunction? activation, int minCode)
        {
            var random = new Random(2);
            (_shape, _x, _columns) = (shape, x, shape.Channels / shape.Groups * (int)shape.Window.Kernel.Count);
            double unit = activation is null ? y.Scale : Math.ScaleB(1, -13);
            int size = (int)shape.Window.Input.Count, results = (int)shape.Window.Output.Count;
            _codes = RandomCodes(random, x, shape.Batch * shape.Channels * size);
            _weights = [.. Enumerable.Range(0, shape.Outputs * _columns).Select(_ => (sbyte)random.Next(-127, 128))];
            _multipliers = [.. Enumerable.Range(0, shape.Outputs).Select(_ => (int)Math.Round(x.Scale * (0.002 + (0.005 * random.NextDouble())) / unit * (1 << Shift)))];
            _bias = [.. Enumerable.Range(0, shape.Outputs).Select(_ => random.Next(-3000, 3000))];
            var operation = new ConvOperation
            {
                Name = "op",
                Input = 0,
                Output = 1,
                Batch = shape.Batch,
                Channels = shape.Channels,
                Groups = shape.Groups,
                Window = shape.Window,
                Weights = "w",
                Bias = "b",
                Multipliers = "m",
                Shift = Shift,
                MinCode = minCode,
                Activation = activation,
                PreActivationLimit = activation is null ? 0 : 1 << 17,
                OutputRescale = activation is null ? default : LayerQuantizer.Ratio(Math.ScaleB(1, -24) / y.Scale),
            };
            Actual = new OperatorModel(operation, [new("x", [shape.Batch, shape.Channels, size], x), new("y", [shape.Batch, shape.Outputs, results], y)],
                ConstantTensor.Of("w", [shape.Outputs, _columns], _weights), ConstantTensor.Of("m", [shape.Outputs], _multipliers), ConstantTensor.Of("b", [shape.Outputs], _bias)).Run(_codes);
        }

        public int[] Actual { get; }

        /// <summary>The sum before the shift, with half a unit for the rounding.</summary>
        public BigInteger Sum(int index)
        {
            int size = (int)_shape.Window.Input.Count, results = (int)_shape.Window.Output.Count, channels = _shape.Channels / _shape.Groups;
            int row = index / results % _shape.Outputs, column = 0;
            int first = (index / results / _shape.Outputs * _shape.Channels) + (row / (_shape.Outputs / _shape.Groups) * channels);
            BigInteger sum = 0;
            for (int channel = first; channel < first + channels; channel++)
            {
                foreach (int place in Places(_shape.Window, index % results))
                    sum += (place < 0 ? 0 : _codes[(channel * size) + place] - _x.ZeroPoint) * _weights[(row * _columns) + column++];
            }
            return (sum * _multipliers[row]) + ((BigInteger)_bias[row] << (Shift - 7)) + (BigInteger.One << (Shift - 1));
        }
    }
}
