using System.Security.Cryptography;

namespace Latch.Import.Sources.TfLite;

/// <summary>
/// TensorFlow Lite models in floating point (<c>.tflite</c>). Every operator of the file becomes a few of ONNX (folder Operators); what they mean together, such as
/// transpositions between the layouts of images, is left to the importer's passes. Whole numbers become int64, weights in half precision float32.
/// </summary>
internal static class TfLiteSource
{
    /// <summary>Whether a file that begins with these bytes is a TensorFlow Lite model.</summary>
    public static bool Claims(byte[] head) => TfLiteReader.IsTfLite(head);

    /// <summary>Reads and translates a file.</summary>
    /// <exception cref="ImportException">The file cannot be read, or holds what cannot be translated.</exception>
    public static TranslatedModel Translate(string path)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            return Translate(bytes, path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw OnnxImporter.Unreadable(path, cause);
        }
    }

    /// <summary>Translates the bytes of a file.</summary>
    /// <exception cref="ImportException">They hold what cannot be translated.</exception>
    public static TranslatedModel Translate(byte[] bytes, string source)
    {
        TfLiteTranslator translator = new(TfLiteReader.Read(bytes, source), source);
        return TfLiteReader.Guarded(source, () => new TranslatedModel(translator.Run(), Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.LongLength)
        {
            Notes = [.. translator.Notes],
            StepAxes = translator.StepAxes(),
            FixedSteps = translator.FixedSteps,
        });
    }
}
