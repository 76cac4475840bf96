using System.Security.Cryptography;

namespace Latch.Bundle.Tests;

public sealed class ModelBundleTests
{
    [Fact]
    public void Open_SignedBundle_GivesItsParts()
    {
        using Scratch scratch = new Scratch().WithBundle();
        ModelBundle bundle = ModelBundle.Open(scratch.Bundle, scratch.Trust);
        using ECDsa key = BundleKeys.LoadPublic(scratch.PublicKey);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16], bundle.SignedBy);
        Assert.Equal(("gates", 3, 1), (bundle.Manifest.Name, bundle.Manifest.Version, bundle.Manifest.FormatVersion));
        Assert.Equal(["golden.bin", "limits.json", "model.latch"], bundle.Manifest.Files.Select(file => file.Name));
        Assert.All(bundle.Manifest.Files, file =>
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(scratch.Bundle, file.Name));
            Assert.Equal((bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (file.Length, file.Sha256));
        });
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Scratch.Model))), bundle.ModelSha256);
        Assert.Equal(new BundleLimits(1000, 32), bundle.Limits);
        Assert.Null(bundle.ProfilePath);
        Assert.Null(bundle.Profile);
        using Runtime.LatchModel model = bundle.LoadModel();
        Assert.Null(bundle.LoadGolden().Check(model));
    }

    [Fact]
    public void Load_FilesReplacedAfterOpen_GivesWhatWasChecked()
    {
        using Scratch scratch = new();
        string profile = scratch.At("p.json");
        File.WriteAllText(profile, "the profile");
        BundleWriter.Write(scratch.Bundle, Scratch.Content with { ProfilePath = profile });
        ModelBundle bundle = ModelBundle.Open(scratch.Bundle, new BundleTrust { AllowUnsigned = true });
        File.Copy(Path.Combine(SharedData.Repository, "samples", "gates", "gates-gru.latch"), bundle.ModelPath, overwrite: true);
        File.Delete(Path.Combine(scratch.Bundle, BundleFiles.Golden));
        File.WriteAllText(bundle.ProfilePath!, "another profile");
        using Runtime.LatchModel model = bundle.LoadModel();
        Assert.Equal(Latch.Model.CellKind.Lstm, Assert.Single(model.Layers).Kind);
        Assert.Null(bundle.LoadGolden().Check(model));
        Assert.Equal("the profile"u8, bundle.Profile!.Value.Span);
    }

    [Fact]
    public void Open_Signature_IsOneForOpenSsl()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string value = File.ReadAllLines(Path.Combine(scratch.Bundle, "manifest.sig"))[1]["signature: ".Length..];
        File.WriteAllBytes(scratch.At("sig.der"), Convert.FromBase64String(value));
        string manifest = Path.Combine(scratch.Bundle, "manifest.json");
        Assert.Equal((0, "Verified OK\n"), Scratch.OpenSsl("dgst", "-sha256", "-verify", scratch.PublicKey, "-signature", scratch.At("sig.der"), manifest));
        File.AppendAllText(manifest, " ");
        Assert.NotEqual(0, Scratch.OpenSsl("dgst", "-sha256", "-verify", scratch.PublicKey, "-signature", scratch.At("sig.der"), manifest).Code);
    }

    [Theory]
    [InlineData("model.latch")]
    [InlineData("golden.bin")]
    [InlineData("limits.json")]
    public void Open_ChangedFile_IsRefused(string name)
    {
        using Scratch scratch = new Scratch().WithBundle();
        string path = Path.Combine(scratch.Bundle, name);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^2] ^= 1;
        File.WriteAllBytes(path, bytes);
        AssertRefused(scratch, BundleErrorCode.Changed, $"{path}: Its SHA-256 is not the one of the manifest: it was changed.");
    }

    [Fact]
    public void Open_TruncatedFile_SaysBothLengths()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string path = Path.Combine(scratch.Bundle, "model.latch");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^1]);
        AssertRefused(scratch, BundleErrorCode.Changed, $"{path}: It has {bytes.Length - 1} bytes, the manifest says {bytes.Length}.");
    }

    [Fact]
    public void Open_MissingFile_IsNamed()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string path = Path.Combine(scratch.Bundle, "golden.bin");
        File.Delete(path);
        AssertRefused(scratch, BundleErrorCode.MissingFile, $"{path}: The manifest names it, but it is not there.");
    }

    [Fact]
    public void Open_ExtraFile_IsNamed()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string path = Path.Combine(scratch.Bundle, "extra.so");
        File.WriteAllText(path, "");
        AssertRefused(scratch, BundleErrorCode.ExtraFile, $"{path}: The manifest does not name it.");
    }

    [Fact]
    public void Open_ChangedManifest_IsRefusedEvenWhenUnsignedIsAllowed()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string path = Path.Combine(scratch.Bundle, "manifest.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"version\": 3", "\"version\": 4", StringComparison.Ordinal));
        AssertRefused(scratch, BundleErrorCode.Signature, "does not fit the manifest: one of the two was changed.");
        AssertRefused(scratch, BundleErrorCode.Signature, "does not fit the manifest", scratch.Trust with { AllowUnsigned = true });
    }

    [Fact]
    public void Open_TruncatedSignature_IsRefused()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string path = Path.Combine(scratch.Bundle, "manifest.sig");
        File.WriteAllText(path, File.ReadAllText(path)[..40]);
        AssertRefused(scratch, BundleErrorCode.Signature, $"{path}: It is no signature of a bundle.");
    }

    [Fact]
    public void Open_OtherKey_NamesTheKeyAndWhereItLooked()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string folder = Directory.CreateDirectory(scratch.At("keys")).FullName;
        BundleKeys.Create(Path.Combine(folder, "other.key"));
        using ECDsa signer = BundleKeys.LoadPublic(scratch.PublicKey);
        BundleTrust trust = new() { Keys = [folder] };
        AssertRefused(scratch, BundleErrorCode.UnknownKey, $"signed by key {BundleKeys.Id(signer)}, which is not among the trusted ones ({folder}).", trust);
        Assert.Null(ModelBundle.Open(scratch.Bundle, trust with { AllowUnsigned = true }).SignedBy);
        File.Copy(scratch.PublicKey, Path.Combine(folder, "signer.pem"));
        Assert.NotNull(ModelBundle.Open(scratch.Bundle, trust).SignedBy);
    }

    [Fact]
    public void Open_Unsigned_NeedsPermission()
    {
        using Scratch scratch = new Scratch().WithBundle();
        File.Delete(Path.Combine(scratch.Bundle, "manifest.sig"));
        AssertRefused(scratch, BundleErrorCode.Unsigned, "The model is not signed. Sign it with 'latch build --sign KEY', or set trust.allowUnsigned");
        Assert.Null(ModelBundle.Open(scratch.Bundle, scratch.Trust with { AllowUnsigned = true }).SignedBy);
    }

    [Fact]
    public void Open_OlderThanInstalled_NeedsPermission()
    {
        using Scratch scratch = new Scratch().WithBundle();
        BundleTrust trust = scratch.Trust with { InstalledVersion = 4 };
        AssertRefused(scratch, BundleErrorCode.Older, "Model 'gates' has version 3, older than the installed 4.", trust);
        Assert.Equal(3, ModelBundle.Open(scratch.Bundle, trust with { AllowOlder = true }).Manifest.Version);
        Assert.Equal(3, ModelBundle.Open(scratch.Bundle, trust with { InstalledVersion = 3 }).Manifest.Version);
    }

    [Theory]
    [InlineData("\"name\": \"gates\"", "\"name\": \"../gates\"", "The name '../gates' is not made of")]
    [InlineData("\"version\": 3", "\"version\": 0", "The version is 0, not above zero.")]
    [InlineData("\"model.latch\"", "\"../model.latch\"", "Its entry for '../model.latch' is twice there, not complete, or of no file that a bundle holds.")]
    [InlineData("\"golden.bin\"", "\"model.latch\"", "Its entry for 'model.latch' is twice there")]
    [InlineData("\"latch-bundle\"", "\"other\"", "Its format is 'other' version 1; 'latch-bundle' version 1 is expected.")]
    [InlineData("\"version\"", "\"verzion\"", "It is no manifest: ")]
    [InlineData("{", "", "It is no manifest: ")]
    public void Open_BrokenManifest_SaysWhat(string part, string replacement, string message)
    {
        using Scratch scratch = new();
        BundleWriter.Write(scratch.Bundle, Scratch.Content);
        string path = Path.Combine(scratch.Bundle, "manifest.json"), text = File.ReadAllText(path);
        int at = text.IndexOf(part, StringComparison.Ordinal);
        File.WriteAllText(path, string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + part.Length)));
        AssertRefused(scratch, BundleErrorCode.Malformed, message, new BundleTrust { AllowUnsigned = true });
    }

    [Fact]
    public void Open_NoBundle_SaysSo()
    {
        using Scratch scratch = new();
        BundleException exception = Assert.Throws<BundleException>(() => ModelBundle.Open(scratch.Folder, new BundleTrust()));
        Assert.Equal(BundleErrorCode.Unreadable, exception.Code);
        Assert.Equal($"{scratch.At("manifest.json")}: It is no model bundle. The file cannot be read: there is no such file. Check the path.", exception.Message);
    }

    private static void AssertRefused(Scratch scratch, BundleErrorCode code, string message, BundleTrust? trust = null)
    {
        BundleException exception = Assert.Throws<BundleException>(() => ModelBundle.Open(scratch.Bundle, trust ?? scratch.Trust));
        Assert.Equal(code, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
