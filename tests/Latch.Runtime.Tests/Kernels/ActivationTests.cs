using System.Globalization;
using Latch.Model;
using Latch.Runtime.Kernels;
using Latch.Runtime.Tests.Reference;
using Latch.Tests;

namespace Latch.Runtime.Tests.Kernels;

public sealed class ActivationTests
{
    private const int One = 1 << 24;

    private static readonly Dictionary<string, ActivationFunction> s_functions = new()
    {
        ["sigmoid"] = new(ActivationKind.Sigmoid),
        ["tanh"] = new(ActivationKind.Tanh),
        ["identity"] = new(ActivationKind.Identity),
        ["relu"] = new(ActivationKind.Relu),
        ["leaky relu, 0.01"] = new(ActivationKind.LeakyRelu, One / 100),
        ["thresholded relu, 1"] = new(ActivationKind.ThresholdedRelu, One),
        ["affine, 0.5, -0.25"] = new(ActivationKind.Affine, One / 2, -One / 4),
        ["scaled tanh, 1.5, 0.75"] = new(ActivationKind.ScaledTanh, One * 3 / 2, One * 3 / 4),
        ["hard sigmoid, 0.2, 0.5"] = new(ActivationKind.HardSigmoid, One / 5, One / 2),
        ["elu, 1"] = new(ActivationKind.Elu, One),
        ["softsign"] = new(ActivationKind.Softsign),
        ["softplus"] = new(ActivationKind.Softplus),
        ["clip, -1, 6"] = new(ActivationKind.Clip, -One, 6 * One),
        ["gelu"] = new(ActivationKind.Gelu),
        ["gelu by tanh"] = new(ActivationKind.GeluTanh),
        ["hard swish"] = new(ActivationKind.HardSwish),
        ["erf"] = new(ActivationKind.Erf),
        ["atan"] = new(ActivationKind.Atan),
    };

    public static TheoryData<string> Names() => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_WholeInputRange_HasTheErrorStatedInNumerics(string name)
    {
        ActivationFunction function = s_functions[name];
        Func<double, double> real = FloatLayer.Function(function);
        int end = function.IsCurve ? Activation.CurveEnd : Activation.StraightEnd - 1;
        double largest = 0;
        for (int z = -end; z <= end; z++)
            largest = Math.Max(largest, Math.Abs((Activation.Apply(function, z) / (double)One) - real(z / 8192.0)));
        CheckStated(name, largest);
    }

    [Fact]
    public void Exponential_WholeInputRange_HasTheErrorStatedInNumerics()
    {
        double largest = 0;
        for (int u = 0; u <= Activation.CurveEnd; u++)
            largest = Math.Max(largest, Math.Abs((Activation.Exponential(u) / (double)One) - Math.Exp(-u / 8192.0)));
        CheckStated("exp", largest);
    }

    [Fact]
    public void PowerOfTwo_WholeInputRange_HasTheErrorStatedInNumerics()
    {
        double largest = 0;
        for (int f = 0; f < Activation.CurveEnd; f++)
            largest = Math.Max(largest, Math.Abs((Activation.PowerOfTwo(f) / (double)One) - Math.Pow(2, f / 131072.0)));
        CheckStated("2^f", largest);
    }

    [Fact]
    public void Logarithm_EveryCode_HasTheErrorStatedInNumerics()
    {
        double largest = 0;
        for (uint v = 1; v <= 1 << 17; v++)
            largest = Math.Max(largest, Math.Abs((Activation.Logarithm(v) / (double)One) - Math.Log(v)));
        CheckStated("ln of a code", largest);
    }

    [Fact]
    public void Logarithm_PowersOfTwoUpTo63_AreExactToTheirConstant()
    {
        for (int exponent = 0; exponent < 64; exponent++)
            Assert.Equal(exponent * (long)Activation.LogarithmOfTwo, Activation.Logarithm(1UL << exponent));
    }

    [Fact]
    public void SquareRoot_AroundSquares_IsTheFloor()
    {
        var random = new Random(8);
        for (int i = 0; i < 20_000; i++)
        {
            ulong root = (ulong)random.NextInt64(1, 1L << random.Next(1, 32));
            Assert.Equal(root, SquareRoot.Floor(root * root));
            Assert.Equal(root - 1, SquareRoot.Floor((root * root) - 1));
            Assert.Equal(root, (ulong)SquareRoot.Floor(((UInt128)root * root) + (2 * root)));
        }
        Assert.Equal(0UL, SquareRoot.Floor(0UL));
        Assert.Equal(uint.MaxValue, SquareRoot.Floor(ulong.MaxValue));
        Assert.Equal(ulong.MaxValue, (ulong)SquareRoot.Floor(UInt128.MaxValue));
    }

    [Fact]
    public void Apply_Spans_EqualsOneByOne()
    {
        int[] z = [.. Enumerable.Range(-200, 400).Select(i => i * 777)];
        int[] values = new int[z.Length];
        foreach (ActivationFunction function in s_functions.Values)
        {
            Activation.Apply(function, z, values);
            Assert.Equal(z.Select(value => Activation.Apply(function, value)), values);
        }
    }

    [Fact]
    public void Sigmoid_AtTheEnds_IsExactlyZeroHalfAndOne()
    {
        Assert.Equal(0, Activation.Sigmoid(-(1 << 17)));
        Assert.Equal(One / 2, Activation.Sigmoid(0));
        Assert.Equal(One, Activation.Sigmoid(1 << 17));
        Assert.Equal(0, Activation.Tanh(0));
        Assert.Equal(One, Activation.Tanh(1 << 16));
        Assert.Equal(-One, Activation.Tanh(-(1 << 16)));
    }

    [Fact]
    public void Arctangent_AtZeroAndOne_IsZeroAndPiOver4()
    {
        ActivationFunction atan = new(ActivationKind.Atan);
        Assert.Equal(0, Activation.Apply(atan, 0));
        Assert.Equal((int)Math.Round(Math.PI / 4 * One), Activation.Apply(atan, 1 << 13));
        Assert.Equal(-(int)Math.Round(Math.PI / 4 * One), Activation.Apply(atan, -(1 << 13)));
    }

    [Fact]
    public void Sigmoid_TailOfLongMemory_KeepsTwoPercent()
    {
        for (int z = 0; z < 1 << 17; z++)
        {
            double tail = 1 / (1 + Math.Exp(z / 8192.0));
            if (tail >= 2e-5)
                Assert.InRange((One - Activation.Sigmoid(z)) / (double)One, tail * 0.98, tail * 1.02);
        }
    }

    private static void CheckStated(string name, double largest)
    {
        string line = File.ReadLines(Path.Combine(SharedData.Repository, "src", "Latch.Runtime", "NUMERICS.md"))
            .Single(text => text.StartsWith($"| {name} |", StringComparison.Ordinal));
        double stated = double.Parse(line.Split('|')[2].Trim(), CultureInfo.InvariantCulture);
        Assert.True(largest <= stated && largest >= stated * 0.9, $"{name}: NUMERICS.md states {stated:E2}, measured {largest:E3}.");
    }
}
