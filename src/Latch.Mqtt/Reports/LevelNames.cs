using Latch.Sensors.Outputs;

namespace Latch.Mqtt;

/// <summary>Names of the levels in messages.</summary>
internal static class LevelNames
{
    /// <summary>In the order of <see cref="AlarmLevel"/>.</summary>
    public static readonly string[] All = ["normal", "warning", "alarm", "fault"];

    public static string Of(AlarmLevel level) => All[(int)level];
}
