using Latch.Bundle;
using Latch.Targets.Build;

namespace Latch.Targets.Deploy;

/// <summary>Fetches the recording and the model of a board, for <c>latch replay</c> here.</summary>
internal sealed class RecordingPull(IBoard board, string recording, string folder, StepLog log)
{
    private readonly BoardFiles _files = new(board);

    /// <summary>Fetches; how many segments are here now.</summary>
    /// <param name="withOpen">Also the segment that is being written, as far as it is.</param>
    /// <param name="cancellation">Ends it; what is complete stays.</param>
    public async Task<int> RunAsync(bool withOpen, CancellationToken cancellation)
    {
        List<(string Hash, string Name)> segments = await ListAsync(cancellation).ConfigureAwait(false);
        bool running = (await board.RunAsync("systemctl is-active --quiet latch-agent.service", cancellation).ConfigureAwait(false)).Code == 0;
        if (running && !withOpen && segments.Count > 0)
        {
            log.Note($"{segments[^1].Name} is still being written and left out; --open takes it as far as it is");
            segments.RemoveAt(segments.Count - 1);
        }
        Directory.CreateDirectory(folder);
        int fetched = 0;
        foreach ((string hash, string name) in segments)
            if (await _files.FetchAsync($"{recording}/{name}", asRoot: true, Path.Combine(folder, name), running && withOpen && name == segments[^1].Name ? null : hash, cancellation).ConfigureAwait(false))
                fetched++;
        log.Done($"{segments.Count} segments, {fetched} of them fetched now");
        ModelBundle bundle = await _files.ModelAsync(Path.Combine(folder, "model"), cancellation).ConfigureAwait(false);
        log.Done($"model {bundle.Manifest.Name} {bundle.Manifest.Version}");
        return segments.Count;
    }

    private async Task<List<(string Hash, string Name)>> ListAsync(CancellationToken cancellation)
    {
        string list = $"cd {SshBoard.Quote(recording)} && ls | grep -E '^segment-[0-9]+[.]latchrec$' | sort | xargs -r sha256sum";
        ProgramResult result = await board.RunAsync($"{SshBoard.AsRoot}exec $run sh -c {SshBoard.Quote(list)}", cancellation).ConfigureAwait(false);
        if (result.Code != 0)
            throw new TargetException($"{board.Name}: the files cannot be listed: {result.LastLine} Does the agent record (telemetry.recording), and may this user use sudo?");
        return [.. BoardFiles.Hashes(result.Out)];
    }
}
