using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Model;

namespace Latch.Bundle;

/// <summary>One file of a bundle.</summary>
/// <param name="Name">File name without a path.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record BundleFile(string Name, long Length, string Sha256);

/// <summary>What a bundle says of itself: manifest.json, the bytes that are signed.</summary>
public sealed record BundleManifest
{
    internal const string ExpectedFormat = "latch-bundle";
    internal const int ExpectedFormatVersion = 1, MaxNameLength = 64;

    /// <summary>"latch-bundle".</summary>
    public required string Format { get; init; }

    /// <summary>Version of the format, 1.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Name of the model: lower-case letters, digits, single hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the model, above zero; it grows.</summary>
    public required int Version { get; init; }

    /// <summary>When the bundle was made, UTC, to the second.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>All files but manifest.json and manifest.sig, ordered by name.</summary>
    public required IReadOnlyList<BundleFile> Files { get; init; }

    /// <summary>True for a name that can be that of a Debian package and of a folder.</summary>
    /// <param name="name">The name.</param>
    public static bool IsName(string name)
    {
        if (name.Length is 0 or > MaxNameLength || name[0] == '-' || name[^1] == '-' || name.Contains("--", StringComparison.Ordinal))
            return false;
        foreach (char letter in name)
            if (!char.IsAsciiDigit(letter) && !char.IsAsciiLetterLower(letter) && letter != '-')
                return false;
        return true;
    }

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Default.BundleManifest), (byte)'\n'];

    internal static BundleManifest Parse(ReadOnlySpan<byte> bytes, string where)
    {
        BundleManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(bytes, BundleJson.Default.BundleManifest);
        }
        catch (JsonException exception)
        {
            throw new BundleException(BundleErrorCode.Malformed, where, $"It is no manifest: {JsonFault.Of(exception)} Build the bundle anew.", exception);
        }
        if (Fault(manifest) is { } fault)
            throw new BundleException(BundleErrorCode.Malformed, where, $"{fault} Build the bundle anew with this version of latch.");
        return manifest!;
    }

    private static string? Fault(BundleManifest? manifest)
    {
        if (manifest is null)
            return "It holds nothing.";
        if (manifest.Format != ExpectedFormat || manifest.FormatVersion != ExpectedFormatVersion)
            return $"Its format is '{manifest.Format}' version {manifest.FormatVersion}; '{ExpectedFormat}' version {ExpectedFormatVersion} is expected.";
        if (!IsName(manifest.Name ?? ""))
            return $"The name '{manifest.Name}' is not made of lower-case letters, digits and single hyphens.";
        if (manifest.Version < 1)
            return $"The version is {manifest.Version}, not above zero.";
        HashSet<string> names = [];
        foreach (BundleFile file in manifest.Files)
        {
            if (file is null || !IsKnown(file.Name) || !names.Add(file.Name) || file.Length < 0 || file.Sha256 is not { Length: 64 })
                return $"Its entry for '{file?.Name}' is twice there, not complete, or of no file that a bundle holds.";
        }
        return names.Contains(BundleFiles.Model) && names.Contains(BundleFiles.Golden) ? null : $"It does not name {BundleFiles.Model} and {BundleFiles.Golden}.";
    }

    private static bool IsKnown(string name) => name is BundleFiles.Model or BundleFiles.Profile or BundleFiles.Golden or BundleFiles.Limits;
}

/// <summary>What a step may take on a board: limits.json.</summary>
/// <param name="StepMicroseconds">Longest time of a step, in microseconds.</param>
/// <param name="MemoryMiB">Most resident memory of the agent, in MiB.</param>
public sealed record BundleLimits(int StepMicroseconds, int MemoryMiB);

/// <summary>Names of the files in a bundle.</summary>
public static class BundleFiles
{
    /// <summary>The model.</summary>
    public const string Model = "model.latch";

    /// <summary>The anomaly profile; optional.</summary>
    public const string Profile = "profile.json";

    /// <summary>The golden vectors.</summary>
    public const string Golden = "golden.bin";

    /// <summary>Limits on the board; optional.</summary>
    public const string Limits = "limits.json";

    /// <summary>Names and hashes of the files above.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>The signature of the manifest; absent when unsigned.</summary>
    public const string Signature = "manifest.sig";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(BundleLimits))]
internal sealed partial class BundleJson : JsonSerializerContext;
