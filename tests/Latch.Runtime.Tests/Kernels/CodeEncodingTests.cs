using System.Numerics;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Tests.Kernels;

public sealed class CodeEncodingTests
{
    /// <summary>2^31 M / 2^S must stay below 2^30, and z 2^S within 64 bits.</summary>
    [Theory]
    [InlineData(1 << 30, 31, false)]
    [InlineData((1 << 30) - 1, 31, true)]
    [InlineData(1 << 30, 32, true)]
    [InlineData(1, 54, true)]
    [InlineData(1, 55, false)]
    public void FitsLanes_AtTheLimits_IsWhatLanesHold(int multiplier, int shift, bool fits) =>
        Assert.Equal(fits, new CodeEncoding(new Rescale(multiplier, shift), new Quantization(ElementType.Int8, 1, -128)).FitsLanes);

    [Theory]
    [InlineData(1 << 30, 53, -128, false)]
    [InlineData(1_234_567_891, 47, 0, false)]
    [InlineData(1_999_999_999, 46, 127, false)]
    [InlineData(1_073_741_825, 45, -3, false)]
    [InlineData(1_500_000_001, 40, 0, true)]
    [InlineData(1, 54, 0, true)]
    public void LowestAndHighestInside_OfAnyScale_AreTheLastValuesWhoseCodeIsNotLimited(int multiplier, int shift, int zeroPoint, bool wide)
    {
        var codes = new Quantization(wide ? ElementType.Int16 : ElementType.Int8, 1, zeroPoint);
        var encoding = new CodeEncoding(new Rescale(multiplier, shift), codes);
        Assert.True(encoding.LowestInside <= 0 && encoding.HighestInside >= 0);
        Assert.InRange(Exact(encoding.LowestInside), codes.MinCode, codes.MaxCode);
        Assert.InRange(Exact(encoding.HighestInside), codes.MinCode, codes.MaxCode);
        if (encoding.LowestInside > -int.MaxValue)
            Assert.True(Exact(encoding.LowestInside - 1) < codes.MinCode);
        if (encoding.HighestInside < int.MaxValue)
            Assert.True(Exact(encoding.HighestInside + 1) > codes.MaxCode);

        BigInteger Exact(int value) => Floor((2 * (BigInteger)value * multiplier) + BigInteger.Pow(2, shift), BigInteger.Pow(2, shift + 1)) + zeroPoint;
        static BigInteger Floor(BigInteger dividend, BigInteger divisor) => (dividend - (((dividend % divisor) + divisor) % divisor)) / divisor;
    }

    [Fact]
    public void Default_EncodesNothing_AndFits() => Assert.True(default(CodeEncoding) is { IsSet: false, FitsLanes: true });
}
