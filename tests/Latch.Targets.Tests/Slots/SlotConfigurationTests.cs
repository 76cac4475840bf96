namespace Latch.Targets.Tests.Slots;

/// <summary>A configuration that comes with the packages is part of the update: it is tried with the slot, and goes back with it.</summary>
public sealed class SlotConfigurationTests
{
    private const string First = "{ \"rate\": 1 }\n", Second = "{ \"rate\": 2 }\n", Own = "{ \"rate\": 3 }\n";

    // Healthy with the first configuration only.
    private const string FirstOnly = "grep -q 'rate\": 1' \"$LATCH_ROOT/etc/latch/agent.json\" || { echo 'no such channel'; exit 1; }";

    [Fact]
    public void Install_FirstSlot_PutsTheConfigurationInPlace()
    {
        using SlotBoard board = WithConfiguration();
        Assert.Equal(First, board.Configuration);
    }

    [Fact]
    public void Install_NewConfigurationAndModel_AreOneSlotAndOneTrial()
    {
        using SlotBoard board = WithConfiguration();
        int before = board.Starts;
        string staged = Upgrade(board, version: 2);
        (int code, string text) = board.Slot("install", "agent", staged);
        Assert.Equal((0, "slots/1", First), (code, board.Current, board.Configuration));
        Assert.Contains("when the model's package, which came with this one, is configured", text, StringComparison.Ordinal);
        board.SetPackage("latch-agent", "installed");
        board.SetPackage("latch-model", "installed");
        Assert.Equal(0, board.Slot("install", "model", board.Model(2)).Code);
        Assert.Equal(("slots/2", "slots/1", Second, before + 1), (board.Current, board.Previous, board.Configuration, board.Starts));
        board.AssertCurrentIsWhole((staged, board.Model(2)));

        // By hand all of it goes back, and forth again.
        Assert.Equal(0, board.Slot("rollback").Code);
        Assert.Equal(("slots/1", First), (board.Current, board.Configuration));
        board.AssertCurrentIsWhole((board.Agent(1, FirstOnly), board.Model(1)));
        Assert.Equal(0, board.Slot("rollback").Code);
        Assert.Equal(("slots/2", Second), (board.Current, board.Configuration));
    }

    [Fact]
    public void Install_ConfigurationThatIsNotHealthy_GoesBackWithTheSlot()
    {
        using SlotBoard board = WithConfiguration();
        board.Shipped = Second;
        (int code, string text) = board.Slot("install", "model", board.Model(2));
        Assert.Equal((1, "slots/1", First), (code, board.Current, board.Configuration));
        Assert.Contains("no such channel", text, StringComparison.Ordinal);
        // The mended one is not held up by the one that was refused.
        board.Shipped = "{ \"rate\": 1, \"mended\": 1 }\n";
        Assert.Equal(0, board.Slot("install", "model", board.Model(2)).Code);
        Assert.Equal(("slots/2", "{ \"rate\": 1, \"mended\": 1 }\n"), (board.Current, board.Configuration));
    }

    [Fact]
    public void Install_OnlyTheConfigurationIsNewAndNotHealthy_GoesBackInTheSameSlot()
    {
        using SlotBoard board = WithConfiguration();
        board.Shipped = Second;
        (int code, _) = board.Slot("install", "model", board.Model(1));
        Assert.Equal((1, "slots/1", null, First), (code, board.Current, board.Previous, board.Configuration));
        Assert.Equal(("rolled-back", ""), (board.Entry("last-result"), board.Entry("trial")));
    }

    [Fact]
    public void Install_ConfigurationChangedOnTheBoard_StaysAndIsTold()
    {
        using SlotBoard board = WithConfiguration(agent: "exit 0");
        board.Configuration = Own;
        board.Shipped = Second;
        (int code, string text) = board.Slot("install", "model", board.Model(2));
        Assert.Equal((0, Own), (code, board.Configuration));
        Assert.Contains("was changed on this board and stays", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_CutBetweenConfigurationAndSwitch_TakesTheConfigurationBack()
    {
        using SlotBoard board = WithConfiguration();
        File.WriteAllText(Path.Combine(board.Library, "trial"), "slot: 2\nbefore: 1\nconfiguration: new\nstarts: 0\n");
        File.WriteAllText(Path.Combine(board.Library, "before.json"), First);
        board.Configuration = Second;
        Assert.Equal(0, board.Slot("boot").Code);
        Assert.Equal((First, "slots/1", ""), (board.Configuration, board.Current, board.Entry("trial")));
    }

    [Fact]
    public void Install_ModelAloneAfterARefusedAgent_TakesAgentAndConfigurationInUse()
    {
        using SlotBoard board = WithConfiguration();
        board.SetPackage("latch-agent", "half-configured");
        board.Shipped = Second;
        Assert.Equal(0, board.Slot("install", "model", board.Model(2)).Code);
        Assert.Equal(First, board.Configuration);
    }

    private static SlotBoard WithConfiguration(string agent = FirstOnly)
    {
        SlotBoard board = new();
        board.SetPackage("latch-agent", "installed");
        board.Shipped = First;
        string staged = Path.Combine(Directory.CreateDirectory(Path.Combine(board.Root, "usr", "lib", "latch", "agent")).FullName, "latch-agent");
        File.Copy(board.Agent(1, agent), staged);
        Assert.Equal(0, board.Slot("install", "model", board.Model(1)).Code);
        return board;
    }

    // What dpkg has done before it configures the agent's package: all files of both are there.
    private static string Upgrade(SlotBoard board, int version)
    {
        string staged = Path.Combine(board.Root, "usr", "lib", "latch", "agent", "latch-agent");
        File.Copy(board.Agent(version), staged, overwrite: true);
        board.Shipped = Second;
        board.SetPackage("latch-agent", "half-configured");
        board.SetPackage("latch-model", "unpacked");
        return staged;
    }
}
