namespace Latch.Runtime;

/// <summary>A hook in the step. Implement it as a struct: it becomes part of the step's code, and without one there is none.</summary>
public interface IGateProbe
{
    /// <summary>Called once per recurrent layer and step, after the step. The frame's spans are valid during the call only.</summary>
    void OnStep(in GateFrame frame);
}

/// <summary>The probe that does nothing; the step compiled for it holds no probe code and counts no saturation.</summary>
public readonly struct NoGateProbe : IGateProbe
{
    /// <summary>Does nothing.</summary>
    public void OnStep(in GateFrame frame)
    {
    }
}

/// <summary>Whether a step compiled for <typeparamref name="TProbe"/> observes: a constant for the compiler.</summary>
internal static class Probing<TProbe>
    where TProbe : struct, IGateProbe
{
    public static bool IsOn => typeof(TProbe) != typeof(NoGateProbe);
}
