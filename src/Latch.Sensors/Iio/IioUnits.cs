namespace Latch.Sensors.Iio;

/// <summary>Units of channel types after scale and offset, as the kernel's ABI states them (Documentation/ABI/testing/sysfs-bus-iio).</summary>
internal static class IioUnits
{
    private static readonly Dictionary<string, string> s_units = new(StringComparer.Ordinal)
    {
        ["accel"] = "m/s²",
        ["gravity"] = "m/s²",
        ["anglvel"] = "rad/s",
        ["angl"] = "rad",
        ["magn"] = "G",
        ["temp"] = "m°C",
        ["voltage"] = "mV",
        ["altvoltage"] = "mV",
        ["current"] = "mA",
        ["altcurrent"] = "mA",
        ["power"] = "mW",
        ["energy"] = "J",
        ["resistance"] = "Ω",
        ["capacitance"] = "nF",
        ["pressure"] = "kPa",
        ["humidityrelative"] = "m%",
        ["illuminance"] = "lx",
        ["distance"] = "m",
        ["velocity"] = "m/s",
        ["concentration"] = "%",
        ["electricalconductivity"] = "S/m",
        ["phase"] = "rad",
        ["rot"] = "°",
        ["incli"] = "°",
        ["timestamp"] = "ns",
    };

    /// <summary>The unit; empty for a type without one.</summary>
    internal static string Of(string type) => s_units.GetValueOrDefault(type, "");
}
