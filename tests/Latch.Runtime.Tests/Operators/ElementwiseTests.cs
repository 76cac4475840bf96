using System.Numerics;
using Latch.Model;
using Latch.Runtime.Tests.Reference;
using static Latch.Runtime.Tests.Reference.OperatorModel;

namespace Latch.Runtime.Tests.Operators;

public sealed class ElementwiseTests
{
    private const int Count = 64;

    public static TheoryData<ElementwiseKind, bool> Kinds()
    {
        TheoryData<ElementwiseKind, bool> data = [];
        // Comparisons write 0 and 1; they have a test of their own.
        foreach (ElementwiseKind kind in Enum.GetValues<ElementwiseKind>().Where(kind => kind < ElementwiseKind.Equal))
        {
            data.Add(kind, false);
            data.Add(kind, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Execute_RandomCodes_EqualsTheFormula(ElementwiseKind kind, bool wide)
    {
        Quantization a = wide ? Int16(0.0003) : Int8(0.05, -11), b = wide ? Int16(0.0001) : Int8(0.02, 6), y = wide ? Int16(0.0004) : Int8(0.06, 3);
        (Rescale left, Rescale right) = Rescales(kind, a, b, y);
        var random = new Random((int)kind);
        int[] x1 = RandomCodes(random, a, Count), x2 = RandomCodes(random, b, Count);
        x2[5] = b.ZeroPoint;
        (x1[6], x2[6]) = (a.ZeroPoint, b.ZeroPoint);
        var operation = new ElementwiseOperation
        {
            Name = "op",
            Kind = kind,
            Left = 0,
            Right = 1,
            Output = 2,
            Dimensions = [Count],
            LeftStrides = [1],
            RightStrides = [1],
            LeftRescale = left,
            RightRescale = right,
        };
        int[] actual = new OperatorModel(operation, [new("a", [Count], a), new("b", [Count], b), new("y", [Count], y)]).Run(x1, x2);
        for (int i = 0; i < Count; i++)
        {
            int da = x1[i] - a.ZeroPoint, db = x2[i] - b.ZeroPoint;
            Assert.Equal(Exact(kind, da, db, left, right, y), actual[i]);
            if (kind != ElementwiseKind.Div || db != 0)
                Assert.InRange(actual[i] - Nearest(Formula(kind, Real(x1[i], a), Real(x2[i], b)), y), -1, 1);
        }
    }

    [Fact]
    public void Execute_StrideZero_RepeatsTheOperand()
    {
        Quantization q = Int8(0.1, 0);
        var operation = new ElementwiseOperation
        {
            Name = "op",
            Kind = ElementwiseKind.Add,
            Left = 0,
            Right = 1,
            Output = 2,
            Dimensions = [2, 3],
            LeftStrides = [3, 1],
            RightStrides = [0, 1],
            LeftRescale = new Rescale(1, 0),
            RightRescale = new Rescale(1, 0),
        };
        int[] actual = new OperatorModel(operation, [new("a", [2, 3], q), new("b", [3], q), new("y", [2, 3], q)]).Run([1, 2, 3, 4, 5, 6], [10, 20, 30]);
        Assert.Equal([11, 22, 33, 14, 25, 36], actual);
    }

    private static (Rescale Left, Rescale Right) Rescales(ElementwiseKind kind, Quantization a, Quantization b, Quantization y)
    {
        Rescale Fixed(double ratio) => new((int)Math.Round(ratio * (1 << 20)), 20);
        return kind switch
        {
            ElementwiseKind.Mul => (LayerQuantizer.Ratio(a.Scale * b.Scale / y.Scale), default),
            ElementwiseKind.Div => (LayerQuantizer.Ratio(a.Scale / (b.Scale * y.Scale)), default),
            ElementwiseKind.PRelu => (LayerQuantizer.Ratio(a.Scale / y.Scale), LayerQuantizer.Ratio(a.Scale * b.Scale / y.Scale)),
            _ => (Fixed(a.Scale / y.Scale), Fixed(b.Scale / y.Scale)),
        };
    }

    private static double Formula(ElementwiseKind kind, double a, double b) => kind switch
    {
        ElementwiseKind.Add => a + b,
        ElementwiseKind.Sub => a - b,
        ElementwiseKind.Mul => a * b,
        ElementwiseKind.Div => a / b,
        ElementwiseKind.Max => Math.Max(a, b),
        ElementwiseKind.Min => Math.Min(a, b),
        _ => a >= 0 ? a : a * b,
    };

    private static int Exact(ElementwiseKind kind, int a, int b, Rescale left, Rescale right, Quantization y)
    {
        var whole = new Rescale(1, 0);
        switch (kind)
        {
            case ElementwiseKind.Add:
            case ElementwiseKind.Sub:
                BigInteger second = (BigInteger)b * right.Multiplier * (kind == ElementwiseKind.Add ? 1 : -1);
                return Code(((BigInteger)a * left.Multiplier) + second, new Rescale(1, left.Shift), y);
            case ElementwiseKind.Mul:
                return Code((BigInteger)a * b, left, y);
            case ElementwiseKind.Div:
                if (b == 0)
                    return a == 0 ? y.ZeroPoint : a > 0 ? y.MaxCode : y.MinCode;
                BigInteger n = BigInteger.Abs((BigInteger)a * left.Multiplier), d = BigInteger.Abs((BigInteger)b << left.Shift);
                BigInteger quotient = BigInteger.DivRem(n, d, out BigInteger rest);
                quotient += 2 * rest >= d ? 1 : 0;
                return Code((a < 0) == (b < 0) ? quotient : -quotient, whole, y);
            case ElementwiseKind.Max:
                return Math.Max(Code(a, left, y), Code(b, right, y));
            case ElementwiseKind.Min:
                return Math.Min(Code(a, left, y), Code(b, right, y));
            default:
                return a >= 0 ? Code(a, left, y) : Code((BigInteger)a * b, right, y);
        }
    }
}
