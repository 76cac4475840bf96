using System.Text.Json;
using Latch.Sensors.Definitions;

namespace Latch.Sensors.Outputs;

/// <summary>How a line shows one level.</summary>
/// <param name="On">Milliseconds on; 0 is always off.</param>
/// <param name="Off">Milliseconds off; 0 is always on.</param>
/// <param name="Repeat">Times on before the line stays off; 0 is without end.</param>
internal readonly record struct AlarmPattern(int On, int Off, int Repeat)
{
    internal static readonly AlarmPattern AlwaysOff = default;
    internal static readonly AlarmPattern AlwaysOn = new(1, 0, 0);
    private const int LongestMilliseconds = 3_600_000;

    /// <summary>Reads <c>"on"</c>, <c>"off"</c> or <c>{"on": 100, "off": 900, "repeat": 3}</c>.</summary>
    internal static AlarmPattern Read(DefinitionReader patterns, string level, AlarmPattern fallback)
    {
        if (patterns.Element(level) is not { } element)
            return fallback;
        if (element.ValueKind != JsonValueKind.Object)
            return patterns.Choice(level, fallback, ("on", AlwaysOn), ("off", AlwaysOff));
        DefinitionReader reader = patterns.Object(level)!;
        AlarmPattern pattern = new(
            (int)reader.Integer("on", 1, LongestMilliseconds),
            (int)reader.Integer("off", 1, LongestMilliseconds),
            (int)reader.Integer("repeat", 1, 1_000_000, fallback: 0));
        reader.Finish();
        return pattern;
    }
}
