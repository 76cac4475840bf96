using System.Text.Json;
using Latch.Model;
using Latch.Model.Container;
using Latch.Runtime;

namespace Latch.Bundle;

/// <summary>
/// A folder with a model and all that belongs to it on a board, checked when it was opened. What is loaded is made of the bytes that were checked, whatever becomes of the
/// files.
/// </summary>
public sealed class ModelBundle
{
    private const int MaxManifestBytes = 1 << 16, MaxFileBytes = 1 << 30;

    private readonly Dictionary<string, byte[]> _files;

    private ModelBundle(string folder, BundleManifest manifest, string? signedBy, Dictionary<string, byte[]> files) =>
        (Folder, Manifest, SignedBy, _files) = (folder, manifest, signedBy, files);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Name, version and files.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>Id of the trusted key that signed the bundle; null when none did and that was allowed.</summary>
    public string? SignedBy { get; }

    /// <summary>The model's file.</summary>
    public string ModelPath => Path.Combine(Folder, BundleFiles.Model);

    /// <summary>SHA-256 of the model's file, lower-case hexadecimal digits.</summary>
    public string ModelSha256 => Find(BundleFiles.Model)!.Sha256;

    /// <summary>The anomaly profile's file; null when there is none.</summary>
    public string? ProfilePath => Find(BundleFiles.Profile) is null ? null : Path.Combine(Folder, BundleFiles.Profile);

    /// <summary>The anomaly profile's bytes, as they were checked; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Profile => _files.TryGetValue(BundleFiles.Profile, out byte[]? profile) ? profile : (ReadOnlyMemory<byte>?)null;

    /// <summary>Limits on the board; null when there are none.</summary>
    public BundleLimits? Limits { get; private init; }

    /// <summary>Opens a bundle and checks, in this order: signature, version, that exactly the files of the manifest are there, their lengths and hashes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trust">Which bundles are accepted.</param>
    /// <exception cref="BundleException">The bundle is refused.</exception>
    public static ModelBundle Open(string folder, BundleTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        byte[] bytes = ReadBytes(folder, BundleFiles.Manifest, MaxManifestBytes, "It is no model bundle.");
        string? signedBy = CheckSignature(folder, bytes, trust);
        BundleManifest manifest = BundleManifest.Parse(bytes, Path.Combine(folder, BundleFiles.Manifest));
        if (trust is { AllowOlder: false, InstalledVersion: { } installed } && manifest.Version < installed)
            throw new BundleException(
                BundleErrorCode.Older, folder, $"Model '{manifest.Name}' has version {manifest.Version}, older than the installed {installed}. Build it with a higher --version, or set trust.allowOlder in the agent's configuration.");
        CheckNames(folder, manifest);
        Dictionary<string, byte[]> files = [];
        foreach (BundleFile file in manifest.Files)
            files.Add(file.Name, Check(folder, file));
        return new ModelBundle(folder, manifest, signedBy, files)
        {
            Limits = files.TryGetValue(BundleFiles.Limits, out byte[]? limits) ? ParseLimits(limits, Path.Combine(folder, BundleFiles.Limits)) : null,
        };
    }

    /// <summary>True for a folder that has a manifest.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsBundle(string folder) => File.Exists(Path.Combine(folder, BundleFiles.Manifest));

    /// <summary>Prepares the model.</summary>
    /// <param name="options">The kernel; the usual one when null.</param>
    /// <exception cref="ModelFormatException">The model breaks a rule of its format.</exception>
    public LatchModel LoadModel(LatchModelOptions? options = null) => LatchModel.Create(ModelReader.ReadOwned(_files[BundleFiles.Model], ModelPath), options);

    /// <summary>Reads the golden vectors and checks that they are this model's.</summary>
    /// <exception cref="BundleException">They are damaged or of another model.</exception>
    public GoldenVectors LoadGolden()
    {
        string path = Path.Combine(Folder, BundleFiles.Golden);
        GoldenVectors golden = GoldenVectors.Read(_files[BundleFiles.Golden], path);
        if (golden.ModelSha256 != ModelSha256)
            throw new BundleException(BundleErrorCode.Golden, path, $"The golden vectors are of the model {golden.ModelSha256[..8]}, the bundle holds {ModelSha256[..8]}. Build the bundle anew.");
        return golden;
    }

