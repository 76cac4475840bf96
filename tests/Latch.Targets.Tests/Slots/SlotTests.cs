using System.Diagnostics;

namespace Latch.Targets.Tests.Slots;

public sealed class SlotTests
{
    [Fact]
    public void Install_AgentThenModel_MakesTheFirstSlot()
    {
        using SlotBoard board = new();
        string staged = Directory.CreateDirectory(Path.Combine(board.Root, "usr", "lib", "latch", "agent")).FullName;
        File.Copy(board.Agent(1), Path.Combine(staged, "latch-agent"));
        (int code, string text) = board.Slot("install", "agent", Path.Combine(staged, "latch-agent"));
        Assert.Equal((0, null), (code, board.Current));
        Assert.Contains("there is no model yet", text, StringComparison.Ordinal);

        Assert.Equal(0, board.Slot("install", "model", board.Model(1)).Code);
        Assert.Equal(("slots/1", null), (board.Current, board.Previous));
        board.AssertCurrentIsWhole((board.Agent(1), board.Model(1)));
        Assert.Equal("confirmed", board.Entry("last-result"));
    }

    [Fact]
    public void Install_NewModel_SwitchesAndKeepsTheSlotBefore()
    {
        using SlotBoard board = Installed();
        Assert.Equal(0, board.Slot("install", "model", board.Model(2)).Code);
        Assert.Equal(("slots/2", "slots/1"), (board.Current, board.Previous));
        board.AssertCurrentIsWhole((board.Agent(1), board.Model(2)));
        Assert.Equal(0, board.Slot("install", "agent", board.Agent(2)).Code);
        board.AssertCurrentIsWhole((board.Agent(2), board.Model(2)));
        Assert.Equal("2 3", board.Entry("slots"));
    }

    [Fact]
    public void Install_SameAgain_ChangesNothing()
    {
        using SlotBoard board = Installed();
        (int code, string text) = board.Slot("install", "model", board.Model(1));
        Assert.Equal(0, code);
        Assert.Contains("slot 1 holds exactly this already", text, StringComparison.Ordinal);
        Assert.Equal("1", board.Entry("slots"));
    }

    [Fact]
    public void Install_SameWithAnotherConfiguration_StartsTheAgentAgain()
    {
        using SlotBoard board = Installed();
        int before = board.Starts;
        File.WriteAllText(Path.Combine(board.Root, "etc", "latch", "agent.json"), "{ \"rate\": 2 }\n");
        Assert.Equal(0, board.Slot("install", "model", board.Model(1)).Code);
        Assert.Equal((before + 1, "1", "confirmed"), (board.Starts, board.Entry("slots"), board.Entry("last-result")));
        Assert.Equal(0, board.Slot("install", "model", board.Model(1)).Code);
        Assert.Equal(before + 1, board.Starts);
    }

