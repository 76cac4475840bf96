using Latch.Model;
using Latch.Model.Container;

namespace Latch.Telemetry.Recordings;

/// <summary>What tells one model from another in a recording: the SHA-256 of its file.</summary>
public static class ModelFingerprint
{
    /// <summary>SHA-256 of a .latch file, 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static string OfFile(string path) => Of(File.ReadAllBytes(path));

    /// <summary>SHA-256 of a .latch file held in memory, 64 lower-case hexadecimal digits.</summary>
    /// <param name="file">All bytes of the file.</param>
    public static string Of(ReadOnlySpan<byte> file) => Sha256.Hex(file);

    /// <summary>SHA-256 of the file this version writes for a model.</summary>
    /// <exception cref="ModelFormatException">The model breaks a rule of its format.</exception>
    public static string Of(ModelDefinition model) => Sha256.Hex(ModelWriter.ToBytes(model));
}
