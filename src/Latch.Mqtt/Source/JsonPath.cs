using System.Globalization;
using System.Text.Json;

namespace Latch.Mqtt;

/// <summary>A place in a JSON document: names separated by dots, indexes in brackets, such as <c>sensor.readings[0].value</c>.</summary>
internal sealed class JsonPath
{
    private readonly object[] _steps;

    private JsonPath(object[] steps) => _steps = steps;

    public static JsonPath Parse(string path) =>
        TryParse(path, out List<object> steps, out string? fault) ? new JsonPath([.. steps]) : throw new FormatException(fault);

    public static string? FaultOf(string path) => TryParse(path, out _, out string? fault) ? null : fault;

    /// <summary>The number at this place, 1 or 0 for true or false; NaN when there is none.</summary>
    public float Read(JsonElement root)
    {
        JsonElement element = root;
        foreach (object step in _steps)
        {
            if (step is int index)
            {
                if (element.ValueKind != JsonValueKind.Array || index >= element.GetArrayLength())
                    return float.NaN;
                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty((string)step, out element))
            {
                return float.NaN;
            }
        }
        return Number(element);
    }

    private static float Number(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => (float)element.GetDouble(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String when float.TryParse(element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out float value) => value,
        _ => float.NaN,
    };

    private static bool TryParse(string path, out List<object> steps, out string? fault)
    {
        steps = [];
        fault = null;
        foreach (string part in path.Split('.'))
        {
            int bracket = part.IndexOf('[', StringComparison.Ordinal);
            string name = bracket < 0 ? part : part[..bracket];
            if (name.Length > 0)
                steps.Add(name);
            // Only the first part may be an index alone: "[0].value".
            else if (bracket < 0 || steps.Count > 0)
                fault = $"'{path}' has an empty name; write names separated by dots.";
            foreach (string index in bracket < 0 ? [] : part[(bracket + 1)..].Split('['))
            {
                if (index.EndsWith(']') && int.TryParse(index[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                    steps.Add(number);
                else
                    fault = $"'{path}' has an index that is not a number in brackets; write name[0].";
            }
        }
        return fault is null;
    }
}
