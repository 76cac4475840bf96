using System.Security.Cryptography;
using System.Text.Json;
using Latch.Model;
using Latch.Model.Container;

namespace Latch.Bundle;

/// <summary>What a bundle is made of.</summary>
public sealed record BundleContent
{
    /// <summary>Name of the model: lower-case letters, digits, single hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Version, above zero, higher than the one before.</summary>
    public required int Version { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The .latch file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The anomaly profile, if any.</summary>
    public string? ProfilePath { get; init; }

    /// <summary>Limits on the board, if any.</summary>
    public BundleLimits? Limits { get; init; }

    /// <summary>Steps of the golden vectors.</summary>
    public int GoldenSteps { get; init; } = GoldenVectors.DefaultSteps;
}

/// <summary>Writes bundles.</summary>
public static class BundleWriter
{
    /// <summary>
    /// Writes a bundle: into a folder beside, which then takes the place of <paramref name="folder"/>. The same content gives the same bytes, but for the signature: when
    /// the bundle that is replaced has the same manifest, and a signature by the same key, that signature is kept.
    /// </summary>
    /// <param name="folder">Where to; an older bundle there is replaced, nothing else is.</param>
    /// <param name="content">What it is made of.</param>
    /// <param name="key">Signs it; null leaves it unsigned.</param>
    /// <exception cref="BundleException">A file cannot be read or written, or the model cannot be stepped.</exception>
    /// <exception cref="ModelFormatException">The model breaks a rule of its format.</exception>
    public static BundleManifest Write(string folder, BundleContent content, ECDsa? key = null)
    {
        if (!BundleManifest.IsName(content.Name))
            throw new BundleException(BundleErrorCode.Malformed, content.Name, "This cannot be the name of a model: use lower-case letters, digits and single hyphens.");
        if (content.Version < 1)
            throw new BundleException(BundleErrorCode.Malformed, content.Name, $"The version is {content.Version}; it must be above zero.");
        string target = WholeFile.Target(folder);
        if (File.Exists(target) || (Directory.Exists(target) && !ModelBundle.IsBundle(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new BundleException(BundleErrorCode.Unwritable, folder, "It exists and is no bundle, so it is not replaced. Choose another folder.");
        List<(string Name, byte[] Bytes)> files = Files(content);
        BundleManifest manifest = new()
        {
            Format = BundleManifest.ExpectedFormat,
            FormatVersion = BundleManifest.ExpectedFormatVersion,
            Name = content.Name,
            Version = content.Version,
            Created = new DateTimeOffset(content.Created.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero),
            Files = [.. files.Select(static file => new BundleFile(file.Name, file.Bytes.Length, Sha256.Hex(file.Bytes)))],
        };
        byte[] bytes = manifest.ToBytes();
        files.Add((BundleFiles.Manifest, bytes));
        if (key is not null)
            files.Add((BundleFiles.Signature, (Kept(target, bytes, key) ?? BundleSignature.Sign(key, bytes)).ToBytes()));
        Replace(target, files);
        return manifest;
    }

    private static List<(string Name, byte[] Bytes)> Files(BundleContent content)
    {
        byte[] model = Read(content.ModelPath);
        ModelDefinition definition = ModelReader.Read(model, Path.GetFileName(content.ModelPath));
        List<(string Name, byte[] Bytes)> files =
        [
            (BundleFiles.Golden, GoldenVectors.Create(definition, Sha256.Hex(model), content.GoldenSteps).ToBytes()),
            (BundleFiles.Model, model),
        ];
        if (content.Limits is { } limits)
            files.Add((BundleFiles.Limits, [.. JsonSerializer.SerializeToUtf8Bytes(limits, BundleJson.Default.BundleLimits), (byte)'\n']));
        if (content.ProfilePath is { } profile)
            files.Add((BundleFiles.Profile, Read(profile)));
        files.Sort(static (first, second) => string.CompareOrdinal(first.Name, second.Name));
        return files;
    }

    private static BundleSignature? Kept(string folder, byte[] manifest, ECDsa key)
    {
        string old = Path.Combine(folder, BundleFiles.Manifest), signature = Path.Combine(folder, BundleFiles.Signature);
        if (!File.Exists(old) || !File.Exists(signature) || !File.ReadAllBytes(old).AsSpan().SequenceEqual(manifest))
            return null;
        try
        {
            BundleSignature kept = BundleSignature.Parse(File.ReadAllBytes(signature), signature);
            return kept.KeyId == BundleKeys.Id(key) && kept.Fits(key, manifest) ? kept : null;
        }
        catch (BundleException)
        {
            return null;
        }
    }

    private static void Replace(string target, List<(string Name, byte[] Bytes)> files)
    {
        string beside = WholeFile.Beside(target), before = WholeFile.Beside(target, "old");
        try
        {
            Directory.CreateDirectory(beside);
            foreach ((string name, byte[] bytes) in files)
            {
                using FileStream stream = new(Path.Combine(beside, name), FileMode.CreateNew);
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            if (Directory.Exists(target))
                Directory.Move(target, before);
            Directory.Move(beside, target);
            Delete(before);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(before) && !Directory.Exists(target))
                Directory.Move(before, target);
            throw new BundleException(BundleErrorCode.Unwritable, target, $"The bundle cannot be written: {exception.Message} Choose another folder or make it writable.", exception);
        }
        finally
        {
            Delete(beside);
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string reason = exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file. Check the path." : exception.Message;
            throw new BundleException(BundleErrorCode.Unreadable, path, $"The file cannot be read: {reason}", exception);
        }
    }
}
