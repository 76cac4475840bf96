namespace Latch.Import.Sources.Safetensors;

/// <summary>A safetensors file by itself: it holds weights, but not what layers they are of.</summary>
internal static class LoneWeights
{
    /// <summary>Whether a file begins as safetensors: the length of the header in 8 bytes, then the header's JSON.</summary>
    public static bool Claims(byte[] head) => head.Length > 8 && head[8] == '{' && head[4..8].All(part => part == 0);

    public static TranslatedModel Translate(string path) => throw new ImportException(
        ImportErrorCode.NotSafetensors,
        path,
        "a safetensors file holds weights, but does not say of which layers. Write a JSON file beside it that names it and its layers, as model.schema.json says, "
        + "and give that file instead");
}
