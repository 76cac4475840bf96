namespace Latch.Samples.Vibration;

/// <summary>Geometry of a rolling bearing with a fixed outer ring, and how often its parts meet, as multiples of the shaft's speed.</summary>
/// <param name="Balls">Number of rolling elements.</param>
/// <param name="BallDiameter">In mm.</param>
/// <param name="PitchDiameter">In mm, between the centres of opposite balls.</param>
/// <param name="ContactCosine">Cosine of the contact angle; 1 for a bearing without thrust.</param>
internal sealed record Bearing(int Balls, double BallDiameter, double PitchDiameter, double ContactCosine)
{
    private double Ratio => BallDiameter / PitchDiameter * ContactCosine;

    /// <summary>FTF, the cage's speed.</summary>
    public double Cage => (1 - Ratio) / 2;

    /// <summary>BPFO, balls passing a point of the outer race.</summary>
    public double OuterRace => Balls * Cage;

    /// <summary>BPFI, balls passing a point of the inner race.</summary>
    public double InnerRace => Balls * (1 + Ratio) / 2;

    /// <summary>BSF, turns of a ball; a damaged spot on it strikes a race twice a turn.</summary>
    public double BallSpin => PitchDiameter / (2 * BallDiameter) * (1 - (Ratio * Ratio));

    /// <summary>The share of the greatest load carried at an angle from the load's direction, after Stribeck: zero outside the load zone.</summary>
    /// <param name="turns">Angle from the direction of the load, in turns.</param>
    /// <param name="distribution">Stribeck's load distribution factor; 0.5 loads half of the ring.</param>
    public static double LoadShare(double turns, double distribution = 0.5)
    {
        double share = Math.Max(0, 1 - ((1 - Wave.Cosine(turns)) / (2 * distribution)));
        return share * Math.Sqrt(share);
    }
}