    [Fact]
    public void Gate_UpdaterKilledBeforeTheRestart_StartsTheNewSlot()
    {
        using SlotBoard board = Installed();
        int before = board.Starts;
        // What an updater leaves that is killed right after the switch.
        using (Process copy = Process.Start("cp", ["-a", Path.Combine(board.Library, "slots", "1"), Path.Combine(board.Library, "slots", "2")]))
            copy.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(board.Library, "previous"), "slots/1");
        File.WriteAllText(Path.Combine(board.Library, "trial"), "slot: 2\nbefore: 1\nstarts: 0\n");
        File.Delete(Path.Combine(board.Library, "current"));
        File.CreateSymbolicLink(Path.Combine(board.Library, "current"), "slots/2");
        Assert.Equal(0, board.Slot("gate").Code);
        Assert.Equal((before + 1, "slots/2", "confirmed", ""), (board.Starts, board.Current, board.Entry("last-result"), board.Entry("trial")));
    }

    [Fact]
    public void Install_SickModel_IsRolledBackWithItsReason()
    {
        using SlotBoard board = Installed();
        (int code, string text) = board.Slot("install", "model", board.Model(2, sick: true));
        Assert.Equal((1, "slots/1"), (code, board.Current));
        Assert.Contains("rolled-back: health gate (exit code 1): golden vectors differ", text, StringComparison.Ordinal);
        Assert.Equal(("rolled-back", "pump 1", ""), (board.Entry("last-result"), board.Entry("current-model"), board.Entry("trial")));

        // The next good one is not held up by it, and may have the number of the sick one.
        Assert.Equal(0, board.Slot("install", "model", board.Model(2)).Code);
        board.AssertCurrentIsWhole((board.Agent(1), board.Model(2)));
    }

    [Fact]
    public void Install_AgentThatCannotRun_IsRolledBack()
    {
        using SlotBoard board = Installed();
        string agent = Path.Combine(board.Root, "arm-agent");
        File.WriteAllBytes(agent, [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0]);
        (int code, string text) = board.Slot("install", "agent", agent);
        Assert.Equal((1, "slots/1"), (code, board.Current));
        Assert.Contains("rolled-back: health gate (exit code 12", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Install_FirstSlotIsSick_SaysThatNoneIsOlderAndCanBeTriedAgain()
    {
        using SlotBoard board = new();
        string staged = Directory.CreateDirectory(Path.Combine(board.Root, "usr", "lib", "latch", "agent")).FullName;
        File.Copy(board.Agent(1, "[ -f \"$LATCH_ROOT/well\" ]"), Path.Combine(staged, "latch-agent"));
        (int code, string text) = board.Slot("install", "model", board.Model(1));
        Assert.Equal((1, "slots/1"), (code, board.Current));
        Assert.Contains("There is no older slot to go back to.", text, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(board.Root, "well"), "");
        Assert.Equal(0, board.Slot("install", "model", board.Model(1)).Code);
        Assert.Equal("confirmed", board.Entry("last-result"));
    }

    [Fact]
    public void Install_AgentAfterASickFirstModel_TakesTheModelThatIsStaged()
    {
        using SlotBoard board = new();
        string usr = Path.Combine(board.Root, "usr"), staged = Directory.CreateDirectory(Path.Combine(usr, "lib", "latch", "agent")).FullName;
        string agent = Path.Combine(staged, "latch-agent"), model = Path.Combine(usr, "share", "latch", "models", "pump");
        File.Copy(board.Agent(1), agent);
        Assert.Equal(1, board.Slot("install", "model", board.Model(1, sick: true)).Code);
        Directory.CreateDirectory(Path.GetDirectoryName(model)!);
        Directory.Move(board.Model(2), model);
        (int code, string text) = board.Slot("install", "agent", agent);
        Assert.True(code == 0, text);
        board.AssertCurrentIsWhole((agent, model));
    }

    [Fact]
    public void Install_OlderModel_NeedsPermission()
    {
        using SlotBoard board = Installed(version: 5);
        (int code, string text) = board.Slot("install", "model", board.Model(4));
        Assert.Equal((3, "slots/1"), (code, board.Current));
        Assert.Contains("the model has version 4, older than the installed pump 5.", text, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(board.Root, "etc", "latch", "agent.json"), "{ \"trust\": { \"allowOlder\": true } }");
        Assert.Equal(0, board.Slot("install", "model", board.Model(4)).Code);
        Assert.Equal("pump 4", board.Entry("current-model"));
    }

    [Fact]
    public void Rollback_AfterAnUpdate_GoesBackAndForthAgain()
    {
        using SlotBoard board = Installed();
        board.Slot("install", "model", board.Model(2));
        Assert.Equal(0, board.Slot("rollback").Code);
        Assert.Equal(("slots/1", "slots/2", "pump 1\n"), (board.Current, board.Previous, File.ReadAllText(Path.Combine(board.Library, "installed"))));
        Assert.Equal(0, board.Slot("rollback").Code);
        Assert.Equal("slots/2", board.Current);
    }

    [Fact]
    public void Rollback_OnlySlot_IsRefused()
    {
        using SlotBoard board = Installed();
        (int code, string text) = board.Slot("rollback");
        Assert.Equal((3, "slots/1"), (code, board.Current));
        Assert.Contains("there is no older slot to go back to.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Boot_TrialThatNeverComesUp_IsGivenUpAtTheFourthStart()
    {
        using SlotBoard board = Installed();
        board.Slot("install", "model", board.Model(2));
        File.WriteAllText(Path.Combine(board.Library, "trial"), "slot: 2\nbefore: 1\nsince: now\nstarts: 0\n");
        for (int start = 1; start <= 3; start++)
        {
            Assert.Equal(0, board.Slot("boot").Code);
            Assert.Equal("slots/2", board.Current);
        }
        Assert.Equal(0, board.Slot("boot").Code);
        Assert.Equal(("slots/1", "rolled-back"), (board.Current, board.Entry("last-result")));
    }

    [Fact]
    public void Boot_CurrentIsBroken_TakesTheSlotBefore()
    {
        using SlotBoard board = Installed();
        board.Slot("install", "model", board.Model(2));
        File.Delete(Path.Combine(board.Library, "slots", "2", "model", "manifest.json"));
        Assert.Equal(0, board.Slot("boot").Code);
        Assert.Equal("slots/1", board.Current);
    }

    [Fact]
    public void Install_FullDisk_KeepsTheOldSlot()
    {
        using SlotBoard board = Installed();
        string full = Path.Combine(board.Root, "bin", "cp");
        File.WriteAllText(full, "#!/bin/sh\ncase $* in *model*) echo 'cp: No space left on device' >&2; exit 1 ;; esac\nexec /bin/cp \"$@\"\n");
        Process.Start("chmod", ["+x", full]).WaitForExit();
        (int code, string text) = board.Slot("install", "model", board.Model(2));
        Assert.Equal((3, "slots/1"), (code, board.Current));
        Assert.Contains("slot 2 could not be written", text, StringComparison.Ordinal);
        Assert.Equal(["1"], Directory.GetFileSystemEntries(Path.Combine(board.Library, "slots")).Select(Path.GetFileName));
        board.AssertCurrentIsWhole((board.Agent(1), board.Model(1)));
    }

    [Fact]
    public void Install_TooLittleSpace_SaysHowMuch()
    {
        using SlotBoard board = Installed();
        string df = Path.Combine(board.Root, "bin", "df");
        File.WriteAllText(df, "#!/bin/sh\nprintf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 10 10 17 100%% /\\n'\n");
        Process.Start("chmod", ["+x", df]).WaitForExit();
        (int code, string text) = board.Slot("install", "model", board.Model(2));
        Assert.Equal((3, "slots/1"), (code, board.Current));
        Assert.Matches("has 17 KiB free, a new slot needs [0-9]+\\.", text);
    }

    [Fact]
    public void Install_TwoAtOnce_BothEndAndOneSlotIsInUse()
    {
        using SlotBoard board = Installed();
        using Process first = board.Start("install", "model", board.Model(2)), second = board.Start("install", "model", board.Model(2));
        first.WaitForExit();
        second.WaitForExit();
        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        board.AssertCurrentIsWhole((board.Agent(1), board.Model(2)));
        Assert.Equal("confirmed", board.Entry("last-result"));
    }

    [Theory]
    [InlineData()]
    [InlineData("install")]
    [InlineData("install", "model")]
    [InlineData("install", "kernel", "x")]
    [InlineData("switch", "../1")]
    public void Slot_WrongCommandLine_ShowsHelp(params string[] arguments)
    {
        using SlotBoard board = new();
        (int code, string text) = board.Slot(arguments);
        Assert.Equal(2, code);
        Assert.StartsWith("Usage: latch-slot COMMAND", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Engine_Text_IsPlainShell()
    {
        SharedData.RequirePath("/usr/bin/shellcheck", "the command shellcheck (Debian: shellcheck)");
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/shellcheck", [SlotBoard.Engine]) { RedirectStandardOutput = true })!;
        Assert.Equal("", process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    internal static SlotBoard Installed(int version = 1)
    {
        SlotBoard board = new();
        string staged = Directory.CreateDirectory(Path.Combine(board.Root, "usr", "lib", "latch", "agent")).FullName;
        File.Copy(board.Agent(1), Path.Combine(staged, "latch-agent"));
        Assert.Equal(0, board.Slot("install", "model", board.Model(version)).Code);
        return board;
    }
}
