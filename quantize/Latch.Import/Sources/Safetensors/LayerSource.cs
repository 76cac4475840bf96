using System.Security.Cryptography;
using System.Text.Json;
using Latch.Import.Onnx;

namespace Latch.Import.Sources.Safetensors;

/// <summary>
/// A JSON file that describes layers, with their weights in a safetensors file beside it, as an ONNX graph of batch 1 whose values are [1, steps, features], or
/// [1, features] behind the choice of a step.
/// </summary>
internal static class LayerSource
{
    private const long MostDescriptionBytes = 1 << 20;

    /// <summary>Whether a file begins as JSON.</summary>
    public static bool Claims(byte[] head)
    {
        ReadOnlySpan<byte> text = head.AsSpan().StartsWith("\xEF\xBB\xBF"u8) ? head.AsSpan(3) : head;
        return text.TrimStart(" \r\n\t"u8) is [(byte)'{' or (byte)'[', ..];
    }

    /// <summary>Reads a description and its weights.</summary>
    /// <param name="path">The description.</param>
    /// <exception cref="ImportException">Something is not as it must be.</exception>
    /// <exception cref="IOException">The description cannot be read.</exception>
    public static TranslatedModel Translate(string path)
    {
        if (new FileInfo(path).Length > MostDescriptionBytes)
            throw new ImportException(ImportErrorCode.BrokenDescription, path, $"this is taken for JSON that describes layers, but is larger than {MostDescriptionBytes} bytes");
        byte[] text = File.ReadAllBytes(path);
        LayerDescription description = LayerDescription.Parse(text, path);
        (string weightsPath, byte[] weights) = ReadWeights(description);
        ModelProto proto = Translate(description, SafetensorsFile.Parse(weights, weightsPath));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(text);
        hash.AppendData(weights);
        return new TranslatedModel(proto, Convert.ToHexStringLower(hash.GetHashAndReset()), text.LongLength + weights.LongLength);
    }

    /// <summary>The graph of a description.</summary>
    public static ModelProto Translate(LayerDescription description, SafetensorsFile weights)
    {
        GraphWriter graph = new(description.Name, $"layers of {Path.GetFileName(description.Source)}", description.Source, [description.InputName, description.Output]);
        WeightStore store = new(weights);
        Flow flow = LayerInput.Write(description, graph);
        for (int at = 0; at < description.Layers.Count; at++)
            flow = Layer(description, at, graph, store, flow);
        if (flow.Name == description.InputName)
            throw new ImportException(ImportErrorCode.BrokenDescription, description.Source, "no layer computes anything", attribute: "layers");
        store.RefuseUnused(description);
        return graph.Finish(description.Output);
    }

    private static Flow Layer(LayerDescription description, int at, GraphWriter graph, WeightStore store, Flow flow)
    {
        JsonElement element = description.Layers[at];
        string path = $"layers[{at}]";
        DescriptionObject untyped = new(element, description.Source, path);
        string? type = untyped.ChoiceOrNull("type", LayerTypes.Names) ?? throw untyped.Fail("type", $"is missing; it is one of {string.Join(", ", LayerTypes.Names)}");
        DescriptionObject members = new(element, description.Source, path, type);
        members.Find("type");
        return LayerTypes.Write(type, new LayerCall(members, type, description.Format, graph, store, flow));
    }

    private static (string Path, byte[] Bytes) ReadWeights(LayerDescription description)
    {
        string folder = Path.GetDirectoryName(description.Source) ?? "";
        string path = Path.Combine(folder, description.Weights);
        try
        {
            string inside = new ExternalFiles(Path.GetFullPath(folder.Length > 0 ? folder : ".")).Inside(description.Weights)
                ?? throw Fail(description, $"'{description.Weights}' is not within the folder of the description; put it there, or the description beside it");
            return new FileInfo(inside).Length <= SafetensorsFile.MostBytes
                ? (path, File.ReadAllBytes(inside))
                : throw Fail(description, $"'{description.Weights}' is larger than {SafetensorsFile.MostBytes} bytes");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            bool absent = cause is FileNotFoundException or DirectoryNotFoundException;
            throw new ImportException(
                ImportErrorCode.Unreadable,
                description.Source,
                $"'{description.Weights}' cannot be read: {(absent ? "there is no such file beside the description" : cause.Message)}",
                attribute: "weights",
                inner: cause);
        }
    }

    private static ImportException Fail(LayerDescription description, string detail) =>
        new(ImportErrorCode.BrokenDescription, description.Source, detail, attribute: "weights");
}
