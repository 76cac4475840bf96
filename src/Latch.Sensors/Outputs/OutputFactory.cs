using System.Text.Json;
using Latch.Sensors.Definitions;

namespace Latch.Sensors.Outputs;

/// <summary>Opens the alarm output that a JSON object describes, such as <c>{"kind": "gpio", "chip": 0, "line": 17}</c>.</summary>
public static class OutputFactory
{
    /// <summary>Opens an output.</summary>
    /// <param name="definition">An object with the property <c>kind</c> and those of that kind.</param>
    /// <param name="path">Where the definition stands in the configuration; messages begin with it.</param>
    /// <param name="devices">How devices are opened; the machine's own when null.</param>
    /// <exception cref="DefinitionException">The definition does not hold.</exception>
    /// <exception cref="SensorException">The device cannot be opened.</exception>
    public static IAlarmOutput Open(JsonElement definition, string path = "output", DeviceAccess? devices = null)
    {
        List<string> faults = [];
        GpioAlarmOptions? options = Read(new(definition, path, faults));
        return faults.Count == 0 ? new GpioAlarmOutput(options!, devices ?? new()) : throw new DefinitionException(faults);
    }

    /// <summary>Checks a definition without touching a device.</summary>
    /// <returns>Every fault, each beginning with its path; empty when there is none.</returns>
    public static IReadOnlyList<string> Check(JsonElement definition, string path = "output")
    {
        List<string> faults = [];
        Read(new(definition, path, faults));
        return faults;
    }

    private static GpioAlarmOptions? Read(DefinitionReader reader)
    {
        if (!reader.Choice("kind", false, ("gpio", true)))
        {
            if (!reader.Has("kind"))
                reader.Fault("kind", "is missing; gpio was expected.");
            return null;
        }

        GpioAlarmOptions options = GpioAlarmOptions.Read(reader);
        reader.Finish();
        return options;
    }
}
