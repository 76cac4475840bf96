using System.Diagnostics;

namespace Latch.Metrics.Tests;

/// <summary>The alert rules and the example of targets/fleet/monitoring, by promtool.</summary>
public sealed class AlertTests
{
    private const string Promtool = "/usr/bin/promtool";

    [Theory]
    [InlineData("check", "rules", "latch-alerts.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", "latch-alerts.test.yml")]
    public void Promtool_ShippedFile_IsRight(string verb, string what, string file)
    {
        (int code, string text) = Run(Path.Combine(SharedData.Repository, "targets", "fleet", "monitoring"), verb, what, file);
        Assert.True(code == 0, text);
        Assert.Contains("SUCCESS", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Promtool_RulesWithoutOne_TestsFail()
    {
        // The tests of the rules can fail: without its threshold the alert is raised where none is expected.
        string folder = Directory.CreateTempSubdirectory("latch-alerts-").FullName;
        foreach (string path in Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "targets", "fleet", "monitoring"), "latch-alerts*.yml"))
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(path)), File.ReadAllText(path).Replace("> 0.95", "> 0.4", StringComparison.Ordinal));
        Assert.NotEqual(0, Run(folder, "test", "rules", "latch-alerts.test.yml").Code);
        Directory.Delete(folder, recursive: true);
    }

    private static (int Code, string Text) Run(string folder, params string[] arguments)
    {
        SharedData.RequirePath(Promtool, "Debian's package prometheus, for promtool");
        using Process process = Process.Start(new ProcessStartInfo(Promtool, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string text = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}
