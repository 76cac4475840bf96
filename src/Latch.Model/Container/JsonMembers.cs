using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Latch.Model.Container;

/// <summary>
/// Reads one JSON object by the names of its members: each asked for is there, once, and no other. In the order in which a file is written that is
/// one pass; a member found elsewhere costs a walk over the object.
/// </summary>
/// <remarks>Every method but <see cref="Close"/> throws <see cref="JsonException"/> for a member that is not what is asked for.</remarks>
internal ref struct JsonMembers
{
    private readonly Utf8JsonReader _start;

    // At the last token of the last member read in order, or at the name of the next one.
    private Utf8JsonReader _inOrder;
    private Utf8JsonReader _elsewhere;
    private bool _atNext;
    private int _next;

    // One bit for each member that was read, in the order of the file. No object of the format has as many as 64.
    private ulong _read;

    /// <param name="json">At the object's first token.</param>
    internal JsonMembers(Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException($"There is {json.TokenType} where an object is expected, at byte {json.TokenStartIndex}.");
        _start = json;
        _inOrder = json;
    }

    /// <summary>The first token of a member's value, to be read up to its last one.</summary>
    [UnscopedRef]
    internal ref Utf8JsonReader Find(ReadOnlySpan<byte> name)
    {
        if (!_atNext)
            _atNext = _inOrder.Read();
        if (_inOrder.TokenType != JsonTokenType.PropertyName || !_inOrder.ValueTextEquals(name))
            return ref FindElsewhere(name);
        _inOrder.Read();
        _atNext = false;
        _read |= 1UL << _next++;
        return ref _inOrder;
    }

    /// <summary>Whether there is such a member: for those that may be missing.</summary>
    internal readonly bool Has(ReadOnlySpan<byte> name)
    {
        Utf8JsonReader json = _start;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals(name))
                return true;
            json.Read();
            json.Skip();
        }
        return false;
    }

    internal string Text(ReadOnlySpan<byte> name) => TextOrNull(name) ?? throw Wrong(name, "a text");

    internal string? TextOrNull(ReadOnlySpan<byte> name)
    {
        ref Utf8JsonReader json = ref Find(name);
        return json.TokenType is JsonTokenType.String or JsonTokenType.Null ? json.GetString() : throw Wrong(name, "a text");
    }

    internal bool Flag(ReadOnlySpan<byte> name)
    {
        ref Utf8JsonReader json = ref Find(name);
        return json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw Wrong(name, "true or false");
    }

    internal int Integer(ReadOnlySpan<byte> name) => DefinitionValues.Integer(ref Find(name)) ?? throw Wrong(name, "an integer of 32 bits");

    internal long LongInteger(ReadOnlySpan<byte> name)
    {
        ref Utf8JsonReader json = ref Find(name);
        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long value) ? value : throw Wrong(name, "an integer of 64 bits");
    }

    internal double Number(ReadOnlySpan<byte> name) => NumberOrNull(name) ?? throw Wrong(name, "a number");

    internal double? NumberOrNull(ReadOnlySpan<byte> name)
    {
        ref Utf8JsonReader json = ref Find(name);
        if (json.TokenType == JsonTokenType.Null)
            return null;
        return json.TokenType == JsonTokenType.Number ? json.GetDouble() : throw Wrong(name, "a number");
    }

    /// <summary>The index of a text among <paramref name="choices"/>, or an integer as it stands: the rules say whether it is one of the kind.</summary>
    internal int Choice(ReadOnlySpan<byte> name, params ReadOnlySpan<string> choices)
    {
        ref Utf8JsonReader json = ref Find(name);
        for (int choice = 0; json.TokenType == JsonTokenType.String && choice < choices.Length; choice++)
        {
            if (json.ValueTextEquals(choices[choice]))
                return choice;
        }
        return DefinitionValues.Integer(ref json) ?? throw Wrong(name, $"one of {string.Join(", ", choices)}");
    }

    /// <summary>Ends the object.</summary>
    /// <returns>A reader at its last token.</returns>
    /// <exception cref="JsonException">It has a member that was not read.</exception>
    internal Utf8JsonReader Close()
    {
        if (!_atNext)
            _inOrder.Read();
        if (_inOrder.TokenType == JsonTokenType.EndObject && _read == (1UL << _next) - 1)
            return _inOrder;
        Utf8JsonReader json = _start;
        for (int member = 0; json.Read() && json.TokenType == JsonTokenType.PropertyName; member++)
        {
            if (member > 63 || (_read & (1UL << member)) == 0)
                throw new JsonException($"The member '{json.GetString()}' is unknown or there twice, at byte {json.TokenStartIndex}.");
            json.Read();
            json.Skip();
        }
        return json;
    }

    private static JsonException Wrong(ReadOnlySpan<byte> name, string expected) => new($"The member '{Encoding.UTF8.GetString(name)}' is not {expected}.");

    [UnscopedRef]
    private ref Utf8JsonReader FindElsewhere(ReadOnlySpan<byte> name)
    {
        _elsewhere = _start;
        for (int member = 0; _elsewhere.Read() && _elsewhere.TokenType == JsonTokenType.PropertyName && member <= 63; member++)
        {
            bool found = _elsewhere.ValueTextEquals(name);
            _elsewhere.Read();
            if (found)
            {
                _read |= 1UL << member;
                return ref _elsewhere;
            }
            _elsewhere.Skip();
        }
        throw new JsonException($"The member '{Encoding.UTF8.GetString(name)}' is missing.");
    }
}
