namespace Latch.Sensors.Faults;

/// <summary>How a sensor fails.</summary>
public enum SensorFaultKind
{
    /// <summary>The reading stays at its last value before the fault.</summary>
    Stuck,

    /// <summary>The reading is 0.</summary>
    Zero,

    /// <summary>The reading is missing (NaN).</summary>
    Missing,

    /// <summary>An error is added that grows evenly from 0 to the fault's amount.</summary>
    Drift,
}
