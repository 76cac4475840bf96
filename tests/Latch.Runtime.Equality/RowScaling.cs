using System.Numerics;

namespace Latch.Runtime.Equality;

/// <summary>Multipliers and biases that make a profile of the sums: result = (sum x multiplier + bias ...) >> <see cref="Shift"/>.</summary>
internal static class RowScaling
{
    public const int Shift = 24;

    /// <summary>Rows take turns: centred on one of the patterns at the ends, and one turn over the whole range.</summary>
    public const int Turns = CodePattern.Ends + 1;

    /// <summary>The pattern a row is centred on, or <see cref="CodePattern.Ends"/> for none.</summary>
    public static int Turn(int row, int seed) => (row / 4 + seed) % Turns;

    /// <summary>The multiplier of a row.</summary>
    /// <param name="profile">What to make of the sum.</param>
    /// <param name="turn">The row's turn.</param>
    /// <param name="largest">Largest magnitude of the row's sums together.</param>
    /// <param name="deviation">The sums' standard deviation over random codes.</param>
    /// <param name="bits">Bits a centred result may have before it is limited.</param>
    public static int Multiplier(SumProfile profile, int turn, long largest, double deviation, int bits) => profile switch
    {
        SumProfile.Exact when turn < CodePattern.Ends => 1 << (Shift - Math.Max(0, Length(largest) - bits)),
        SumProfile.Exact => Ratio(0.9 * (1 << 20) / largest),
        SumProfile.Ties => 1 << (Shift - Math.Max(1, Length(largest) - 20)),
        SumProfile.Curved when turn == 0 => Ratio(0.95 * (1 << 17) / largest),
        SumProfile.Curved => Ratio(2 * 8192 / deviation),
        _ => Ratio(80 * 8192 / deviation),
    };

    private static int Length(long value) => 64 - BitOperations.LeadingZeroCount((ulong)value);

    private static int Ratio(double ratio) => (int)Math.Clamp(Math.Round(ratio * (1 << Shift)), 1, int.MaxValue);
}
