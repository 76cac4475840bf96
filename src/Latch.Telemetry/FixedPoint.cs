namespace Latch.Telemetry;

/// <summary>From the runtime's fixed-point integers to real numbers.</summary>
public static class FixedPoint
{
    /// <summary>Fraction bits of gates and of the hidden state: Q7.24.</summary>
    public const int GateBits = 24;

    /// <summary>Fraction bits of gate pre-activations: Q.13.</summary>
    public const int PreActivationBits = 13;

    /// <summary>value / 2^fractionBits.</summary>
    public static double ToReal(int value, int fractionBits) => Math.ScaleB(value, -fractionBits);
}
