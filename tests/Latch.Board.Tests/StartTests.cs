namespace Latch.Board.Tests;

/// <summary>How the script starts a machine, tried with a program that only waits in QEMU's place.</summary>
public sealed class StartTests
{
    // Between its fork and its exec a new process has the script's own command line; a busy host leaves it so for a while, here for half a second.
    private const string Started = """
        . lib/common.sh
        . lib/run.sh
        cache=$1
        mkdir -p "$cache/keys" "$cache/boards/slow"
        echo "ssh-ed25519 AAAA" >"$cache/keys/host.pub"
        printf '#!/bin/bash\nsleep 20 & trap "kill $!" TERM; wait\n' >"$cache/qemu-system-aarch64"
        chmod +x "$cache/qemu-system-aarch64"
        PATH=$cache:$PATH
        late() { sleep 0.5; exec "$@"; }
        start_machine "$cache/boards/slow" "$cache" "$cache/disk" cortex-a72 "" late
        machine_pid "$cache/boards/slow" && kill "$(cat "$cache/boards/slow/pid")"
        """;

    [Fact]
    public void StartMachine_ProcessThatIsLate_IsThereWhenItReturns()
    {
        string folder = Directory.CreateTempSubdirectory("latch-board-start-").FullName;
        try
        {
            ProcessRun run = ProcessRun.Of(TimeSpan.FromMinutes(1), "bash", "-euc", $"cd '{Path.Combine(SharedData.Repository, "targets", "virtual-board")}'; set -- '{folder}'\n{Started}");
            Assert.Matches("^[0-9]+$", run.Succeeded());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
