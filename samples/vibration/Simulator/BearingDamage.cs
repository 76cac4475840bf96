namespace Latch.Samples.Vibration;

/// <summary>A damaged spot in the bearing: a train of impacts, each as strong as the load where it happens.</summary>
/// <remarks>Balls slip: each distance between impacts has an error of 1 %, which adds up, so that harmonics are smeared the more the higher they are.</remarks>
internal sealed class BearingDamage(Bearing bearing, FaultKind kind, NoiseGenerator noise)
{
    private const double Slip = 0.01;
    private double _next = 0.5;  // impacts until the next one
    private double _cageTurns;

    /// <summary>Impacts per turn of the shaft.</summary>
    public double Order { get; } = kind switch
    {
        FaultKind.Outer => bearing.OuterRace,
        FaultKind.Inner => bearing.InnerRace,
        FaultKind.Ball => 2 * bearing.BallSpin,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is no damage of a bearing."),
    };

    /// <summary>Moves on with the shaft.</summary>
    /// <param name="turned">Turns of the shaft in this step.</param>
    /// <param name="shaftTurns">Where the shaft is, in turns.</param>
    /// <param name="impact">Direction and share of the greatest strength when an impact happens: horizontal, vertical.</param>
    /// <returns>Whether an impact happens in this step.</returns>
    public bool Step(double turned, double shaftTurns, out (double X, double Y) impact)
    {
        impact = default;
        _cageTurns += turned * bearing.Cage;
        _next -= turned * Order;
        if (_next > 0)
            return false;
        _next += Math.Max(0.5, 1 + (Slip * noise.Next()));
        double at = SpotTurns(shaftTurns);
        double share = Bearing.LoadShare(at);
        impact = (share * Wave.Sine(at), share * Wave.Cosine(at));
        return true;
    }

    /// <summary>Where the spot is, in turns from the bottom, where the load is: it stands still on the outer race, turns with the shaft or with the cage.</summary>
    private double SpotTurns(double shaftTurns) => kind switch
    {
        FaultKind.Outer => 0.06,
        FaultKind.Inner => shaftTurns,
        _ => _cageTurns,
    };
}
