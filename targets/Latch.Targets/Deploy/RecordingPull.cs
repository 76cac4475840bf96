using System.Security.Cryptography;
using Latch.Bundle;
using Latch.Targets.Build;

namespace Latch.Targets.Deploy;

/// <summary>
/// Fetches the recording and the model of a board, for <c>latch replay</c> here. A segment is complete when its SHA-256 is that on the board; one that is here
/// already is not fetched again.
/// </summary>
internal sealed class RecordingPull(IBoard board, string recording, string folder, StepLog log)
{
    private const string ModelFolder = "/var/lib/latch/current/model";

    /// <summary>Fetches; how many segments are here now.</summary>
    /// <param name="withOpen">Also the segment that is being written, as far as it is.</param>
    /// <param name="cancellation">Ends it; what is complete stays.</param>
    public async Task<int> RunAsync(bool withOpen, CancellationToken cancellation)
    {
        string root = (await board.RunAsync("[ \"$(id -u)\" -eq 0 ] || echo 'sudo -n '", cancellation).ConfigureAwait(false)).Out.TrimEnd('\n');
        List<(string Hash, string Name)> segments = await ListAsync($"{root}sh -c {SshBoard.Quote($"cd {SshBoard.Quote(recording)} && ls | grep -E '^segment-[0-9]+[.]latchrec$' | sort | xargs -r sha256sum")}", cancellation).ConfigureAwait(false);
        bool running = (await board.RunAsync("systemctl is-active --quiet latch-agent.service", cancellation).ConfigureAwait(false)).Code == 0;
        if (running && !withOpen && segments.Count > 0)
        {
            log.Note($"{segments[^1].Name} is still being written and left out; --open takes it as far as it is");
            segments.RemoveAt(segments.Count - 1);
        }
        Directory.CreateDirectory(folder);
        int fetched = 0;
        foreach ((string hash, string name) in segments)
            if (await FetchAsync(root, $"{recording}/{name}", Path.Combine(folder, name), running && withOpen && name == segments[^1].Name ? null : hash, cancellation).ConfigureAwait(false))
                fetched++;
        log.Done($"{segments.Count} segments, {fetched} of them fetched now");
        await ModelAsync(cancellation).ConfigureAwait(false);
        return segments.Count;
    }

    private async Task ModelAsync(CancellationToken cancellation)
    {
        List<(string Hash, string Name)> files = await ListAsync($"cd {ModelFolder} && ls | grep -E '^[a-z]+[.][a-z]+$' | xargs -r sha256sum", cancellation).ConfigureAwait(false);
        string target = Directory.CreateDirectory(Path.Combine(folder, "model")).FullName;
        foreach ((string hash, string name) in files)
            await FetchAsync("", $"{ModelFolder}/{name}", Path.Combine(target, name), hash, cancellation).ConfigureAwait(false);
        ModelBundle bundle = ModelBundle.Open(target, new BundleTrust { AllowUnsigned = true });
        log.Done($"model {bundle.Manifest.Name} {bundle.Manifest.Version}");
    }

    private async Task<List<(string Hash, string Name)>> ListAsync(string script, CancellationToken cancellation)
    {
        ProgramResult result = await board.RunAsync(script, cancellation).ConfigureAwait(false);
        if (result.Code != 0)
            throw new TargetException($"{board.Name}: the files cannot be listed: {result.LastLine} Does the agent record (telemetry.recording), and may this user use sudo?");
        return [.. result.Out.Split('\n').Select(line => line.Split("  ", 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0], Path.GetFileName(parts[1])))];
    }

    // A hash of null: a segment that grows, taken as it is. True when it was fetched, false when it was here.
    private async Task<bool> FetchAsync(string root, string remote, string local, string? hash, CancellationToken cancellation)
    {
        if (hash is not null && File.Exists(local) && Hash(local) == hash)
            return false;
        string part = $"{local}.part";
        using (FileStream file = new(part, FileMode.Create))
        {
            ProgramResult result = await board.FetchAsync($"{root}cat {SshBoard.Quote(remote)}", file, cancellation).ConfigureAwait(false);
            if (result.Code != 0)
                throw new TargetException($"{board.Name}: {remote} could not be fetched: {result.LastLine} What is here already stays; run the command again.");
        }
        if (hash is not null && Hash(part) != hash)
            throw new TargetException($"{board.Name}: {remote} did not arrive whole, or was written over meanwhile. Run the command again.");
        File.Move(part, local, overwrite: true);
        return true;
    }

    private static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
