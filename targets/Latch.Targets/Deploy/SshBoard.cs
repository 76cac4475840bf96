using System.ComponentModel;
using System.Diagnostics;
using Latch.Targets.Build;

namespace Latch.Targets.Deploy;

/// <summary>
/// A board reached by the user's own ssh: configuration, agent and known hosts are theirs. One connection is kept for all commands (a control master), so a
/// passphrase is asked for once.
/// </summary>
internal sealed class SshBoard : IBoard, IAsyncDisposable
{
    /// <summary>What ssh ends with when the fault is its own.</summary>
    public const int ConnectionLost = 255;

    /// <summary>Begin of a script that puts $run before what only root may do.</summary>
    public const string AsRoot = "if [ \"$(id -u)\" -eq 0 ]; then run=; else run='sudo -n'; fi; ";

    // Later than the user's options: ssh takes the first value it meets.
    private static readonly string[] s_defaults = ["-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=6"];

    private readonly BoardAddress _address;
    private readonly string _folder;
    private readonly Process _master;

    private SshBoard(BoardAddress address, string folder, Process master) => (_address, _folder, _master) = (address, folder, master);

    public string Name => _address.Destination;

    private string Socket => Path.Combine(_folder, "s");

    /// <summary>Connects.</summary>
    /// <exception cref="TargetException">It cannot; the message holds what ssh said.</exception>
    public static async Task<SshBoard> ConnectAsync(BoardAddress address, CancellationToken cancellation)
    {
        SshBoard board = Start(address);
        try
        {
            Task<string> error = board._master.StandardError.ReadToEndAsync(CancellationToken.None);
            while (!File.Exists(board.Socket))
            {
                if (board._master.HasExited)
                    throw new TargetException(Explain(address, await error.ConfigureAwait(false)));
                await Task.Delay(50, cancellation).ConfigureAwait(false);
            }
            return board;
        }
        catch
        {
            await board.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The command line that runs a script on a board.</summary>
    public static string Shown(BoardAddress address, string script) =>
        string.Join(' ', ((string[])["ssh", .. address.SshOptions, address.Destination, $"sh -c {Quote(script)}"]).Select(part => part.Any(letter => " '\"$\n;|&()".Contains(letter)) ? Quote(part) : part));

    public Task<ProgramResult> RunAsync(string script, CancellationToken cancellation, Action<string>? line = null) =>
        CommandLine.RunAsync("ssh", Arguments(script), cancellation, line: line);

    public async Task<ProgramResult> SendAsync(string local, string script, CancellationToken cancellation)
    {
        FileStream file = File.OpenRead(local);
        await using (file.ConfigureAwait(false))
            return await CopyAsync(script, file, Stream.Null, cancellation).ConfigureAwait(false);
    }

    public Task<ProgramResult> FetchAsync(string script, Stream target, CancellationToken cancellation) => CopyAsync(script, Stream.Null, target, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (!_master.HasExited)
            _master.Kill(entireProcessTree: true);
        await _master.WaitForExitAsync().ConfigureAwait(false);
        _master.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    internal static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static SshBoard Start(BoardAddress address)
    {
        string folder = Directory.CreateTempSubdirectory("latch-ssh-").FullName;
        ProcessStartInfo start = new("ssh", ["-M", "-N", "-S", Path.Combine(folder, "s"), .. address.SshOptions, .. s_defaults, "--", address.Destination])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        try
        {
            return new SshBoard(address, folder, Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            Directory.Delete(folder, recursive: true);
            throw new TargetException($"The program ssh cannot be run: {exception.Message} Install OpenSSH's client (Debian: openssh-client).", exception);
        }
    }

    // Runs a script between two streams, bytes as they are.
    private async Task<ProgramResult> CopyAsync(string script, Stream input, Stream output, CancellationToken cancellation)
    {
        ProcessStartInfo start = new("ssh", Arguments(script)) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        // A write to a connection that hangs does not heed the token.
        using CancellationTokenRegistration end = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        Task copied = process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
        await GiveAsync(input, process, cancellation).ConfigureAwait(false);
        await copied.ConfigureAwait(false);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return new ProgramResult(process.ExitCode, "", await error.ConfigureAwait(false));
    }

    private static async Task GiveAsync(Stream input, Process process, CancellationToken cancellation)
    {
        try
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, cancellation).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all: its exit code and its words say why.
        }
    }

    private string[] Arguments(string script) => ["-S", Socket, .. _address.SshOptions, .. s_defaults, "--", _address.Destination, $"sh -c {Quote(script)}"];

    private static string Explain(BoardAddress address, string error)
    {
        string said = string.Join(' ', error.Split('\n').Select(line => line.Trim('\r', '@', ' ')).Where(line => line.Length > 0));
        string advice = said switch
        {
            _ when said.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal) =>
                "Its host key is not the one your known_hosts has: was the board set up anew, or is it another machine? If you are sure, run 'ssh-keygen -R HOST' and connect once by ssh.",
            _ when said.Contains("Host key verification failed", StringComparison.Ordinal) => "Its host key is not known yet: connect once by ssh and check it.",
            _ when said.Contains("Permission denied", StringComparison.Ordinal) => "It does not accept your key or password: try 'ssh' with the same address and options.",
            _ => "Is it on and reachable? Try 'ssh' with the same address and options.",
        };
        return $"{address.Destination}: no connection: {(said.Length > 300 ? said[^300..] : said).TrimEnd('.')}. {advice}";
    }
}
