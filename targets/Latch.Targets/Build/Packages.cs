using System.Globalization;
using System.Text;

namespace Latch.Targets.Build;

/// <summary>The two packages: the agent with its units and the slot engine, and a model.</summary>
internal static class Packages
{
    private const string Agent = "packaging/latch-agent/", Model = "packaging/latch-model/";

    // Not when an agent was built: a date would make another package of the same content.
    private static readonly DateTimeOffset s_agentTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Version of the agent's package: that of this program, and what the owner adds to it, 0.1.0 &lt; 0.1.0+1 &lt; 0.1.0+2 &lt; 0.1.1.</summary>
    public static string AgentVersion(BuildRequest request) =>
        typeof(Packages).Assembly.GetName().Version!.ToString(3) + (request.AgentVersion is { } own ? string.Create(CultureInfo.InvariantCulture, $"+{own}") : "");

    /// <summary>The agent's configuration: the one given, else one that reads the board's own load.</summary>
    public static string Configuration(BuildRequest request) => request.Configuration is { } own
        ? Read(own)
        : Fill(Resources.Text(Agent + "agent.json"), new() { ["UNSIGNED"] = request.Key is null ? "true" : "false" });

    /// <summary>Packs latch-agent; the file's name and a hash of what is in it.</summary>
    /// <param name="request">What is built.</param>
    /// <param name="program">The agent.</param>
    /// <param name="keys">Public keys to trust: file name and text.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<(string File, string Content)> AgentAsync(BuildRequest request, byte[] program, IReadOnlyList<(string Name, string Text)> keys, CancellationToken cancellation)
    {
        using DebBuilder deb = new(s_agentTime);
        string version = AgentVersion(request);
        Dictionary<string, string> values = new()
        {
            ["VERSION"] = version,
            ["ARCHITECTURE"] = request.Target.Architecture,
            ["MAINTAINER"] = request.Maintainer,
            ["YEAR"] = Year(s_agentTime),
            ["GLIBC"] = request.Target.Glibc,
            ["GROUPS"] = string.Join(' ', request.Target.Groups),
            ["MEMORY"] = request.Target.AgentMemoryMiB.ToString(CultureInfo.InvariantCulture),
        };
        string Filled(string name) => Fill(Resources.Text(name), values);
        deb.Add("usr/lib/latch/agent/latch-agent", program, isProgram: true);
        deb.Add("usr/lib/latch/latch-slot", Encoding.UTF8.GetBytes(Resources.Text("packaging/latch-slot")), isProgram: true);
        deb.Add("lib/systemd/system/latch-agent.service", Encoding.UTF8.GetBytes(Filled(Agent + "latch-agent.service")));
        deb.Add("lib/systemd/system/latch-health.path", Encoding.UTF8.GetBytes(Filled(Agent + "latch-health.path")));
        deb.Add("lib/systemd/system/latch-health.service", Encoding.UTF8.GetBytes(Filled(Agent + "latch-health.service")));
        deb.Add("usr/lib/sysusers.d/latch-agent.conf", Encoding.UTF8.GetBytes(Filled(Agent + "latch-agent.sysusers")));
        deb.Add("usr/share/latch/agent.json", Encoding.UTF8.GetBytes(Configuration(request)), isPrivate: true);
        foreach ((string name, string text) in keys)
            deb.Add($"etc/latch/keys/{name}", Encoding.UTF8.GetBytes(text), isConfiguration: true);
        deb.Add("lib/udev/rules.d/50-latch-agent.rules", Encoding.UTF8.GetBytes(Filled(Agent + "latch-agent.udev")));
        deb.AddCompressed("usr/share/man/man8/latch-agent.8.gz", Filled(Agent + "latch-agent.8"));
        deb.AddCompressed("usr/share/man/man8/latch-slot.8.gz", Filled(Agent + "latch-slot.8"));
        foreach (string script in (string[])["postinst", "prerm", "postrm"])
            deb.AddScript(script, Filled(Agent + script));
        string content = deb.ContentHash();
        deb.Add("usr/lib/latch/agent/content", Encoding.UTF8.GetBytes($"{content}\n"));
        AddDocuments(deb, "latch-agent", version, $"Agent for {request.Target.LatchTarget}.", request.Maintainer, s_agentTime, Filled(Agent + "copyright"), Filled(Agent + "lintian-overrides"));
        string file = $"latch-agent_{version}_{request.Target.Architecture}.deb";
        await deb.PackAsync(Filled(Agent + "control"), Path.Combine(request.Output, file), cancellation).ConfigureAwait(false);
        return (file, content);
    }

    /// <summary>Packs latch-model-NAME; the file's name.</summary>
    public static async Task<string> ModelAsync(BuildRequest request, string name, string bundle, CancellationToken cancellation)
    {
        using DebBuilder deb = new(request.Time);
        string version = request.Version.ToString(CultureInfo.InvariantCulture), package = $"latch-model-{name}";
        Dictionary<string, string> values = new() { ["NAME"] = name, ["VERSION"] = version, ["MAINTAINER"] = request.Maintainer, ["YEAR"] = Year(request.Time) };
        string Filled(string part) => Fill(Resources.Text(Model + part), values);
        foreach (string path in Directory.GetFiles(bundle).Order(StringComparer.Ordinal))
            deb.Add($"usr/share/latch/models/{name}/{Path.GetFileName(path)}", File.ReadAllBytes(path));
        AddDocuments(deb, package, version, "Model built by latch.", request.Maintainer, request.Time, Filled("copyright"), Filled("lintian-overrides"));
        deb.AddScript("postinst", Filled("postinst"));
        string file = $"{package}_{version}_all.deb";
        await deb.PackAsync(Filled("control"), Path.Combine(request.Output, file), cancellation).ConfigureAwait(false);
        return file;
    }

    private static void AddDocuments(DebBuilder deb, string package, string version, string change, string maintainer, DateTimeOffset time, string copyright, string overrides)
    {
        string date = time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        deb.AddCompressed($"usr/share/doc/{package}/changelog.gz", $"{package} ({version}) stable; urgency=medium\n\n  * {change}\n\n -- {maintainer}  {date}\n");
        deb.Add($"usr/share/doc/{package}/copyright", Encoding.UTF8.GetBytes(copyright));
        deb.Add($"usr/share/lintian/overrides/{package}", Encoding.UTF8.GetBytes(overrides));
    }

    private static string Year(DateTimeOffset time) => time.Year.ToString(CultureInfo.InvariantCulture);

    private static string Fill(string text, Dictionary<string, string> values) =>
        values.Aggregate(text, (filled, value) => filled.Replace($"@{value.Key}@", value.Value, StringComparison.Ordinal));

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
    }
}
