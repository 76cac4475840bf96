using Latch.Targets.Build;
using Latch.Targets.Profiles;

namespace Latch.Targets.Deploy;

/// <summary>How a deployment ended.</summary>
internal enum DeployOutcome
{
    /// <summary>The new slot is healthy and stays.</summary>
    Confirmed,

    /// <summary>The board went back to the slot before.</summary>
    RolledBack,

    /// <summary>The new slot is not healthy, and there is none before it.</summary>
    Failed,

    /// <summary>The slot engine did not take the new slot, and the board goes on as before.</summary>
    Refused,
}

/// <summary>
/// Puts packages on a board: preflight, upload under another name, hash on the board, dpkg under systemd (so that it goes on when the connection is cut), and what
/// became of it.
/// </summary>
internal sealed class Deployment(IBoard board, TargetProfile target, string folder, BuildResult build, StepLog log)
{
    private const string Upload = ".cache/latch", Unit = "latch-install", Log = "/var/log/latch-install.log";

    // The slot engine's note of what it does not try again: somebody who deploys wants it tried.
    private const string Refused = "/var/lib/latch/refused";

    /// <summary>Deploys.</summary>
    /// <param name="cancellation">Ends it; an installation that has begun goes on on the board.</param>
    /// <exception cref="TargetException">It cannot be done, or the connection is lost.</exception>
    public async Task<DeployOutcome> RunAsync(CancellationToken cancellation)
    {
        BoardFacts facts = await PreflightAsync(cancellation).ConfigureAwait(false);
        List<string> packages = Packages(facts);
        List<string> uploaded = [];
        foreach (string package in packages)
            uploaded.Add(await UploadAsync(package, cancellation).ConfigureAwait(false));
        int code = await InstallAsync(uploaded, cancellation).ConfigureAwait(false);
        return await OutcomeAsync(facts, code, cancellation).ConfigureAwait(false);
    }

    /// <summary>The commands that a deployment runs.</summary>
    public static IEnumerable<string> Commands(BoardAddress address, string folder, BuildResult build)
    {
        yield return SshBoard.Shown(address, "(preflight: architecture, glibc, systemd, sudo, space, memory, clock, groups, packages)");
        foreach (string package in (string[])[build.AgentPackage, build.ModelPackage])
        {
            yield return $"{SshBoard.Shown(address, Receive(package))} <{Path.Combine(folder, package)}";
            yield return SshBoard.Shown(address, Verify(package, FileHash.Of(Path.Combine(folder, package))));
        }
        yield return SshBoard.Shown(address, Install([$"{Upload}/{build.AgentPackage}", $"{Upload}/{build.ModelPackage}"]));
        yield return SshBoard.Shown(address, "/usr/lib/latch/latch-slot status");
    }

