using System.Globalization;
using System.Text.Json;

namespace Latch.Agent.Configuration;

/// <summary>A property as the reader knows it; the test of the schema compares them.</summary>
/// <param name="Path">Such as <c>state.everySeconds</c>.</param>
/// <param name="Type">A type of JSON: string, number, integer, boolean, array, object.</param>
/// <param name="Least">Smallest number; null for none.</param>
/// <param name="Greatest">Largest number; null for none.</param>
/// <param name="Default">Default as JSON; null for none.</param>
/// <param name="Choices">Allowed words; null for any.</param>
internal sealed record KnownProperty(string Path, string Type, double? Least = null, double? Greatest = null, string? Default = null, IReadOnlyList<string>? Choices = null);

/// <summary>Reads one object of the configuration and notes what is wrong; a value that is wrong or absent becomes its default.</summary>
internal sealed class Section
{
    private readonly JsonElement _element;
    private readonly string _path;
    private readonly ConfigurationFaults _faults;
    private readonly List<KnownProperty> _known;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <param name="element">The object; undefined where it is absent.</param>
    /// <param name="path">Its place; empty for the root.</param>
    /// <param name="faults">Collects faults.</param>
    /// <param name="known">Collects the properties asked for.</param>
    public Section(JsonElement element, string path, ConfigurationFaults faults, List<KnownProperty> known)
    {
        (_path, _faults, _known) = (path, faults, known);
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
            faults.Add(path.Length == 0 ? "the file" : path, "must be an object.");
        else
            _element = element;
    }

    /// <summary>Whether the object is there.</summary>
    public bool IsPresent => _element.ValueKind == JsonValueKind.Object;

    /// <summary>Whether files that are named must be on this machine.</summary>
    public bool LookForFiles => _faults.LookForFiles;

    /// <summary>Place of a property.</summary>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>Notes a fault of a property.</summary>
    public void Fault(string name, string what) => _faults.Add(PathOf(name), what);

    /// <summary>Notes faults that options have found themselves, each as "key: what".</summary>
    public void Faults(IEnumerable<string> faults)
    {
        foreach (string fault in faults)
            _faults.Add(_path, fault, joined: true);
    }

    /// <summary>As <see cref="Faults"/>, where the keys begin with this object's name.</summary>
    public void ParentFaults(IEnumerable<string> faults)
    {
        foreach (string fault in faults)
            _faults.Add(_path[.._path.LastIndexOf('.')], fault, joined: true);
    }

    /// <summary>The objects of a list in this one.</summary>
    public IEnumerable<Section> Items(string name)
    {
        JsonElement list = Raw(name, "array");
        int at = 0;
        foreach (JsonElement item in list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : Array.Empty<JsonElement>())
            yield return new Section(item, $"{PathOf(name)}[{at++}]", _faults, []);
    }

    /// <summary>An object in this one.</summary>
    public Section Child(string name)
    {
        Know(name, "object");
        return new Section(Find(name), PathOf(name), _faults, _known);
    }

    /// <summary>A value that is read elsewhere; undefined where it is absent.</summary>
    /// <param name="name">The property.</param>
    /// <param name="type">Its type of JSON: object or array.</param>
    public JsonElement Raw(string name, string type)
    {
        Know(name, type);
        JsonElement value = Find(name);
        JsonValueKind expected = type == "array" ? JsonValueKind.Array : JsonValueKind.Object;
        if (value.ValueKind is JsonValueKind.Undefined || value.ValueKind == expected)
            return value;
        Fault(name, $"must be an {type}.");
        return default;
    }

    /// <summary>Text, or null where it is absent.</summary>
    public string? Text(string name)
    {
        Know(name, "string");
        JsonElement value = Find(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
            return text;
        Fault(name, "must be a text that is not empty.");
        return null;
    }

    /// <summary>Texts; none where the list is absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        JsonElement list = Raw(name, "array");
        if (list.ValueKind != JsonValueKind.Array)
            return [];
        List<string> texts = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text)
                texts.Add(text);
            else
                Fault($"{name}[{texts.Count}]", "must be a text that is not empty.");
        }

        return texts;
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool otherwise)
    {
        Know(name, "boolean", otherwise: otherwise ? "true" : "false");
        JsonElement value = Find(name);
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        if (value.ValueKind != JsonValueKind.Undefined)
            Fault(name, "must be true or false.");
        return otherwise;
    }

    /// <summary>A number with a default.</summary>
    public double Number(string name, double otherwise, double least, double greatest) => OptionalNumber(name, least, greatest, otherwise) ?? otherwise;

    /// <summary>A number, or null where it is absent.</summary>
    public double? OptionalNumber(string name, double least, double greatest, double? otherwise = null)
    {
        Know(name, "number", least, greatest, otherwise?.ToString("R", CultureInfo.InvariantCulture));
        JsonElement value = Find(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= greatest)
            return number;
        Fault(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {greatest}."));
        return null;
    }

    /// <summary>A whole number with a default.</summary>
    public int Integer(string name, int otherwise, int least, int greatest)
    {
        Know(name, "integer", least, greatest, otherwise.ToString(CultureInfo.InvariantCulture));
        JsonElement value = Find(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return otherwise;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= greatest)
            return number;
        Fault(name, $"must be a whole number from {least} to {greatest}.");
        return otherwise;
    }

    /// <summary>One of some words.</summary>
    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum
    {
        string[] words = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)];
        Know(name, "string", otherwise: $"\"{JsonNamingPolicy.CamelCase.ConvertName(otherwise.ToString())}\"", choices: words);
        JsonElement value = Find(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return otherwise;
        int index = value.ValueKind == JsonValueKind.String ? Array.IndexOf(words, value.GetString()) : -1;
        if (index >= 0)
            return Enum.GetValues<T>()[index];
        Fault(name, $"must be one of {string.Join(", ", words)}.");
        return otherwise;
    }

    /// <summary>The properties of an object whose names are data, such as channels.</summary>
    public IEnumerable<(string Name, Section Section)> Entries()
    {
        if (!IsPresent)
            yield break;
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            _asked.Add(property.Name);
            yield return (property.Name, new Section(property.Value, PathOf(property.Name), _faults, []));
        }
    }

    /// <summary>Notes the properties that nobody asked for.</summary>
    public void End()
    {
        if (!IsPresent)
            return;
        foreach (JsonProperty property in _element.EnumerateObject())
            if (!_asked.Contains(property.Name))
                Fault(property.Name, $"is not known here; known are {string.Join(", ", _asked.Where(static name => name != "$schema"))}.");
    }

    private JsonElement Find(string name) => IsPresent && _element.TryGetProperty(name, out JsonElement value) ? value : default;

    private void Know(string name, string type, double? least = null, double? greatest = null, string? otherwise = null, IReadOnlyList<string>? choices = null)
    {
        _asked.Add(name);
        _known.Add(new KnownProperty(PathOf(name), type, least, greatest, otherwise, choices));
    }
}
