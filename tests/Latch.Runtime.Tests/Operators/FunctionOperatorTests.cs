using System.Numerics;
using Latch.Model;
using Latch.Runtime.Kernels;
using Latch.Runtime.Tests.Reference;
using static Latch.Runtime.Tests.Reference.OperatorModel;

namespace Latch.Runtime.Tests.Operators;

public sealed class FunctionOperatorTests
{
    // The power of two is rounded to Q.17 (2^-18 ln 2 = 2.6e-6), its curve adds 2e-7.
    private const double ExpError = 3e-6;

    [Theory]
    [InlineData(0.0005, 0.001)]
    [InlineData(0.0027, 1e30)]
    [InlineData(0.00001, 1e-12)]
    [InlineData(0.02, 3e4)]
    public void Exp_EveryInt16Code_IsWithinTheStatedErrorAndHalfACode(double inputScale, double outputScale)
    {
        Quantization x = Int16(inputScale), y = Int16(outputScale);
        int exponent = (int)Math.Round(Math.Log2(outputScale));
        var operation = new FunctionOperation
        {
            Name = "op",
            Kind = FunctionKind.Exp,
            Input = 0,
            Output = 1,
            InputRescale = LayerQuantizer.Ratio(Math.ScaleB(inputScale / Math.Log(2), 17)),
            Offset = -exponent << 17,
            OutputRescale = LayerQuantizer.Ratio(Math.ScaleB(1 / outputScale, exponent - 24)),
        };
        int[] codes = AllCodes(x), actual = Run(operation, x, y, codes);
        for (int i = 0; i < codes.Length; i++)
        {
            double real = Math.Exp(inputScale * codes[i]) / outputScale;
            double allowed = 0.5001 + (real * ExpError);
            Assert.InRange(actual[i], Math.Clamp(real - allowed, 0, 32767), Math.Clamp(real + allowed, 0, 32767));
            Assert.Equal(ExactExp(codes[i], operation, y), actual[i]);
        }
    }

    [Theory]
    [InlineData(false, 0.0005)]
    [InlineData(true, 0.0005)]
    [InlineData(true, 0.1)]
    public void Log_EveryCode_IsNearestToTheFunction(bool wide, double outputScale)
    {
        Quantization x = wide ? Int16(0.00007) : Int8(0.031, -100), y = Int16(outputScale);
        var operation = new FunctionOperation
        {
            Name = "op",
            Kind = FunctionKind.Log,
            Input = 0,
            Output = 1,
            Offset = (int)Math.Round(Math.ScaleB(Math.Log(x.Scale), 24)),
            OutputRescale = LayerQuantizer.Ratio(Math.ScaleB(1 / outputScale, -24)),
        };
        int[] codes = AllCodes(x), actual = Run(operation, x, y, codes);
        for (int i = 0; i < codes.Length; i++)
        {
            double d = codes[i] > x.ZeroPoint ? codes[i] - x.ZeroPoint : 0.5;
            double real = Math.Log(d * x.Scale) / outputScale;
            Assert.InRange(actual[i], real - 0.51, real + 0.51);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sqrt_EveryCode_IsTheRoundedRoot(bool wide)
    {
        Quantization x = wide ? Int16(0.0007) : Int8(0.031, -100), y = Int16(0.0004);
        Rescale rescale = LayerQuantizer.Ratio(Math.ScaleB(Math.Sqrt(x.Scale) / y.Scale, -22));
        var operation = new FunctionOperation { Name = "op", Kind = FunctionKind.Sqrt, Input = 0, Output = 1, OutputRescale = rescale };
        int[] codes = AllCodes(x), actual = Run(operation, x, y, codes);
        for (int i = 0; i < codes.Length; i++)
        {
            BigInteger d = Math.Max(codes[i] - x.ZeroPoint, 0);
            Assert.Equal(Code(Root(d << 44), rescale, y), actual[i]);
            Assert.InRange(actual[i] - (Math.Sqrt((double)d * x.Scale) / y.Scale), -0.51, 0.51);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void LogSoftmax_RandomCodes_IsNearTheFormula(int inner)
    {
        const int Outer = 3, Axis = 10;
        foreach (Quantization x in new[] { Int8(0.06, -9), Int16(0.002) })
        {
            Quantization y = Int16(x.Type == ElementType.Int8 ? 0.001 : 0.005);
            double ratio = Math.ScaleB(1, 24);
            var operation = new LogSoftmaxOperation
            {
                Name = "op",
                Input = 0,
                Output = 1,
                Outer = Outer,
                Axis = Axis,
                Inner = inner,
                InputRescale = LayerQuantizer.Ratio(x.Scale * 8192),
                DifferenceRescale = new Rescale((int)Math.Round(x.Scale / y.Scale * ratio), 24),
                LogRescale = new Rescale((int)Math.Round(Math.ScaleB(1 / y.Scale, -16) * ratio), 24),
            };
            int[] codes = RandomCodes(new Random(5), x, Outer * Axis * inner), actual = Run(operation, x, y, codes);
            for (int i = 0; i < codes.Length; i++)
            {
                int first = (i / (Axis * inner) * Axis * inner) + (i % inner);
                double[] row = [.. Enumerable.Range(0, Axis).Select(a => Real(codes[first + (a * inner)], x))];
                double expected = Real(codes[i], x) - row.Max() - Math.Log(row.Sum(value => Math.Exp(value - row.Max())));
                Assert.InRange(Real(actual[i], y) - expected, -y.Scale, y.Scale);
            }
        }
    }

    private static int[] Run(Operation operation, Quantization x, Quantization y, int[] codes) =>
        new OperatorModel(operation, [new("x", [codes.Length], x), new("y", [codes.Length], y)]).Run(codes);

    private static int[] AllCodes(Quantization codes) => [.. Enumerable.Range(codes.MinCode, codes.MaxCode - codes.MinCode + 1)];

    // t = rsh(d M, S) + offset in Q.17; y = rsh(P(fraction) M2, S2 - whole part), in integers of any length.
    private static int ExactExp(int code, FunctionOperation operation, Quantization y)
    {
        BigInteger t = (((BigInteger)code * operation.InputRescale.Multiplier) + ((BigInteger.One << operation.InputRescale.Shift) >> 1)) >> operation.InputRescale.Shift;
        t = BigInteger.Clamp(t + operation.Offset, -(1 << 24), (1 << 24) - 1);
        int whole = (int)(t >> 17), shift = operation.OutputRescale.Shift - whole;
        BigInteger product = (BigInteger)Activation.PowerOfTwo((int)(t - ((BigInteger)whole << 17))) * operation.OutputRescale.Multiplier;
        BigInteger rounded = shift < 0 ? product << -shift : (product + ((BigInteger.One << shift) >> 1)) >> shift;
        return (int)BigInteger.Clamp(rounded + y.ZeroPoint, y.MinCode, y.MaxCode);
    }

    // The largest integer whose square is not larger, by bisection.
    private static BigInteger Root(BigInteger value)
    {
        BigInteger low = 0, high = BigInteger.One << 40;
        while (high - low > 1)
        {
            BigInteger middle = (low + high) >> 1;
            if (middle * middle <= value)
                low = middle;
            else
                high = middle;
        }
        return low;
    }
}
