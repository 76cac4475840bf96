using System.Numerics;
using Latch.Model;

namespace Latch.Telemetry;

/// <summary>Where the values of a gate can lie, Q7.24: the sketch's 64 bins cover Low to Low + 64 x 2^<paramref name="BinShift"/>.</summary>
/// <param name="Low">Lowest value, a multiple of the bin's width.</param>
/// <param name="BinShift">Width of a bin as a power of two.</param>
internal readonly record struct GateRange(int Low, int BinShift)
{
    /// <summary>Bins of a sketch.</summary>
    public const int Bins = 1 << BinBits;

    private const int BinBits = 6;

    private const int MostBits = 31;

    public long Span => 1L << (BinShift + BinBits);

    /// <summary>Q7.24 of a share of the range.</summary>
    public double At(double share) => Low + (share * Span);

    /// <summary>0..1 for a sigmoid, -1..1 for tanh; else the powers of two that hold the function's values, at most -128..128.</summary>
    public static GateRange Of(ActivationFunction function) => function.Kind switch
    {
        ActivationKind.Sigmoid or ActivationKind.HardSigmoid => Positive(FixedPoint.GateBits),
        ActivationKind.Tanh or ActivationKind.Softsign => Symmetric(FixedPoint.GateBits),
        ActivationKind.ScaledTanh => Symmetric(Bits(function.Alpha)),
        ActivationKind.Clip when function.Alpha >= 0 => Positive(Bits(function.Beta)),
        ActivationKind.Clip => Symmetric(Math.Max(Bits(function.Alpha), Bits(function.Beta))),
        ActivationKind.Relu or ActivationKind.Softplus or ActivationKind.ThresholdedRelu => Positive(MostBits),
        _ => Symmetric(MostBits),
    };

    /// <summary>The range of a gate of a layer, by its place in storage order.</summary>
    public static GateRange Of(RecurrentLayer layer, int gate) =>
        Of(layer.Kind != CellKind.Rnn && gate == layer.GateCount - 1 ? layer.CandidateActivation : layer.GateActivation);

    private static GateRange Positive(int bits) => new(0, bits - BinBits);

    private static GateRange Symmetric(int bits) => new((int)-(1L << bits), bits + 1 - BinBits);

    private static int Bits(int bound) => Math.Clamp(MostBits + 1 - BitOperations.LeadingZeroCount((uint)(Math.Abs((long)bound) - 1)), BinBits, MostBits);
}
