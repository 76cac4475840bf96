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

    [Fact]
    public void Default_EncodesNothing_AndFits() => Assert.True(default(CodeEncoding) is { IsSet: false, FitsLanes: true });
}
