using Latch.Sensors;
using Latch.Sensors.Outputs;

namespace Latch.Mqtt.Tests;

/// <summary>A device with two channels, and its reports.</summary>
internal static class Device
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static DeviceDescription Pump => new()
    {
        Name = "pump-7",
        Model = "pump",
        ModelVersion = 3,
        Fingerprint = "0123456789abcdef",
        AgentVersion = "1.2.0",
        Target = "pi-4",
        Channels = [new SensorChannel("temperature", "°C"), new SensorChannel("it's \"odd\"", "")],
        Rate = 10,
    };

    public static StepReport Step(long step, AlarmLevel level = AlarmLevel.Normal) => new()
    {
        Time = Start.AddSeconds(step),
        Step = step,
        Sample = new float[] { 20.5f + step, step % 2 == 0 ? 1.25f : float.NaN },
        Forecast = new float[] { 20.25f + step, 1.5f },
        Score = 0.5 + step,
        Threshold = 6,
        Level = level,
    };

    public static AlarmReport Alarm(long step, AlarmLevel level = AlarmLevel.Alarm) =>
        new(Start.AddSeconds(step), step, level, AlarmLevel.Normal, 7.5, 6, 0, "residual");
}
