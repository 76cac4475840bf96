using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>Two probes in one step, for example a recording and statistics.</summary>
/// <typeparam name="TFirst">The first probe's type.</typeparam>
/// <typeparam name="TSecond">The second probe's type.</typeparam>
public struct ProbePair<TFirst, TSecond> : IGateProbe
    where TFirst : struct, IGateProbe
    where TSecond : struct, IGateProbe
{
    /// <summary>Called first.</summary>
    public TFirst First;

    /// <summary>Called second.</summary>
    public TSecond Second;

    /// <summary>Makes a pair.</summary>
    public ProbePair(TFirst first, TSecond second) => (First, Second) = (first, second);

    /// <summary>Hands the frame to both.</summary>
    public void OnStep(in GateFrame frame)
    {
        First.OnStep(frame);
        Second.OnStep(frame);
    }
}
