namespace Latch.Sensors.Outputs;

/// <summary>Something that shows the alarm level: a lamp, a relay, a buzzer.</summary>
public interface IAlarmOutput : IDisposable
{
    /// <summary>Shows a level until another is set. Returns at once; the level that is shown already changes nothing.</summary>
    /// <exception cref="SensorException">The device fails now or has failed since the last call; dispose the output and open it again.</exception>
    void Set(AlarmLevel level);
}
