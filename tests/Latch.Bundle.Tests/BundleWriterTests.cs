using System.Security.Cryptography;

namespace Latch.Bundle.Tests;

public sealed class BundleWriterTests
{
    [Fact]
    public void Write_Twice_GivesTheSameBytes()
    {
        using Scratch scratch = new Scratch().WithBundle();
        Dictionary<string, byte[]> first = Directory.GetFiles(scratch.Bundle).ToDictionary(path => path, File.ReadAllBytes);
        using ECDsa key = BundleKeys.LoadPrivate(scratch.Key);
        BundleWriter.Write(scratch.Bundle, Scratch.Content, key);
        Assert.Equal(first.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(scratch.Bundle).Order(StringComparer.Ordinal));
        Assert.All(first, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void Write_NewVersion_ReplacesTheOldBundle()
    {
        using Scratch scratch = new Scratch().WithBundle();
        BundleWriter.Write(scratch.Bundle, Scratch.Content with { Version = 4, Limits = null });
        ModelBundle bundle = ModelBundle.Open(scratch.Bundle, new BundleTrust { AllowUnsigned = true });
        Assert.Equal((4, null), (bundle.Manifest.Version, bundle.Limits));
        Assert.Equal(["bundle", "model.pem", "model.pub.pem"], Directory.EnumerateFileSystemEntries(scratch.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_FoldersBeside_StayAsTheyAre()
    {
        using Scratch scratch = new Scratch().WithBundle();
        string[] mine = [scratch.Bundle + ".tmp", scratch.Bundle + ".old"];
        foreach (string folder in mine)
            Directory.CreateDirectory(folder);
        BundleWriter.Write(scratch.Bundle, Scratch.Content with { Version = 4 });
        Assert.Equal([scratch.Bundle, .. mine], Directory.GetDirectories(scratch.Folder).OrderBy(static path => path.Length).ThenByDescending(static path => path, StringComparer.Ordinal));
    }

    [Fact]
    public void Write_FolderOfOthers_IsLeftAlone()
    {
        using Scratch scratch = new();
        File.WriteAllText(scratch.At("letter.txt"), "mine");
        BundleException exception = Assert.Throws<BundleException>(() => BundleWriter.Write(scratch.Folder, Scratch.Content));
        Assert.Contains("It exists and is no bundle, so it is not replaced.", exception.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(scratch.At("letter.txt")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Pump")]
    [InlineData("a--b")]
    [InlineData("-a")]
    [InlineData("a/b")]
    public void Write_BadName_IsRefused(string name)
    {
        using Scratch scratch = new();
        Assert.Equal(BundleErrorCode.Malformed, Assert.Throws<BundleException>(() => BundleWriter.Write(scratch.Bundle, Scratch.Content with { Name = name })).Code);
        Assert.False(Directory.Exists(scratch.Bundle));
    }

    [Fact]
    public void Write_MissingProfile_LeavesNothing()
    {
        using Scratch scratch = new();
        BundleException exception = Assert.Throws<BundleException>(() => BundleWriter.Write(scratch.Bundle, Scratch.Content with { ProfilePath = scratch.At("none.json") }));
        Assert.StartsWith($"{scratch.At("none.json")}: The file cannot be read:", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Folder));
    }
}
