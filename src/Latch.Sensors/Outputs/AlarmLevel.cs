namespace Latch.Sensors.Outputs;

/// <summary>What an output shows.</summary>
public enum AlarmLevel
{
    /// <summary>Nothing is the matter.</summary>
    Normal,

    /// <summary>The score nears its threshold.</summary>
    Warning,

    /// <summary>An alarm is on.</summary>
    Alarm,

    /// <summary>The sensors or the program itself have failed: whether there is an alarm is not known.</summary>
    Fault,
}
