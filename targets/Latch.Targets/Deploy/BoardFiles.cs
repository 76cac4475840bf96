using Latch.Bundle;
using Latch.Model;
using Latch.Targets.Build;

namespace Latch.Targets.Deploy;

/// <summary>Files of a board, fetched to this machine. One is complete when its SHA-256 is that on the board; one that is here already is not fetched again.</summary>
internal sealed class BoardFiles(IBoard board)
{
    private const string ModelFolder = "/var/lib/latch/current/model";

    /// <summary>Fetches the bundle that the board runs.</summary>
    /// <param name="folder">A folder for it alone: what another model left there is deleted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TargetException">The board runs no model, it was changed meanwhile, or the connection is lost.</exception>
    public async Task<ModelBundle> ModelAsync(string folder, CancellationToken cancellation)
    {
        ProgramResult result = await board.RunAsync($"cd {ModelFolder} && ls | grep -E '^[a-z]+[.][a-z]+$' | xargs -r sha256sum", cancellation).ConfigureAwait(false);
        if (result.Code != 0)
            throw new TargetException($"{board.Name}: its model cannot be fetched: {result.LastLine} Deploy to it with 'latch deploy'.");
        IReadOnlyList<(string Hash, string Name)> files = Hashes(result.Out);
        string target = Directory.CreateDirectory(folder).FullName;
        foreach (string path in Directory.GetFiles(target).Where(path => !files.Any(file => file.Name == Path.GetFileName(path))))
            File.Delete(path);
        foreach ((string hash, string name) in files)
            await FetchAsync($"{ModelFolder}/{name}", asRoot: false, Path.Combine(target, name), hash, cancellation).ConfigureAwait(false);
        return ModelBundle.Open(target, new BundleTrust { AllowUnsigned = true });
    }

    /// <summary>Fetches a file; true when it was fetched, false when it was here.</summary>
    /// <param name="remote">Path on the board.</param>
    /// <param name="asRoot">Whether only root may read it.</param>
    /// <param name="local">Path here.</param>
    /// <param name="hash">SHA-256; null for a file that grows, which is taken as it is.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<bool> FetchAsync(string remote, bool asRoot, string local, string? hash, CancellationToken cancellation)
    {
        if (hash is not null && File.Exists(local) && FileHash.Of(local) == hash)
            return false;
        using WholeFile file = new(local);
        ProgramResult result = await board.FetchAsync($"{(asRoot ? SshBoard.AsRoot + "exec $run " : "")}cat {SshBoard.Quote(remote)}", file.Stream, cancellation).ConfigureAwait(false);
        if (result.Code != 0)
            throw new TargetException($"{board.Name}: {remote} could not be fetched: {result.LastLine} What is here already stays; run the command again.");
        file.Complete(part =>
        {
            if (hash is not null && FileHash.Of(part) != hash)
                throw new TargetException($"{board.Name}: {remote} did not arrive whole, or was written over meanwhile. Run the command again.");
        });
        return true;
    }

    /// <summary>Hash and name of each file in what sha256sum printed.</summary>
    public static IReadOnlyList<(string Hash, string Name)> Hashes(string text) =>
        [.. text.Split('\n').Select(line => line.Split("  ", 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0], Path.GetFileName(parts[1])))];
}
