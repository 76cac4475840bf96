using System.Runtime.InteropServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Tests.Kernels;

public sealed class KernelTests
{
    public static TheoryData<string, bool> Vectors()
    {
        TheoryData<string, bool> data = [];
        foreach (Kernel kernel in KernelCatalog.Available.Where(kernel => kernel is not ScalarKernel))
        {
            data.Add(kernel.Name, false);
            data.Add(kernel.Name, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Multiply_EveryLength_EqualsScalar(string name, bool wide)
    {
        Kernel kernel = KernelCatalog.Choose(name);
        var scalar = new ScalarKernel();
        var random = new Random(1);
        int compared = 0;
        for (int columns = 1; columns <= 300; columns++)
        {
            foreach (int rows in new[] { 1, 15, 16, 17, 40 })
            {
                foreach ((sbyte[] weights, byte[] codes) in Cases(random, rows, columns, wide))
                {
                    // Buffers are exactly as long as the contract says, so a read or write beyond them is found.
                    int[] expected = new int[rows], actual = new int[rows];
                    var span = new CodeSpan(codes, wide ? ElementType.Int16 : ElementType.Int8);
                    scalar.Multiply(scalar.Pack(weights, rows, columns), span, expected);
                    kernel.Multiply(kernel.Pack(weights, rows, columns), span, actual);
                    Assert.Equal(expected, actual);
                    compared++;
                }
            }
        }
        Assert.Equal(300 * 5 * 4, compared);
    }

    [Fact]
    public void Multiply_Scalar_IsTheSumOfProducts()
    {
        var kernel = new ScalarKernel();
        int[] sums = new int[2];
        byte[] codes = [unchecked((byte)-128), 5, 127];
        kernel.Multiply(kernel.Pack([127, -127, 1, 0, 2, -3], 2, 3), new CodeSpan(codes, ElementType.Int8), sums);
        Assert.Equal([(-128 * 127) + (5 * -127) + 127, (5 * 2) + (127 * -3)], sums);
    }

    [Fact]
    public void Choose_UnknownName_NamesThoseThatExist()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => KernelCatalog.Choose("quantum"));
        Assert.Contains("quantum", error.Message, StringComparison.Ordinal);
        Assert.Contains("scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_NameInTheEnvironment_IsTakenUnlessTheOptionNamesOne()
    {
        string? before = Environment.GetEnvironmentVariable(KernelCatalog.Variable);
        try
        {
            Environment.SetEnvironmentVariable(KernelCatalog.Variable, "scalar");
            Assert.Equal("scalar", KernelCatalog.Choose(null).Name);
            Assert.Equal("vector128", KernelCatalog.Choose("vector128").Name);
        }
        finally
        {
            Environment.SetEnvironmentVariable(KernelCatalog.Variable, before);
        }
    }

    /// <summary>The longest rows section 8 allows: sums that end just below 2^31.</summary>
    [Theory]
    [InlineData(false, 132_104)]
    [InlineData(true, 516)]
    public void Multiply_LongestRow_DoesNotOverflow(bool wide, int columns)
    {
        ElementType type = wide ? ElementType.Int16 : ElementType.Int8;
        sbyte[] weights = [.. Enumerable.Repeat((sbyte)-127, columns)];
        Assert.True(AccumulatorBounds.RowFits(weights, type));
        Assert.False(AccumulatorBounds.RowFits([.. weights, 127], type));
        long expected = 127L * columns * AccumulatorBounds.LargestCode(type);
        byte[] codes = wide ? MemoryMarshal.AsBytes<short>([.. Enumerable.Repeat(short.MinValue, columns)]).ToArray() : [.. Enumerable.Repeat((byte)128, columns)];
        foreach (Kernel kernel in KernelCatalog.Available)
        {
            int[] sums = new int[1];
            kernel.Multiply(kernel.Pack(weights, 1, columns), new CodeSpan(codes, type), sums);
            Assert.Equal(expected, sums[0]);
        }
    }

    [Fact]
    public void Available_AnyProcessor_EndsWithScalarAndHasAVectorKernel()
    {
        Assert.Equal("scalar", KernelCatalog.Available[^1].Name);
        Assert.Contains(KernelCatalog.Available, kernel => kernel.Name == "vector128");
    }

    private static IEnumerable<(sbyte[] Weights, byte[] Codes)> Cases(Random random, int rows, int columns, bool wide)
    {
        byte[] Codes(Func<int> code) => wide
            ? MemoryMarshal.AsBytes<short>([.. Enumerable.Range(0, columns).Select(_ => (short)code())]).ToArray()
            : [.. Enumerable.Range(0, columns).Select(_ => (byte)code())];
        sbyte[] Weights(Func<int> weight) => [.. Enumerable.Range(0, rows * columns).Select(_ => (sbyte)weight())];
        int low = wide ? short.MinValue : sbyte.MinValue, high = wide ? short.MaxValue : sbyte.MaxValue;
        yield return (Weights(() => random.Next(-127, 128)), Codes(() => random.Next(low, high + 1)));
        yield return (Weights(() => 127), Codes(() => low));
        yield return (Weights(() => -127), Codes(() => low));
        yield return (Weights(() => random.Next(2) == 0 ? 127 : -127), Codes(() => random.Next(2) == 0 ? low : high));
    }
}
