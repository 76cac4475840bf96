using System.Diagnostics;

namespace Latch.Targets.Tests.Slots;

/// <summary>Ways back, and what must not take them away.</summary>
public sealed class SlotRollbackTests
{
    [Fact]
    public void Install_SickModel_KeepsTheWayBack()
    {
        using SlotBoard board = SlotTests.Installed();
        board.Slot("install", "model", board.Model(2));
        Assert.Equal(1, board.Slot("install", "model", board.Model(3, sick: true)).Code);
        Assert.Equal(("slots/2", "slots/1"), (board.Current, board.Previous));
        Assert.Equal(0, board.Slot("rollback").Code);
        Assert.Equal("slots/1", board.Current);
    }

    [Fact]
    public void Install_DiskFullDuringTheTrial_GoesBackAllTheSame()
    {
        using SlotBoard board = SlotTests.Installed();
        string cat = Path.Combine(board.Root, "bin", "cat");
        File.WriteAllText(cat, "#!/bin/sh\nif [ $# -eq 0 ] && [ -f \"$LATCH_ROOT/full\" ]; then echo 'cat: write error: No space left on device' >&2; exit 1; fi\nexec /bin/cat \"$@\"\n");
        Process.Start("chmod", ["+x", cat]).WaitForExit();
        (int code, _) = board.Slot("install", "agent", board.Agent(2, "touch \"$LATCH_ROOT/full\"; echo 'no steps'; exit 1"));
        Assert.Equal((1, "slots/1", ""), (code, board.Current, board.Entry("trial")));
        board.AssertCurrentIsWhole((board.Agent(1), board.Model(1)));
    }

    [Fact]
    public void Install_SickModelAgain_IsRefusedAtOnceUntilItIsAllowed()
    {
        using SlotBoard board = SlotTests.Installed();
        string sick = board.Model(2, sick: true);
        board.Slot("install", "model", sick);
        int before = board.Starts;
        (int code, string text) = board.Slot("install", "model", sick);
        Assert.Equal((1, "slots/1", before), (code, board.Current, board.Starts));
        Assert.Contains("was rolled back before, and is not tried again: health gate (exit code 1): golden vectors differ", text, StringComparison.Ordinal);
        Assert.Equal(0, board.Slot("retry").Code);
        Assert.Equal(1, board.Slot("install", "model", sick).Code);
        Assert.Equal(before + 2, board.Starts);
    }

    [Fact]
    public void Rollback_OfASlotOnTrial_GoesToTheSlotBefore()
    {
        using SlotBoard board = SlotTests.Installed();
        board.Slot("install", "model", board.Model(2));
        board.Slot("install", "model", board.Model(3));
        File.WriteAllText(Path.Combine(board.Library, "trial"), "slot: 3\nbefore: 2\nstarts: 0\n");
        Assert.Equal(0, board.Slot("rollback").Code);
        Assert.Equal(("slots/2", ""), (board.Current, board.Entry("trial")));
    }

    [Theory]
    [InlineData("{ // \"allowOlder\": true\n }", 3)]
    [InlineData("{ /* \"allowOlder\": true */ }", 3)]
    [InlineData("{ \"trust\": { \"allowOlder\":\n true } }", 0)]
    public void Install_OlderModel_PermissionInACommentDoesNotCount(string configuration, int code)
    {
        using SlotBoard board = SlotTests.Installed(version: 5);
        board.Configuration = configuration;
        Assert.Equal(code, board.Slot("install", "model", board.Model(4)).Code);
    }

    [Fact]
    public void Boot_WhileAnUpdateHoldsTheLock_StartsTheCurrentSlot()
    {
        using SlotBoard board = SlotTests.Installed();
        using Process holder = Process.Start("flock", [Path.Combine(board.Library, "lock"), "sleep", "60"]);
        Stopwatch watch = Stopwatch.StartNew();
        (int code, string text) = board.Slot("boot");
        holder.Kill(entireProcessTree: true);
        Assert.Equal(0, code);
        Assert.Contains("starting slot 1 as it is", text, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 40);
    }

    [Fact]
    public void Install_SameButTheAgentDoesNotRun_StartsIt()
    {
        using SlotBoard board = SlotTests.Installed();
        int before = board.Starts;
        File.WriteAllText(Path.Combine(board.Root, "stopped"), "");
        Assert.Equal(0, board.Slot("install", "model", board.Model(1)).Code);
        Assert.Equal(before + 1, board.Starts);
    }

    [Fact]
    public void Install_StartJoinsTheEndOfAnEarlierGate_IsTriedAgain()
    {
        using SlotBoard board = SlotTests.Installed();
        File.WriteAllText(Path.Combine(board.Root, "joins"), "");
        (int code, string text) = board.Slot("install", "model", board.Model(2));
        Assert.True(code == 0, text);
        Assert.Equal(("slots/2", "confirmed"), (board.Current, board.Entry("last-result")));
    }

    [Fact]
    public void Slot_LockThatCannotBeOpened_IsToldAndRefused()
    {
        using SlotBoard board = SlotTests.Installed();
        string path = Path.Combine(board.Library, "lock");
        File.Delete(path);
        Directory.CreateDirectory(path);
        (int code, string text) = board.Slot("install", "model", board.Model(2));
        Assert.Equal((3, "slots/1"), (code, board.Current));
        Assert.Contains("Run this as root", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Installed_WheneverAnOlderModelIsStarted_NamesItBefore()
    {
        // The agent refuses a model that is older than what stands there.
        using SlotBoard board = SlotTests.Installed(version: 4);
        board.Slot("install", "model", board.Model(5));
        string agent = board.Agent(2, "grep -qx 'pump 4' \"$LATCH_ROOT/var/lib/latch/installed\" || { echo 'older than installed'; exit 1; }");
        Assert.Equal(1, board.Slot("install", "agent", agent).Code);
        Assert.Equal("pump 5\n", File.ReadAllText(Path.Combine(board.Library, "installed")));
        (int code, string text) = board.Slot("switch", "1");
        Assert.True(code == 0, text);
        Assert.Equal(("slots/1", "pump 4\n"), (board.Current, File.ReadAllText(Path.Combine(board.Library, "installed"))));

        board.Slot("install", "model", board.Model(5));
        File.Delete(Path.Combine(board.Library, board.Current!, "model", "manifest.json"));
        Assert.Equal(0, board.Slot("boot").Code);
        Assert.Equal(("slots/1", "pump 4\n"), (board.Current, File.ReadAllText(Path.Combine(board.Library, "installed"))));
    }
}