    private async Task<BoardFacts> PreflightAsync(CancellationToken cancellation)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        ProgramResult result = await RunAsync(BoardFacts.Script, cancellation).ConfigureAwait(false);
        BoardFacts facts = new(result.Out, before + ((DateTimeOffset.UtcNow - before) / 2));
        long bytes = new[] { build.AgentPackage, build.ModelPackage }.Sum(package => new FileInfo(Path.Combine(folder, package)).Length);
        IReadOnlyList<Check> checks = Preflight.Run(facts, target, bytes);
        log.Done($"preflight: {checks.Count(check => check.State == CheckState.Good)} of {checks.Count} as they should be");
        foreach (Check check in checks)
            log.Note($"{check.State switch { CheckState.Good => "ok      ", CheckState.Warning => "warning ", _ => "NOT OK  " }}{check.Name}: {check.Text}");
        Check[] bad = [.. checks.Where(check => check.State == CheckState.Bad)];
        return bad.Length == 0
            ? facts
            : throw new TargetException($"{board.Name}: nothing was changed: {string.Join(" ", bad.Select(check => $"{check.Name}: {check.Text}"))}");
    }

    private List<string> Packages(BoardFacts facts)
    {
        bool same = facts["content"] == build.AgentContent && facts.Packages.Any(package => package.StartsWith("latch-agent ", StringComparison.Ordinal) && package.EndsWith(" installed", StringComparison.Ordinal));
        if (same)
            log.Note("the board has this agent already");
        return same ? [build.ModelPackage] : [build.AgentPackage, build.ModelPackage];
    }

    private async Task<string> UploadAsync(string package, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, package), hash = FileHash.Of(path), remote = $"{Upload}/{package}";
        ProgramResult there = await RunAsync($"sha256sum {remote} 2>/dev/null", cancellation, mayFail: true).ConfigureAwait(false);
        if (there.Out.StartsWith(hash, StringComparison.Ordinal))
        {
            log.Done($"{package} is there already");
            return remote;
        }
        ProgramResult sent = await board.SendAsync(path, Receive(package), cancellation).ConfigureAwait(false);
        if (sent.Code != 0)
            throw new TargetException($"{board.Name}: {package} could not be uploaded: {sent.LastLine} Nothing was changed on the board; run the command again.");
        ProgramResult verified = await RunAsync(Verify(package, hash), cancellation, mayFail: true).ConfigureAwait(false);
        if (verified.Code != 0)
            throw new TargetException($"{board.Name}: {package} did not arrive whole: its SHA-256 on the board is not {hash[..12]}... Nothing was changed; run the command again.");
        log.Done($"uploaded {package} ({new FileInfo(path).Length / 1024} KiB), SHA-256 {hash[..12]}... checked on the board");
        return remote;
    }

    // The exit code of dpkg.
    private async Task<int> InstallAsync(IReadOnlyList<string> packages, CancellationToken cancellation)
    {
        ProgramResult result;
        try
        {
            result = await board.RunAsync(Install(packages), cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            log.Note($"the installation goes on on the board; 'latch status {board.Name}' tells how it ended");
            throw;
        }
        if (result.Code == SshBoard.ConnectionLost)
            throw new TargetException($"{board.Name}: the connection was lost during the installation, which goes on on the board: it runs the old slot or the new one. 'latch status {board.Name}' tells which; or run this command again.");
        string[] said = [.. result.Out.Split('\n').Where(line => line.StartsWith("latch-slot: ", StringComparison.Ordinal))];
        foreach (string line in said)
            log.Note(line.Trim());
        log.Done($"installed {string.Join(" and ", packages.Select(Path.GetFileName))}{(result.Code == 0 ? "" : $": dpkg ended with {result.Code}")}");
        if (result.Code != 0 && said.Length == 0)
            throw new TargetException($"{board.Name}: dpkg could not install the packages: {result.LastLine} The slot in use stays; {Log} on the board has everything.");
        return result.Code;
    }

    private async Task<DeployOutcome> OutcomeAsync(BoardFacts before, int code, CancellationToken cancellation)
    {
        ProgramResult result = await RunAsync($"/usr/lib/latch/latch-slot status; {BoardFacts.PackagesScript}; rm -rf {Upload}", cancellation).ConfigureAwait(false);
        BoardStatus status = BoardStatus.Parse(result.Out);
        if (code != 0 && Refusal(before, status, new BoardFacts(result.Out, DateTimeOffset.UtcNow).Packages) is { } refusal)
        {
            log.Done(refusal);
            log.Note("latch-slot says above why.");
            return DeployOutcome.Refused;
        }
        if (status.LastResult == "confirmed" && status.CurrentModel == $"{build.Model} {build.Version}" && status.Trial.Length == 0)
        {
            log.Done($"healthy and confirmed: slot {status.Current} runs {status.CurrentModel}");
            return DeployOutcome.Confirmed;
        }
        if (status.LastResult == "rolled-back" || (status.Current.Length > 0 && status.CurrentModel != $"{build.Model} {build.Version}"))
        {
            log.Done($"ROLLED BACK: slot {status.Current} runs {status.CurrentModel}{(before["slot.current"] == status.Current ? " as before" : "")}");
            log.Note(status.LastResult == "rolled-back" ? status.LastReason : "The new slot was refused; see above.");
            return DeployOutcome.RolledBack;
        }
        log.Done($"NOT HEALTHY: slot {status.Current} ({status.CurrentModel}): {status.LastResult}");
        log.Note(status.LastReason);
        return DeployOutcome.Failed;
    }

    // What was not taken of an installation that dpkg could not end; null when the last result tells of it.
    private string? Refusal(BoardFacts before, BoardStatus status, IReadOnlyList<string> packages)
    {
        // The last result may be that of an earlier installation.
        if ((status.LastTime, status.LastResult, status.LastReason) == (before["slot.last-time"], before["slot.last-result"], before["slot.last-reason"]))
            return $"REFUSED: {(status.Current.Length > 0 ? $"slot {status.Current} runs {status.CurrentModel} as before" : "there is no slot yet")}";
        string[] sent = [build.AgentPackage.Split('_')[0], build.ModelPackage.Split('_')[0]];
        string[] left = [.. packages.Where(package => sent.Contains(package.Split(' ')[0]) && !package.EndsWith(" installed", StringComparison.Ordinal))];
        return status.LastResult == "confirmed" && left.Length > 0
            ? $"PARTLY REFUSED: slot {status.Current} runs {status.CurrentModel}, but not what came with {string.Join(" and ", left)}"
            : null;
    }

    private async Task<ProgramResult> RunAsync(string script, CancellationToken cancellation, bool mayFail = false)
    {
        ProgramResult result = await board.RunAsync(script, cancellation).ConfigureAwait(false);
        if (result.Code == SshBoard.ConnectionLost)
            throw new TargetException($"{board.Name}: the connection was lost: {result.LastLine} The board runs what it ran before; run the command again.");
        return result.Code == 0 || mayFail ? result : throw new TargetException($"{board.Name}: a command failed there: {result.LastLine}");
    }

    private static string Receive(string package) => $"mkdir -p {Upload} && cat >{Upload}/{package}.part";

    private static string Verify(string package, string hash) =>
        $"cd {Upload} && echo '{hash}  {package}.part' | sha256sum -c --quiet - && mv -f {package}.part {package}";

    // As a unit of systemd the installation does not end with the connection. Its output goes to a file for the same reason. One whose connection was cut is waited for.
    private static string Install(IReadOnlyList<string> packages)
    {
        string files = string.Join(' ', packages.Select(package => $"\"$PWD/{package}\""));
        string output = $"-p StandardOutput=append:{Log} -p StandardError=append:{Log}";
        return $"{SshBoard.AsRoot}i=0; while systemctl is-active --quiet {Unit} && [ $i -lt 300 ]; do sleep 1; i=$((i + 1)); done; $run rm -f {Log} {Refused}; "
            + $"$run systemd-run --quiet --wait --collect --unit={Unit} --setenv=DEBIAN_FRONTEND=noninteractive {output} dpkg --force-confdef --force-confold -i {files}; "
            + $"code=$?; $run cat {Log}; exit $code";
    }
}
