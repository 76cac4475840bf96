using System.Globalization;
using System.Text.Json;

namespace Latch.Sensors.Definitions;

/// <summary>Reads one JSON object property by property: a fault is noted with its path and reading goes on, so that all are told at once.</summary>
/// <remarks>A property that was never asked for is a fault of its own (<see cref="Finish"/>).</remarks>
internal sealed class DefinitionReader
{
    private readonly JsonElement _element;
    private readonly List<string> _faults;
    private readonly List<string> _known = [];
    private readonly bool _isObject;

    internal DefinitionReader(JsonElement element, string path, List<string> faults)
    {
        (_element, Path, _faults) = (element, path, faults);
        _isObject = element.ValueKind == JsonValueKind.Object;
        if (!_isObject)
            faults.Add($"{path}: an object in braces was expected, not {Show(element)}.");
    }

    /// <summary>Where the object stands, such as <c>source.registers[2]</c>.</summary>
    internal string Path { get; }

    /// <summary>The faults met so far, of this object and of the others.</summary>
    internal List<string> Faults => _faults;

    /// <summary>Notes a fault of a property; of what is not an object that alone is told.</summary>
    internal void Fault(string name, string text)
    {
        if (_isObject)
            _faults.Add($"{Path}.{name}: {text}");
    }

    internal bool Has(string name) => Find(name, out _);

    /// <summary>A text that must be there and must not be empty.</summary>
    internal string RequiredText(string name)
    {
        if (!Find(name, out _))
            Fault(name, "is missing; a text was expected.");
        return Text(name, "") ?? "";
    }

    /// <summary>A text that is not empty, or the fallback where the property is absent.</summary>
    internal string? Text(string name, string? fallback = null)
    {
        if (!Find(name, out JsonElement value))
            return fallback;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
            return text;
        Fault(name, $"{Show(value)} is not a text of at least one character.");
        return fallback;
    }

    /// <summary>One of some words.</summary>
    internal T Choice<T>(string name, T fallback, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (!Find(name, out JsonElement value))
            return fallback;
        List<string> words = [];
        foreach ((string word, T meant) in choices)
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(word))
                return meant;
            words.Add(word);
        }

        Fault(name, $"{Show(value)} is not one of {string.Join(", ", words)}.");
        return fallback;
    }

    /// <summary>A whole number, also as hexadecimal text ("0x53"); required where there is no fallback.</summary>
    internal long Integer(string name, long least, long most, long? fallback = null)
    {
        if (!Find(name, out JsonElement value))
        {
            if (fallback is null)
                Fault(name, $"is missing; a whole number from {least} to {most} was expected.");
            return fallback ?? least;
        }

        if (IsInteger(value, out long number) && number >= least && number <= most)
            return number;
        Fault(name, $"{Show(value)} is not a whole number from {least} to {most} (hexadecimal as text: \"0x1F\").");
        return fallback ?? least;
    }

    /// <summary>A finite number above a limit (or any, without one).</summary>
    internal double Number(string name, double fallback, double? above = null)
    {
        if (!Find(name, out JsonElement value))
            return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && !(number <= above))
            return number;
        Fault(name, $"{Show(value)} is not a number{(above is { } limit ? string.Create(CultureInfo.InvariantCulture, $" above {limit}") : "")}.");
        return fallback;
    }

    internal bool Flag(string name, bool fallback = false)
    {
        if (!Find(name, out JsonElement value))
            return fallback;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Fault(name, $"{Show(value)} is neither true nor false.");
        return fallback;
    }

    /// <summary>A list of texts; empty where absent.</summary>
    internal string[] Texts(string name)
    {
        List<string> texts = [];
        foreach ((JsonElement item, string path) in Items(name))
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text)
                texts.Add(text);
            else
                _faults.Add($"{path}: {Show(item)} is not a text of at least one character.");
        }

        return [.. texts];
    }

    /// <summary>A list of objects; empty where absent.</summary>
    internal IEnumerable<DefinitionReader> Objects(string name) => Items(name).Select(item => new DefinitionReader(item.Value, item.Path, _faults));

    /// <summary>An object; null where absent.</summary>
    internal DefinitionReader? Object(string name) => Find(name, out JsonElement value) ? new(value, $"{Path}.{name}", _faults) : null;

    /// <summary>The property as it stands, for values of several forms.</summary>
    internal JsonElement? Element(string name) => Find(name, out JsonElement value) ? value : null;

    /// <summary>Name and value of every property of an object whose names are free.</summary>
    internal IEnumerable<(string Name, string Value)> TextProperties()
    {
        if (!_isObject)
            yield break;
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (Text(property.Name) is { } text)
                yield return (property.Name, text);
        }
    }

    /// <summary>Names what was never asked for.</summary>
    internal void Finish()
    {
        if (!_isObject)
            return;
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (!_known.Contains(property.Name, StringComparer.Ordinal))
                Fault(property.Name, $"is unknown here. Known are: {string.Join(", ", _known)}.");
        }
    }

    /// <summary>A value as it stands in the file, shortened.</summary>
    internal static string Show(JsonElement value)
    {
        const int Longest = 40;
        string text = value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText();
        return text.Length <= Longest ? text : $"{text[..Longest]}...";
    }

    private bool Find(string name, out JsonElement value)
    {
        if (!_known.Contains(name, StringComparer.Ordinal))
            _known.Add(name);
        value = default;
        return _isObject && _element.TryGetProperty(name, out value);
    }

    private List<(JsonElement Value, string Path)> Items(string name)
    {
        if (!Find(name, out JsonElement list))
            return [];
        if (list.ValueKind == JsonValueKind.Array)
            return [.. list.EnumerateArray().Select((item, at) => (item, $"{Path}.{name}[{at}]"))];
        Fault(name, $"a list in brackets was expected, not {Show(list)}.");
        return [];
    }

    private static bool IsInteger(JsonElement value, out long number)
    {
        number = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out number),
            JsonValueKind.String => value.GetString() is { } text && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }
}
