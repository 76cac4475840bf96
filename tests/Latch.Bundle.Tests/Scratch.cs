using System.Diagnostics;
using System.Security.Cryptography;

namespace Latch.Bundle.Tests;

/// <summary>A folder of a test's own with a key and a signed bundle in it, deleted at the end.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("latch-bundle-").FullName;

    public static string Model => Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch");

    public string Key => At("model.pem");

    public string PublicKey => At("model.pub.pem");

    public string Bundle => At("bundle");

    public BundleTrust Trust => new() { Keys = [PublicKey] };

    public static BundleContent Content => new()
    {
        Name = "gates",
        Version = 3,
        Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        ModelPath = Model,
        Limits = new BundleLimits(1000, 32),
    };

    public string At(string name) => Path.Combine(Folder, name);

    public Scratch WithBundle()
    {
        BundleKeys.Create(Key);
        using ECDsa key = BundleKeys.LoadPrivate(Key);
        BundleWriter.Write(Bundle, Content, key);
        return this;
    }

    /// <summary>Runs openssl; its exit code and standard output.</summary>
    public static (int Code, string Text) OpenSsl(params string[] arguments)
    {
        SharedData.RequirePath("/usr/bin/openssl", "the command openssl (Debian: openssl)");
        ProcessStartInfo start = new("/usr/bin/openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
