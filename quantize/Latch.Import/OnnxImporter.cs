using System.Security.Cryptography;
using Latch.Import.Folding;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Operators;

namespace Latch.Import;

/// <summary>
/// Imports trained models from ONNX files, operator sets 7 to 25. The batch is fixed to 1 and the sequence axis to a
/// number of steps; constants and shape arithmetic are folded; what remains are the nodes of
/// <see cref="FloatModel.Nodes"/>. A model is imported completely or refused with an <see cref="ImportException"/>.
/// </summary>
/// <remarks>
/// How the sequence axis is found: every dimension that the file leaves open is either the batch or the sequence axis.
/// The choices are tried, those that agree with the dimensions' names first ("batch"; "seq", "time", "step", "frame",
/// "len"), and the first one is taken under which all shapes fit, every recurrent node sees a batch of 1, and at least one
/// of them sees the steps on its sequence axis. Without recurrent nodes the first open dimension of an input is the batch
/// and the second the sequence axis. Where the file leaves no sequence axis open, the number of steps is the largest that
/// a recurrent node has. Where steps are asked for and no recurrent node sees them, they are the length of a frame: the open
/// axis gets that length, and the number of steps is what the recurrent nodes have, usually 1.
/// </remarks>
public static class OnnxImporter
{
    /// <summary>The names of the operators that can be imported, sorted.</summary>
    public static IReadOnlyList<string> SupportedOperators => OperatorTable.Names;

    /// <summary>Imports a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <exception cref="ImportException">The file cannot be read, or its model cannot be imported.</exception>
    public static FloatModel Import(string path, ImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Import(File.ReadAllBytes(path), path, options, new ExternalFiles(Path.GetDirectoryName(Path.GetFullPath(path))!));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, cause);
        }
    }

    /// <summary>Imports a stream, from its position to its end.</summary>
    /// <param name="stream">The bytes of an ONNX file.</param>
    /// <param name="sourceName">What messages call the file.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <exception cref="ImportException">The model cannot be imported.</exception>
    public static FloatModel Import(Stream stream, string sourceName, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return Import(copy.ToArray(), sourceName, options);
    }

    /// <summary>Imports bytes.</summary>
    /// <param name="bytes">The bytes of an ONNX file.</param>
    /// <param name="sourceName">What messages call the file.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <exception cref="ImportException">The model cannot be imported.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is below 1.</exception>
    public static FloatModel Import(byte[] bytes, string sourceName, ImportOptions? options = null) => Import(bytes, sourceName, options, files: null);

    /// <summary>Imports a graph in memory, which is used up by it.</summary>
    /// <param name="proto">The model.</param>
    /// <param name="sourceName">What messages call the file.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <param name="files">Where tensors find data that lie in other files; null when there are none.</param>
    /// <param name="sha256">SHA-256 of the source, lower-case hexadecimal.</param>
    /// <param name="notes">What a user should know of how the graph came to be.</param>
    internal static FloatModel Lower(
        ModelProto proto, string sourceName, ImportOptions? options, ExternalFiles? files, string sha256, IReadOnlyList<string>? notes = null)
    {
        options ??= new ImportOptions();
        if (options.Steps < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.Steps, "the number of steps must be at least 1");
        return new ModelImport(proto, sourceName, files, options).Run(options, sha256, notes ?? []);
    }

    internal static ImportException Unreadable(string path, Exception cause) => new(
        ImportErrorCode.Unreadable,
        path,
        $"the file cannot be read: {(cause is FileNotFoundException or DirectoryNotFoundException ? "there is no such file. Check the path." : cause.Message)}",
        inner: cause);

    private static FloatModel Import(byte[] bytes, string sourceName, ImportOptions? options, ExternalFiles? files)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(sourceName);
        return options?.Steps < 1
            ? throw new ArgumentOutOfRangeException(nameof(options), options.Steps, "the number of steps must be at least 1")
            : Lower(OnnxReader.Read(bytes, sourceName), sourceName, options, files, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
