namespace Latch.Runtime;

/// <summary>What a forced gate does instead of following its pre-activation.</summary>
public enum GateForce
{
    /// <summary>Exactly 1.</summary>
    Open,

    /// <summary>Exactly 0.</summary>
    Closed,

    /// <summary>The value of the step before; 0 before the first step after a reset.</summary>
    Hold,
}
