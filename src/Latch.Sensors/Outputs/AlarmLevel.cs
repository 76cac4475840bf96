namespace Latch.Sensors.Outputs;

/// <summary>How bad it is, from least to worst.</summary>
public enum AlarmLevel
{
    /// <summary>Nothing out of the ordinary.</summary>
    Normal,

    /// <summary>Worth a look.</summary>
    Warning,

    /// <summary>The score is above its threshold.</summary>
    Alarm,

    /// <summary>A sensor or the model cannot be trusted.</summary>
    Fault,
}
