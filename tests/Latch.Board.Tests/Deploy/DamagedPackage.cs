using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Latch.Bundle;

namespace Latch.Board.Tests.Deploy;

/// <summary>Changes the bundle inside a model package: what a fault, or an attacker who has no key, could send to a board.</summary>
internal static class DamagedPackage
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Replaces a file of the bundle. The manifest is made to fit, and signed anew.</summary>
    internal static void Replace(string packages, string name, byte[] content) => Change(packages, folder =>
    {
        File.WriteAllBytes(Path.Combine(folder, name), content);
        string path = Path.Combine(folder, "manifest.json"), hash = Convert.ToHexStringLower(SHA256.HashData(content));
        string manifest = Entry(name).Replace(File.ReadAllText(path), $"\"name\": \"{name}\",\n      \"length\": {content.Length},\n      \"sha256\": \"{hash}\"");
        Assert.Contains(hash, manifest, StringComparison.Ordinal);
        File.WriteAllText(path, manifest);
        using ECDsa key = BundleKeys.LoadPrivate(AgentBuild.Key);
        byte[] signature = key.SignData(File.ReadAllBytes(path), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        File.WriteAllText(Path.Combine(folder, "manifest.sig"), $"key: {BundleKeys.Id(key)}\nsignature: {Convert.ToBase64String(signature)}\n");
    });

    /// <summary>Turns one bit of a file around, and leaves manifest and signature alone.</summary>
    internal static void Flip(string packages, string name) => Change(packages, folder =>
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, name));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Path.Combine(folder, name), bytes);
    });

    /// <summary>Takes the signature away.</summary>
    internal static void RemoveSignature(string packages) => Change(packages, folder => File.Delete(Path.Combine(folder, "manifest.sig")));

    private static void Change(string packages, Action<string> change)
    {
        string package = Directory.GetFiles(packages, "latch-model-*.deb").Single(), root = Path.Combine(packages, "changed");
        ProcessRun.Of(s_limit, "dpkg-deb", "-R", package, root).Succeeded();
        change(Path.Combine(root, "usr", "share", "latch", "models", AgentBuild.ModelName));
        ProcessRun.Of(s_limit, "dpkg-deb", "--root-owner-group", "-Zxz", "-b", root, package).Succeeded();
        Directory.Delete(root, recursive: true);
    }

    private static Regex Entry(string name) => new($"\"name\": \"{Regex.Escape(name)}\",\\s*\"length\": \\d+,\\s*\"sha256\": \"[0-9a-f]{{64}}\"");
}
