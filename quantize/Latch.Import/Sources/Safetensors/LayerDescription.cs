using System.Text.Json;
using Latch.Model;

namespace Latch.Import.Sources.Safetensors;

/// <summary>What a JSON file says of a model (model.schema.json): the file with the weights, the input, the layers in their order.</summary>
internal sealed class LayerDescription
{
    public static readonly IReadOnlyList<string> Formats = ["pytorch", "keras", "candle"];

    private const int MostDepth = 8;
    private const int MostLayers = 1024;
    private const int LargestLength = 1 << 20;

    private LayerDescription(JsonElement root, string source)
    {
        Source = source;
        CheckTexts(root);
        DescriptionObject members = new(root, source);
        RefuseOthers(members, root);
        members.TextOrNull("$schema");
        Name = members.TextOrNull("name") ?? Path.GetFileNameWithoutExtension(source);
        Weights = members.Text("weights");
        Format = members.ChoiceOrNull("format", Formats);
        Output = members.TextOrNull("output") is { } output ? NotEmpty(members, "output", output) : "output";
        Ignored = [.. members.List("ignore").Select(entry => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : throw members.Fail("ignore", "must be a list of texts"))];
        JsonElement[] layers = members.List("layers");
        JsonElement? input = members.Find("input");
        members.Close();
        if (input is null)
            throw members.Fail("input", $"is missing; {DescriptionObject.Schema}");
        (InputName, InputShape) = ReadInput(new DescriptionObject(input.Value, source, "input"));
        if (layers.Length is 0 or > MostLayers)
            throw members.Fail("layers", $"must be a list of 1 to {MostLayers} layers");
        Layers = layers;
    }

    public string Source { get; }

    public string Name { get; }

    /// <summary>Path of the weights, relative to the description.</summary>
    public string Weights { get; }

    /// <summary>How tensors are named and laid out where a layer does not say it; may be null.</summary>
    public string? Format { get; }

    public string InputName { get; }

    /// <summary>Lengths of the input's axes; 0 for the steps where they are open. Steps and features; or steps alone for indices of an embedding; or features alone.</summary>
    public int[] InputShape { get; }

    public string Output { get; }

    /// <summary>Names of tensors that no layer uses; with a * at the end, beginnings of names.</summary>
    public IReadOnlyList<string> Ignored { get; }

    public IReadOnlyList<JsonElement> Layers { get; }

    /// <summary>Reads a description.</summary>
    /// <exception cref="ImportException">It is none, or has something that does not belong there.</exception>
    public static LayerDescription Parse(byte[] bytes, string source)
    {
        try
        {
            JsonDocumentOptions strict = new() { MaxDepth = MostDepth, AllowDuplicateProperties = false };
            ReadOnlyMemory<byte> text = bytes.AsSpan().StartsWith("\xEF\xBB\xBF"u8) ? bytes.AsMemory(3) : bytes;
            using JsonDocument document = JsonDocument.Parse(text, strict);
            return new LayerDescription(document.RootElement.Clone(), source);
        }
        catch (JsonException cause)
        {
            throw new ImportException(ImportErrorCode.BrokenDescription, source, $"this is taken for JSON that describes layers, but is not valid JSON: {JsonFault.Of(cause)}", inner: cause);
        }
        catch (InvalidOperationException cause)
        {
            throw new ImportException(ImportErrorCode.BrokenDescription, source, "a text in it is not valid Unicode", inner: cause);
        }
    }

    /// <summary>Reads every text once, so that one that is not valid Unicode is found here.</summary>
    private static void CheckTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                CheckTexts(item);
        }
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                _ = member.Name;
                CheckTexts(member.Value);
            }
        }
    }

    private static void RefuseOthers(DescriptionObject members, JsonElement root)
    {
        if (members.Has("weights") || members.Has("layers"))
            return;
        string[] names = [.. root.EnumerateObject().Select(member => member.Name).Take(5)];
        throw members.Fail("", "this JSON file describes no layers: it has neither a member 'weights' nor 'layers'"
            + (names.Length > 0 ? $", but {string.Join(", ", names)}" : "")
            + ". A trained model belongs here: an ONNX file, or a JSON file as model.schema.json says");
    }

    private static (string Name, int[] Shape) ReadInput(DescriptionObject input)
    {
        string name = input.TextOrNull("name") ?? "input";
        JsonElement[] axes = input.List("shape");
        input.Close();
        if (!input.Has("shape"))
            throw input.Fail("shape", $"is missing; {DescriptionObject.Schema}");
        if (axes.Length is not (1 or 2))
            throw input.Fail("shape", "must be [\"steps\", FEATURES], [\"steps\"] for the indices of an embedding, or [FEATURES] for a model without steps; the batch is not part of it");
        return (NotEmpty(input, "name", name), [.. axes.Select((axis, at) => Length(input, axis, at))]);
    }

    private static string NotEmpty(DescriptionObject members, string name, string text) => text.Length > 0 ? text : throw members.Fail(name, "must not be empty");

    private static int Length(DescriptionObject input, JsonElement axis, int at)
    {
        if (at == 0 && axis.ValueKind == JsonValueKind.String && axis.GetString() == "steps")
            return 0;
        return axis.ValueKind == JsonValueKind.Number && axis.TryGetInt32(out int length) && length is >= 1 and <= LargestLength
            ? length
            : throw input.Fail($"shape[{at}]", $"must be a number from 1 to {LargestLength}{(at == 0 ? ", or \"steps\" where any number of steps will do" : "")}");
    }
}
