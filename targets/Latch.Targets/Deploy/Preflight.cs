using System.Globalization;
using Latch.Targets.Profiles;

namespace Latch.Targets.Deploy;

/// <summary>How a check went.</summary>
internal enum CheckState
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>The deployment goes on, but something will not work.</summary>
    Warning,

    /// <summary>The deployment ends here.</summary>
    Bad,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="State">How it went.</param>
/// <param name="Text">What was found; unless good, why it matters and what to do.</param>
internal sealed record Check(string Name, CheckState State, string Text);

/// <summary>Whether a board can take a deployment: looked at before anything is changed.</summary>
internal static class Preflight
{
    private const double MaxSkewSeconds = 60;

    public static IReadOnlyList<Check> Run(BoardFacts facts, TargetProfile target, long packageBytes)
    {
        long needHome = (packageBytes / 1024) + 1024, needVar = (packageBytes / 1024 * 6) + 8192;
        return
        [
            Architecture(facts, target), Glibc(facts, target), Systemd(facts), Sudo(facts),
            Space(facts, "freeHome", "space for the upload", needHome, "the home folder"), Space(facts, "freeVar", "space for a slot", needVar, "/var/lib"),
            Memory(facts, target), Clock(facts), Groups(facts, target), Installed(facts),
        ];
    }

    private static Check Architecture(BoardFacts facts, TargetProfile target) => facts["machine"] == target.Machine && facts["architecture"] == target.Architecture
        ? new("architecture", CheckState.Good, $"{facts["machine"]}, {facts["system"]}{(facts["board"].Length > 0 ? $", {facts["board"]}" : "")}")
        : new("architecture", CheckState.Bad, facts["architecture"].Length == 0
            ? $"{facts["machine"]} without dpkg: a Debian system is needed (Raspberry Pi OS, Debian, Ubuntu)."
            : $"the board is {facts["machine"]} ({facts["architecture"]}), {target.Name} is {target.Machine} ({target.Architecture}). Choose another --target{(facts["architecture"] == "armhf" ? ", or install the 64-bit system on the board" : "")}.");

    private static Check Glibc(BoardFacts facts, TargetProfile target) => Version.TryParse(facts["glibc"], out Version? found) && found >= Version.Parse(target.Glibc)
        ? new("glibc", CheckState.Good, facts["glibc"])
        : new("glibc", CheckState.Bad, $"{(facts["glibc"].Length > 0 ? facts["glibc"] : "none")}, the agent needs {target.Glibc}: install a newer system (Debian 12, Raspberry Pi OS bookworm).");

    private static Check Systemd(BoardFacts facts) => facts.Number("systemd") >= 247
        ? new("systemd", CheckState.Good, facts["systemd"])
        : new("systemd", CheckState.Bad, facts["systemd"].Length > 0 ? $"{facts["systemd"]}, 247 is needed: install a newer system." : "it does not run, but starts and watches the agent: use a system with systemd.");

    private static Check Sudo(BoardFacts facts) => facts["sudo"] is "yes" or "root"
        ? new("rights", CheckState.Good, facts["sudo"] == "root" ? "logged in as root" : "sudo without a password")
        : new("rights", CheckState.Bad, "sudo asks for a password or is not there: run 'sudo visudo' on the board and allow the user NOPASSWD, or log in as root with a key.");

    private static Check Space(BoardFacts facts, string key, string name, long need, string where) => facts.Number(key) >= need
        ? new(name, CheckState.Good, $"{facts.Number(key) / 1024} MiB in {where}")
        : new(name, CheckState.Bad, $"{facts.Number(key)} KiB are free in {where}, {need} are needed: delete something there.");

    private static Check Memory(BoardFacts facts, TargetProfile target) => facts.Number("memory") >= target.AgentMemoryMiB * 2048L
        ? new("memory", CheckState.Good, $"{facts.Number("memory") / 1024} MiB")
        : new("memory", CheckState.Warning, $"{facts.Number("memory") / 1024} MiB, of which the agent may take {target.AgentMemoryMiB}.");

    private static Check Clock(BoardFacts facts) => Math.Abs(facts.ClockSkew) <= MaxSkewSeconds
        ? new("clock", CheckState.Good, string.Create(CultureInfo.InvariantCulture, $"{facts.ClockSkew:+0.0;-0.0;0.0} s against this machine"))
        : new("clock", CheckState.Warning, string.Create(CultureInfo.InvariantCulture, $"{facts.ClockSkew:+0;-0} s against this machine: times of alarms will be wrong and TLS may fail; switch on time synchronisation (timedatectl set-ntp true)."));

    private static Check Groups(BoardFacts facts, TargetProfile target)
    {
        string[] missing = [.. target.Groups.Except(facts.Groups)];
        return missing.Length == 0
            ? new("groups", CheckState.Good, string.Join(", ", target.Groups))
            : new("groups", CheckState.Warning, $"{string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} not there: the agent has no right to such devices unless a udev rule gives it; see targets/README.md.");
    }

    private static Check Installed(BoardFacts facts)
    {
        string[] broken = [.. facts.Packages.Where(package => !package.EndsWith(" installed", StringComparison.Ordinal) && !package.EndsWith(" config-files", StringComparison.Ordinal))];
        string slot = facts["slot.current"].Length > 0 ? $"slot {facts["slot.current"]} runs {facts["slot.current-model"]}" : "nothing yet";
        if (facts["slot.trial"].Length > 0)
            return new("installed", CheckState.Warning, $"{slot} on trial: its health gate is waited for first.");
        return broken.Length == 0
            ? new("installed", CheckState.Good, slot)
            : new("installed", CheckState.Warning, $"{slot}; not configured to the end: {string.Join("; ", broken)}. This deployment sets it right.");
    }
}
