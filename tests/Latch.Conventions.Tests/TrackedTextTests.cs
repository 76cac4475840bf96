using System.Text.RegularExpressions;

namespace Latch.Conventions.Tests;

/// <summary>House rules about the text of every tracked file.</summary>
public sealed partial class TrackedTextTests
{
    private const int MaxLines = 400;
    private const int FewestFiles = 150;

    [Fact]
    public void CSharpFiles_Length_StaysBelowTheLimit()
    {
        (string Path, int Lines)[] files = [.. RepositoryFiles.Texts()
            .Where(static file => file.Path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(static file => (file.Path, file.Text.Count(static character => character == '\n')))];
        Assert.True(files.Length >= FewestFiles, $"Only {files.Length} C# files were seen.");
        Assert.Empty(files.Where(static file => file.Lines > MaxLines).Select(static file => $"{file.Path}: {file.Lines} lines"));
    }

    [Fact]
    public void TrackedFiles_Text_HasNoMachinePathOrRegistryHost()
    {
        (string Path, string Text)[] files = [.. RepositoryFiles.Texts().Where(static file => file.Path != SelfPath)];
        Assert.True(files.Length >= FewestFiles, $"Only {files.Length} texts were seen.");
        Assert.Empty(files.SelectMany(static file => MachineText().Matches(file.Text).Select(match => $"{file.Path}: {match.Value}")));
    }

    [Theory]
    [InlineData("see /work/model")]
    [InlineData("\"/home/me/model.latch\"")]
    [InlineData("C:\\Users\\me")]
    [InlineData("https://nuget.example.org/v3/index.json")]
    [InlineData("https://pypi.org/simple")]
    public void MachineText_Examples_AreFound(string text) => Assert.Matches(MachineText(), text);

    [Fact]
    public void Markdown_RelativeLinks_LeadToFiles()
    {
        (string Path, string Target)[] links = [.. RepositoryFiles.Texts()
            .Where(static file => file.Path.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(static file => Link().Matches(file.Text).Select(match => (file.Path, Target: match.Groups[1].Value)))
            .Where(static link => !link.Target.Contains("://", StringComparison.Ordinal))];
        Assert.All(links, static link =>
        {
            string target = Path.Combine(Path.GetDirectoryName(RepositoryFiles.FullPath(link.Path))!, link.Target);
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{link.Path} links to {link.Target}.");
        });
    }

    private const string SelfPath = "tests/Latch.Conventions.Tests/TrackedTextTests.cs";

    [GeneratedRegex(@"(?<![\w.*])/(work|home|root|Users)/\w+|[A-Z]:\\Users|https?://[\w.-]*(nuget|pypi|artifactory|nexus|npmjs|registry|mirror)[\w.-]*")]
    private static partial Regex MachineText();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
