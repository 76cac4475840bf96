namespace Latch.Anomaly;

/// <summary>What about a channel is out of the ordinary.</summary>
public enum AlarmReason
{
    /// <summary>One residual is too large.</summary>
    Jump,

    /// <summary>The mean residual over the short window is too far from its usual value: a level changed.</summary>
    Shift,

    /// <summary>The mean residual over the long window is too far from its usual value: the channel creeps away from the forecast.</summary>
    Drift,

    /// <summary>The mean size of the residuals over the short window is too large: the channel is rougher than forecast.</summary>
    Burst,

    /// <summary>The reading has not changed for too long.</summary>
    Still,

    /// <summary>Readings are missing for too long.</summary>
    Missing,
}
