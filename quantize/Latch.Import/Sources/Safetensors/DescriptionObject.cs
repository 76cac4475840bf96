using System.Text.Json;

namespace Latch.Import.Sources.Safetensors;

/// <summary>
/// An object of a description. Its members are read one by one and then closed: what was not read is unknown and refused, and what was needed but not there is
/// missing. A member that is not of its type is refused at once.
/// </summary>
internal sealed class DescriptionObject
{
    public const string Schema = "model.schema.json says what belongs here";

    private readonly Dictionary<string, JsonElement> _members = [];
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];
    private readonly string _source;
    private readonly string _path;
    private readonly string _layer;

    /// <param name="element">The object.</param>
    /// <param name="source">What messages call the file.</param>
    /// <param name="path">Where in the file it is; empty for the whole.</param>
    /// <param name="layer">The type of the layer it is of; empty when of none.</param>
    public DescriptionObject(JsonElement element, string source, string path = "", string layer = "")
    {
        (_source, _path, _layer) = (source, path, layer);
        if (element.ValueKind != JsonValueKind.Object)
            throw Fail("", $"must be an object; {Schema}");
        foreach (JsonProperty member in element.EnumerateObject())
            _members.Add(member.Name, member.Value);
    }

    public bool Has(string name) => _members.ContainsKey(name);

    public JsonElement? Find(string name)
    {
        _known.Add(name);
        return _members.TryGetValue(name, out JsonElement value) ? value : null;
    }

    public string? TextOrNull(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, value, "a text")
        : null;

    /// <summary>A text that has to be there and is not empty.</summary>
    public string Text(string name)
    {
        if (TextOrNull(name) is not { } text)
        {
            _missing.Add(name);
            return "";
        }
        return text.Length > 0 ? text : throw Fail(name, "must not be empty");
    }

    public bool Flag(string name, bool missing) => Find(name) is { } value
        ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, value, "true or false")
        : missing;

    public int? IntegerOrNull(string name, int least, int most) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Wrong(name, value, $"a whole number from {least} to {most}")
        : null;

    public int Integer(string name, int missing, int least, int most) => IntegerOrNull(name, least, most) ?? missing;

    /// <summary>A whole number that has to be there.</summary>
    public int Integer(string name, int least, int most)
    {
        if (IntegerOrNull(name, least, most) is not { } number)
        {
            _missing.Add(name);
            return least;
        }
        return number;
    }

    public float? NumberOrNull(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && float.IsFinite(number) ? number : throw Wrong(name, value, "a number")
        : null;

    public string? ChoiceOrNull(string name, IEnumerable<string> choices) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.String && choices.Contains(value.GetString()!) ? value.GetString()! : throw Wrong(name, value, $"one of {string.Join(", ", choices)}")
        : null;

    /// <summary>A choice that has to be made.</summary>
    public string Choice(string name, IReadOnlyList<string> choices)
    {
        if (ChoiceOrNull(name, choices) is { } choice)
            return choice;
        _missing.Add(name);
        return choices[0];
    }

    public JsonElement[] List(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Wrong(name, value, "a list")
        : [];

    /// <summary>Texts by name; empty when the member is missing.</summary>
    public Dictionary<string, string> Texts(string name)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(member => member.Value.ValueKind != JsonValueKind.String))
            throw Wrong(name, value, "an object whose members are texts");
        return value.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString()!);
    }

    /// <summary>Says that all members are read.</summary>
    /// <exception cref="ImportException">There are others, or some that have to be there are not.</exception>
    public void Close()
    {
        if (_members.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
            throw Fail(unknown, $"is unknown here. Known are: {string.Join(", ", _known)}");
        if (_missing.Count > 0)
            throw Fail(_missing[0], $"is missing; {Schema}");
    }

    public ImportException Fail(string member, string detail, ImportErrorCode code = ImportErrorCode.BrokenDescription)
    {
        string where = _layer.Length > 0 ? member : string.Join('.', new[] { _path, member }.Where(part => part.Length > 0));
        return new ImportException(code, _source, detail, _layer.Length > 0 ? _path : "", _layer, where);
    }

    private ImportException Wrong(string name, JsonElement value, string wanted)
    {
        string text = value.GetRawText();
        return Fail(name, $"must be {wanted}, not {(text.Length > 40 ? $"{text[..40]}..." : text)}");
    }
}
