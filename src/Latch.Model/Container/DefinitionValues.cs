using System.Buffers.Text;
using System.Text.Json;

namespace Latch.Model.Container;

/// <summary>Reads a value: from its first token on, which the reader is at, to its last one.</summary>
internal delegate T ReadValue<T>(ref Utf8JsonReader json);

/// <summary>The values that several parts of the definition hold. A reader is at a value's first token, and then at its last one.</summary>
internal static class DefinitionValues
{
    // A sign and ten digits, each of them as long as an escape at the most.
    private const int LongestKey = 66;

    /// <summary>An integer of 32 bits; null when it is anything else.</summary>
    internal static int? Integer(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int value) ? value : null;

    /// <summary>Integers of 32 bits.</summary>
    internal static List<int> Integers(ref Utf8JsonReader json) => List(ref json, static (ref Utf8JsonReader element) =>
        Integer(ref element) ?? throw Wrong(in element, "an integer of 32 bits"));

    /// <summary>Any number of values.</summary>
    internal static List<T> List<T>(ref Utf8JsonReader json, ReadValue<T> read)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw Wrong(in json, "a list");
        List<T> list = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            list.Add(read(ref json));
        return list;
    }

    /// <summary>Texts (or null), or null for the list.</summary>
    internal static List<string>? TextsOrNull(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : List(ref json, static (ref Utf8JsonReader element) =>
        element.TokenType is JsonTokenType.String or JsonTokenType.Null ? element.GetString()! : throw Wrong(in element, "a text"));

    /// <summary>Real numbers by name.</summary>
    internal static Dictionary<string, double> Numbers(ref Utf8JsonReader json)
    {
        CheckObject(in json);
        Dictionary<string, double> numbers = [];
        while (NextEntry(ref json))
        {
            string name = json.GetString()!;
            json.Read();
            if (json.TokenType != JsonTokenType.Number || !numbers.TryAdd(name, json.GetDouble()))
                throw Wrong(in json, "the one number of its name");
        }
        return numbers;
    }

    /// <summary>Texts (or null) by an integer.</summary>
    internal static Dictionary<int, string> Names(ref Utf8JsonReader json)
    {
        CheckObject(in json);
        Dictionary<int, string> names = [];
        Span<byte> digits = stackalloc byte[LongestKey];
        while (NextEntry(ref json))
        {
            int length = json.ValueSpan.Length <= LongestKey ? json.CopyString(digits) : 0;
            if (!Utf8Parser.TryParse(digits[..length], out int key, out int used) || used != length)
                throw Wrong(in json, "an integer of 32 bits");
            json.Read();
            if (json.TokenType is not (JsonTokenType.String or JsonTokenType.Null) || !names.TryAdd(key, json.GetString()!))
                throw Wrong(in json, "the one text of its integer");
        }
        return names;
    }

    internal static Rescale Rescale(ref Utf8JsonReader json)
    {
        JsonMembers members = new(json);
        Rescale rescale = new(members.Integer("multiplier"u8), members.Integer("shift"u8));
        json = members.Close();
        return rescale;
    }

    internal static Rescale? RescaleOrNull(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : Rescale(ref json);

    internal static Quantization Quantization(ref Utf8JsonReader json)
    {
        JsonMembers members = new(json);
        Quantization quantization = new(
            (ElementType)members.Choice("type"u8, nameof(ElementType.Int8), nameof(ElementType.Int16), nameof(ElementType.Int32)),
            members.Number("scale"u8),
            members.Integer("zeroPoint"u8));
        json = members.Close();
        return quantization;
    }

    internal static Quantization? QuantizationOrNull(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : Quantization(ref json);

    internal static ActivationFunction Activation(ref Utf8JsonReader json)
    {
        JsonMembers members = new(json);
        int kind = members.Choice(
            "kind"u8,
            nameof(ActivationKind.Identity),
            nameof(ActivationKind.Sigmoid),
            nameof(ActivationKind.Tanh),
            nameof(ActivationKind.Relu),
            nameof(ActivationKind.LeakyRelu),
            nameof(ActivationKind.ThresholdedRelu),
            nameof(ActivationKind.Affine),
            nameof(ActivationKind.ScaledTanh),
            nameof(ActivationKind.HardSigmoid),
            nameof(ActivationKind.Elu),
            nameof(ActivationKind.Softsign),
            nameof(ActivationKind.Softplus),
            nameof(ActivationKind.Clip),
            nameof(ActivationKind.Gelu),
            nameof(ActivationKind.GeluTanh),
            nameof(ActivationKind.HardSwish),
            nameof(ActivationKind.Erf),
            nameof(ActivationKind.Atan));
        ActivationFunction function = new((ActivationKind)kind, members.Integer("alpha"u8), members.Integer("beta"u8));
        json = members.Close();
        return function;
    }

    internal static ActivationFunction? ActivationOrNull(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : Activation(ref json);

    internal static WindowLayout Window(ref Utf8JsonReader json)
    {
        JsonMembers members = new(json);
        WindowLayout window = new()
        {
            Input = Extent(ref members.Find("input"u8)),
            Output = Extent(ref members.Find("output"u8)),
            Kernel = Extent(ref members.Find("kernel"u8)),
            Stride = Extent(ref members.Find("stride"u8)),
            Dilation = Extent(ref members.Find("dilation"u8)),
            Padding = Extent(ref members.Find("padding"u8)),
            Spacing = Extent(ref members.Find("spacing"u8)),
        };
        json = members.Close();
        return window;
    }

    private static Extent Extent(ref Utf8JsonReader json)
    {
        JsonMembers members = new(json);
        Extent extent = new(members.Integer("rows"u8), members.Integer("columns"u8));
        json = members.Close();
        return extent;
    }

    private static void CheckObject(in Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw Wrong(in json, "an object");
    }

    private static bool NextEntry(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private static JsonException Wrong(in Utf8JsonReader json, string expected) => new($"There is {json.TokenType} at byte {json.TokenStartIndex}, not {expected}.");
}
