using System.Diagnostics;
using System.Text.Json;

namespace Latch.Mqtt.Tests;

/// <summary>The npm package sparkplug-payload, in node: a decoder of others. It is installed once into a cache outside the repository (LATCH_NPM_CACHE).</summary>
internal static class SparkplugDecoder
{
    private const string Package = "sparkplug-payload";
    private const string Version = "1.0.3";

    private static readonly Lazy<string?> s_folder = new(Install);

    /// <summary>Decodes payloads of NBIRTH, NDATA, NDEATH.</summary>
    public static JsonElement[] Decode(IEnumerable<byte[]> payloads)
    {
        if (s_folder.Value is not { } folder)
        {
            SharedData.Missing($"Needs node and npm, and {Package}@{Version} of the npm registry.");
            return [];
        }
        ProcessStartInfo start = new("node", [Path.Combine(AppContext.BaseDirectory, "decode.cjs"), folder]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(string.Concat(payloads.Select(static payload => Convert.ToHexStringLower(payload) + "\n")));
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
    }

    private static string? Install()
    {
        string folder = Environment.GetEnvironmentVariable("LATCH_NPM_CACHE") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "latch", "npm");
        string installed = Path.Combine(folder, "node_modules", Package, "package.json");
        if (!File.Exists("/usr/bin/node") && !File.Exists("/usr/local/bin/node"))
            return null;
        if (File.Exists(installed) && JsonDocument.Parse(File.ReadAllText(installed)).RootElement.GetProperty("version").GetString() == Version)
            return folder;
        Directory.CreateDirectory(folder);
        try
        {
            using Process npm = Process.Start(new ProcessStartInfo("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, $"{Package}@{Version}"]))!;
            return npm.WaitForExit(TimeSpan.FromMinutes(2)) && npm.ExitCode == 0 && File.Exists(installed) ? folder : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
