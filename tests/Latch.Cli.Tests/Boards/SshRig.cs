using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Latch.Cli.Tests.Boards;

/// <summary>
/// A real sshd on a loopback port, which plays the board: its paths are put below a folder of the test, and what would change the machine (dpkg, systemd) are scripts
/// that do the part of it that matters here. The slot engine is the real one.
/// </summary>
internal sealed class SshRig : IDisposable
{
    private readonly Process _sshd;

    public SshRig()
    {
        foreach (string program in (string[])["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/dpkg-deb"])
            SharedData.RequirePath(program, $"{program} (Debian: openssh-server openssh-client dpkg)");
        foreach (string folder in (string[])["bin", "home", "run/systemd/system", "run/latch", "var/log", "etc/latch", "etc/ssh"])
            Directory.CreateDirectory(At(folder));
        using (TcpListener listener = new(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        foreach (string key in (string[])["host", "other", "user"])
            Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", At($"etc/ssh/{key}"));
        WriteBoard();
        WriteSsh();
        if (Directory.Exists("/run") && !Directory.Exists("/run/sshd"))
            Directory.CreateDirectory("/run/sshd");
        _sshd = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", At("etc/ssh/sshd_config")]) { RedirectStandardError = true })!;
        _sshd.BeginErrorReadLine();
        for (int attempt = 0; attempt < 100 && !Listens(); attempt++)
            Thread.Sleep(50);
    }

    public string Root { get; } = Directory.CreateDirectory(Path.Combine("/dev/shm", $"latch-rig-{Guid.NewGuid():N}")).FullName;

    public int Port { get; }

    public static string Board => "127.0.0.1";

    public string Current => Path.GetFileName(new FileInfo(At("var/lib/latch/current")).LinkTarget ?? "");

    public string At(string path) => Path.Combine(Root, path);

    /// <summary>Switches something on the board: "sick" (the health of new slots), "full", "full-slots", "full-later" (after the next health gate), "no-sudo", "late", "cut-upload", "cut-install".</summary>
    public void Set(string name) => File.WriteAllText(At(name), "");

    public void Unset(string name) => File.Delete(At(name));

    /// <summary>Runs a command of latch that goes to the board.</summary>
    public async Task<CommandRun> Latch(string command, params string[] arguments) =>
        await CommandRun.Of([command, Board, "--ssh-option", $"-F {At("etc/ssh/config")}", "--ssh-option", $"-p {Port}", .. arguments]);

    /// <summary>The model that is built: 37 channels in, 37 out.</summary>
    public static string Model { get; } = Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch");

    /// <summary>Builds packages for x64 with a script for an agent.</summary>
    public async Task<string> Build(int version, string agent = "1", string target = "x64", string[]? more = null)
    {
        string program = At($"agent-{agent}"), folder = At($"out-{version}-{agent}-{target}");
        Script(program, $"""
            # agent {agent}
            case $1 in
                health) if [ -e {Root}/sick ]; then echo "golden vectors differ"; exit 1; fi; [ ! -e {Root}/full-later ] || mv {Root}/full-later {Root}/full-slots ;;
            esac
            """);
        CommandRun run = await CommandRun.Of(
            ["build", "--target", target, "--model", Model, "--name", "pump", "--version", $"{version}", "--agent", program, "-o", folder, .. more ?? []]);
        Assert.True(run.Code == 0, run.Error);
        return folder;
    }

    public void Dispose()
    {
        _sshd.Kill(entireProcessTree: true);
        _sshd.WaitForExit();
        _sshd.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private bool Listens()
    {
        try
        {
            using TcpClient client = new("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void WriteSsh()
    {
        File.WriteAllText(At("etc/ssh/sshd_config"), $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {At("etc/ssh/host")}
            PidFile none
            AuthorizedKeysFile {At("etc/ssh/authorized_keys")}
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            ForceCommand {At("bin/session")}

            """);
        File.Copy(At("etc/ssh/user.pub"), At("etc/ssh/authorized_keys"));
        Know("host");
        File.WriteAllText(At("etc/ssh/config"), $"""
            Host *
              IdentityFile {At("etc/ssh/user")}
              IdentitiesOnly yes
              UserKnownHostsFile {At("etc/ssh/known_hosts")}
              GlobalKnownHostsFile /dev/null
              StrictHostKeyChecking yes
              BatchMode yes

            """);
    }

    /// <summary>Puts a key into known_hosts as the board's.</summary>
    public void Know(string key) => File.WriteAllText(At("etc/ssh/known_hosts"), $"[127.0.0.1]:{Port} {File.ReadAllText(At($"etc/ssh/{key}.pub"))}");

    private void WriteBoard()
    {
        // Absolute paths of the board become paths below the root.
        Script(At("bin/session"), $"""
            cd {Root}/home || exit 1
            export HOME={Root}/home LATCH_ROOT={Root} LATCH_SYSTEMD=1 LATCH_HEALTH_WAIT=5 SESSION=$PPID PATH={Root}/bin:$PATH
            case $SSH_ORIGINAL_COMMAND in
                *"cat >"*.part*) if [ -e {Root}/cut-upload ]; then rm {Root}/cut-upload; mkdir -p .cache/latch; echo half >.cache/latch/half; kill -9 $PPID; exit 1; fi ;;
            esac
            exec sh -c "$(printf '%s' "$SSH_ORIGINAL_COMMAND" | sed 's#/usr/lib/latch/#{Root}/usr/lib/latch/#g; s#/var/l\(ib\|og\)/latch#{Root}/var/l\1/latch#g; s#/run/\(systemd/system\|latch\)#{Root}/run/\1#g')"
            """);
        Script(At("bin/dpkg"), $"""
            [ "$1" = --print-architecture ] && exec echo amd64
            while [ "$1" != -i ]; do shift; done
            shift
            for deb; do
                # What the older version had and the newer has not.
                case $deb in */latch-model-*) rm -rf {Root}/usr/share/latch/models/pump ;; esac
                dpkg-deb -x "$deb" {Root} || exit 1
            done
            for deb; do
                name=$(dpkg-deb -f "$deb" Package)
                case $name in
                    latch-agent) {Root}/usr/lib/latch/latch-slot install agent {Root}/usr/lib/latch/agent/latch-agent ;;
                    *) {Root}/usr/lib/latch/latch-slot install model {Root}/usr/share/latch/models/pump ;;
                esac
                code=$?
                sed -i "/^package=$name /d" {Root}/packages 2>/dev/null
                if [ $code -ne 0 ]; then echo "package=$name $(dpkg-deb -f "$deb" Version) half-configured" >>{Root}/packages; exit 1; fi
                echo "package=$name $(dpkg-deb -f "$deb" Version) installed" >>{Root}/packages
            done
            """);
        Script(At("bin/dpkg-query"), $"cat {Root}/packages 2>/dev/null");
        Script(At("bin/systemctl"), $"""
            case "$*" in
                --version) echo 'systemd 252 (test)' ;;
                "restart latch-agent.service") {Root}/usr/lib/latch/latch-slot boot && touch {Root}/active ;;
                "start latch-health.service") {Root}/usr/lib/latch/latch-slot gate ;;
                "is-active"*latch-install*) [ -e {Root}/installing ] ;;
                "is-active"*) [ -e {Root}/active ] ;;
                "show latch-agent.service -p Act"*) printf 'ActiveState=%s\nSubState=running\nNRestarts=0\nActiveEnterTimestamp=today\n' "$([ -e {Root}/active ] && echo active || echo inactive)" ;;
            esac
            """);
        Script(At("bin/systemd-run"), $$"""
            while [ "$1" != dpkg ]; do log=$1; shift; done
            if [ -e {{Root}}/cut-install ]; then
                rm {{Root}}/cut-install
                touch {{Root}}/installing
                setsid sh -c '"$@"; rm {{Root}}/installing' sh "$@" </dev/null >/dev/null 2>&1 &
                kill -9 "$SESSION"
            fi
            exec "$@" >"${log#*append:}" 2>&1 </dev/null
            """);
        Script(At("bin/id"), $"if [ -e {Root}/no-sudo ]; then echo 1000; else echo 0; fi");
        Script(At("bin/sudo"), "echo 'sudo: a password is required' >&2; exit 1");
        Script(At("bin/df"), $"if [ -e {Root}/full ] || {{ [ -e {Root}/full-slots ] && [ \"$2\" = {Root}/var/lib/latch ]; }}; then printf 'F B U A C M\\nx 1 1 100 1 /\\n'; else exec /bin/df \"$@\"; fi");
        Script(At("bin/date"), $"if [ -e {Root}/late ] && [ \"$*\" = +%s ]; then echo $(($(/bin/date +%s) - 7200)); else exec /bin/date \"$@\"; fi");
        Script(At("bin/journalctl"), "echo \"2026-01-01T00:00:00+00:00 board latch-agent[1]: the journal, asked with: $*\"");
    }

    private static void Script(string path, string text)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
