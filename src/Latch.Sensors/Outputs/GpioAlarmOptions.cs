using Latch.Sensors.Definitions;

namespace Latch.Sensors.Outputs;

/// <summary>What <see cref="GpioAlarmOutput"/> drives and how.</summary>
/// <param name="Chip">N of <c>/dev/gpiochipN</c>.</param>
/// <param name="Line">Line of the chip; on a Raspberry Pi the GPIO number.</param>
/// <param name="ActiveLow">Whether the low level is on.</param>
/// <param name="SafeOn">Whether the line is on before the first and after the last level.</param>
/// <param name="Patterns">One per <see cref="AlarmLevel"/>.</param>
internal sealed record GpioAlarmOptions(int Chip, int Line, bool ActiveLow, bool SafeOn, AlarmPattern[] Patterns)
{
    internal static GpioAlarmOptions Read(DefinitionReader reader)
    {
        int chip = (int)reader.Integer("chip", 0, 255, fallback: 0);
        int line = (int)reader.Integer("line", 0, 1023);
        bool activeLow = reader.Flag("activeLow");
        bool safeOn = reader.Choice("safe", false, ("off", false), ("on", true));
        AlarmPattern[] patterns = [AlarmPattern.AlwaysOff, AlarmPattern.AlwaysOff, AlarmPattern.AlwaysOn, AlarmPattern.AlwaysOff];
        if (reader.Object("patterns") is { } levels)
        {
            string[] names = ["normal", "warning", "alarm", "fault"];
            for (int i = 0; i < names.Length; i++)
                patterns[i] = AlarmPattern.Read(levels, names[i], patterns[i]);
            levels.Finish();
        }

        return new(chip, line, activeLow, safeOn, patterns);
    }
}
