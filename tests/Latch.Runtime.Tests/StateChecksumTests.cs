using System.Numerics;

namespace Latch.Runtime.Tests;

public sealed class StateChecksumTests
{
    [Fact]
    public void Of_Integers_IsItsFormula()
    {
        int[] state = [0, 1, -1, int.MinValue, int.MaxValue, 123456789];
        BigInteger hash = BigInteger.Parse("14695981039346656037", null), modulus = BigInteger.One << 64;
        foreach (int value in state)
            hash = (hash ^ (uint)value) * 1099511628211 % modulus;
        Assert.Equal((ulong)hash, StateChecksum.Of(state));
    }
}
