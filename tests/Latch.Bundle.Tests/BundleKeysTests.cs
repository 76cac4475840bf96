using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Latch.Bundle.Tests;

[SupportedOSPlatform("linux")]
public sealed class BundleKeysTests
{
    [Fact]
    public void Create_Key_IsOneForOpenSslAndOnlyTheOwners()
    {
        using Scratch scratch = new();
        string id = BundleKeys.Create(scratch.Key);
        Assert.Matches("^[0-9a-f]{16}$", id);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scratch.Key));
        Assert.Contains("prime256v1", Scratch.OpenSsl("ec", "-in", scratch.Key, "-text", "-noout").Text, StringComparison.Ordinal);
        string publicKey = Scratch.OpenSsl("ec", "-in", scratch.Key, "-pubout").Text;
        Assert.Equal(publicKey, File.ReadAllText(scratch.PublicKey));
    }

    [Fact]
    public void Create_Existing_IsNotWrittenOver()
    {
        using Scratch scratch = new();
        BundleKeys.Create(scratch.Key);
        string before = File.ReadAllText(scratch.Key);
        BundleException exception = Assert.Throws<BundleException>(() => BundleKeys.Create(scratch.Key));
        Assert.Contains("It exists, and a key is never written over.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(BundleErrorCode.Unwritable, exception.Code);
        Assert.Equal(before, File.ReadAllText(scratch.Key));
        File.Delete(scratch.Key);
        Assert.Contains(scratch.PublicKey, Assert.Throws<BundleException>(() => BundleKeys.Create(scratch.Key)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch.Key));
    }

    [Fact]
    public void LoadPrivate_Passphrase_IsNeeded()
    {
        using Scratch scratch = new();
        string id = BundleKeys.Create(scratch.Key, "correct horse");
        Assert.Contains("The key has a passphrase.", Assert.Throws<BundleException>(() => BundleKeys.LoadPrivate(scratch.Key)).Message, StringComparison.Ordinal);
        Assert.Contains("or the passphrase wrong", Assert.Throws<BundleException>(() => BundleKeys.LoadPrivate(scratch.Key, "battery")).Message, StringComparison.Ordinal);
        using ECDsa key = BundleKeys.LoadPrivate(scratch.Key, "correct horse");
        Assert.Equal(id, BundleKeys.Id(key));
        Assert.Equal(0, Scratch.OpenSsl("ec", "-in", scratch.Key, "-passin", "pass:correct horse", "-noout").Code);
    }

    [Fact]
    public void LoadPrivate_ReadableByOthers_IsRefused()
    {
        using Scratch scratch = new();
        BundleKeys.Create(scratch.Key);
        File.SetUnixFileMode(scratch.Key, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains($"Run 'chmod 600 {scratch.Key}'.", Assert.Throws<BundleException>(() => BundleKeys.LoadPrivate(scratch.Key)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherFiles_AreRefused()
    {
        using Scratch scratch = new();
        BundleKeys.Create(scratch.Key);
        Assert.Contains("It holds no public key.", Assert.Throws<BundleException>(() => BundleKeys.LoadPublic(scratch.Key)).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(scratch.PublicKey, UnixFileMode.UserRead);
        Assert.Contains("It holds no private key.", Assert.Throws<BundleException>(() => BundleKeys.LoadPrivate(scratch.PublicKey)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<BundleException>(() => BundleKeys.LoadPublic(scratch.At("none"))).Message, StringComparison.Ordinal);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        File.WriteAllText(scratch.At("p384.pem"), other.ExportSubjectPublicKeyInfoPem());
        Assert.Contains("not on the curve P-256", Assert.Throws<BundleException>(() => BundleKeys.LoadPublic(scratch.At("p384.pem"))).Message, StringComparison.Ordinal);
    }
}