    private BundleFile? Find(string name)
    {
        foreach (BundleFile file in Manifest.Files)
            if (file.Name == name)
                return file;
        return null;
    }

    private static string? CheckSignature(string folder, byte[] manifest, BundleTrust trust)
    {
        string path = Path.Combine(folder, BundleFiles.Signature);
        if (!File.Exists(path))
            return trust.AllowUnsigned
                ? null
                : throw new BundleException(BundleErrorCode.Unsigned, folder, "The model is not signed. Sign it with 'latch build --sign KEY', or set trust.allowUnsigned in the agent's configuration.");
        BundleSignature signature = BundleSignature.Parse(ReadBytes(folder, BundleFiles.Signature, MaxManifestBytes, ""), path);
        if (signature.Verify(manifest, trust.Keys, path))
            return signature.KeyId;
        if (trust.AllowUnsigned)
            return null;
        string keys = trust.Keys.Count == 0 ? "no keys are named" : string.Join(", ", trust.Keys);
        throw new BundleException(
            BundleErrorCode.UnknownKey, path, $"The model is signed by key {signature.KeyId}, which is not among the trusted ones ({keys}). Put its public key (.pub.pem) there if you trust it.");
    }

    private static void CheckNames(string folder, BundleManifest manifest)
    {
        HashSet<string> expected = [BundleFiles.Manifest, BundleFiles.Signature];
        foreach (BundleFile file in manifest.Files)
            expected.Add(file.Name);
        foreach (string path in Directory.EnumerateFileSystemEntries(folder))
            if (!expected.Contains(Path.GetFileName(path)))
                throw new BundleException(BundleErrorCode.ExtraFile, path, "The manifest does not name it. Delete it, or build the bundle anew.");
    }

    private static byte[] Check(string folder, BundleFile file)
    {
        string path = Path.Combine(folder, file.Name);
        if (!File.Exists(path))
            throw new BundleException(BundleErrorCode.MissingFile, path, "The manifest names it, but it is not there. Copy or build the bundle anew.");
        byte[] content = ReadBytes(folder, file.Name, MaxFileBytes, "");
        if (content.Length != file.Length)
            throw new BundleException(BundleErrorCode.Changed, path, $"It has {content.Length} bytes, the manifest says {file.Length}. Copy or build the bundle anew.");
        return Sha256.Hex(content) == file.Sha256
            ? content
            : throw new BundleException(BundleErrorCode.Changed, path, "Its SHA-256 is not the one of the manifest: it was changed. Copy or build the bundle anew.");
    }

    private static BundleLimits ParseLimits(byte[] content, string where)
    {
        try
        {
            if (JsonSerializer.Deserialize(content, BundleJson.Default.BundleLimits) is { StepMicroseconds: > 0, MemoryMiB: > 0 } limits)
                return limits;
        }
        catch (JsonException exception)
        {
            throw new BundleException(BundleErrorCode.Malformed, where, $"It is no file of limits: {JsonFault.Of(exception)} Build the bundle anew.", exception);
        }
        throw new BundleException(BundleErrorCode.Malformed, where, "Its limits are not above zero. Build the bundle anew.");
    }

    private static byte[] ReadBytes(string folder, string name, int most, string remark)
    {
        string path = Path.Combine(folder, name);
        try
        {
            if (new FileInfo(path).Length > most)
                throw new BundleException(BundleErrorCode.Malformed, path, $"It has more than {most} bytes. Build the bundle anew.");
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string reason = exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file." : exception.Message;
            throw new BundleException(BundleErrorCode.Unreadable, path, $"{remark}{(remark.Length > 0 ? " " : "")}The file cannot be read: {reason} Check the path.", exception);
        }
    }
}
