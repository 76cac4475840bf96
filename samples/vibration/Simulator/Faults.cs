namespace Latch.Samples.Vibration;

/// <summary>What can be wrong with the machine.</summary>
internal enum FaultKind
{
    /// <summary>Dirt on the rotor.</summary>
    Imbalance,

    /// <summary>Shafts that do not run in line.</summary>
    Misalignment,

    /// <summary>Feet whose bolts are loose.</summary>
    Looseness,

    /// <summary>A spall on the bearing's outer race.</summary>
    Outer,

    /// <summary>A spall on the bearing's inner race.</summary>
    Inner,

    /// <summary>A spall on one ball.</summary>
    Ball,
}

/// <summary>How severe each level of each fault is, in the unit a mechanic would use.</summary>
internal static class Severity
{
    /// <summary>Levels run from 1 to this.</summary>
    public const int Highest = 3;

    private static readonly double[] s_gramsAtRadius = [30, 60, 110];
    private static readonly double[] s_couplingNewtons = [40, 80, 160];
    private static readonly double[] s_looseFeet = [1, 2, 3];
    private static readonly double[] s_impactMilliG = [20, 50, 120];

    /// <summary>The amount of a fault at a level of 1 to <see cref="Highest"/>.</summary>
    public static double Of(FaultKind kind, int level) => kind switch
    {
        FaultKind.Imbalance => s_gramsAtRadius[level - 1],
        FaultKind.Misalignment => s_couplingNewtons[level - 1],
        FaultKind.Looseness => s_looseFeet[level - 1],
        _ => s_impactMilliG[level - 1],
    };

    /// <summary>The level in words, for labels; holds no comma.</summary>
    public static string Describe(FaultKind kind, int level) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"level {level}: {Of(kind, level)} ") + kind switch
    {
        FaultKind.Imbalance => "g at 0.4 m",
        FaultKind.Misalignment => "N at the coupling",
        FaultKind.Looseness => level == 1 ? "loose foot" : "loose feet",
        _ => "mg per impact",
    };
}
