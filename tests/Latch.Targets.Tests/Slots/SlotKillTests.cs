using System.Diagnostics;

namespace Latch.Targets.Tests.Slots;

/// <summary>Updates that are killed: whatever the moment, the current slot is the whole old one or the whole new one, and the next update works.</summary>
public sealed class SlotKillTests
{
    private const int Kills = 200;

    [Fact]
    public void Install_KilledAtRandomMoments_LeavesAWholeSlot()
    {
        using SlotBoard board = SlotTests.Installed();
        Stopwatch whole = Stopwatch.StartNew();
        Assert.Equal(0, board.Slot("install", "model", board.Model(2)).Code);
        double milliseconds = whole.Elapsed.TotalMilliseconds;
        Random random = new(20260101);
        int[] seen = new int[2];
        for (int kill = 0, version = 3; kill < Kills; kill++, version++)
        {
            string agent = board.Agent(1), old = board.Model(version - 1), next = board.Model(version);
            using (Process update = board.Start("install", "model", next))
            {
                Thread.Sleep((int)(random.NextDouble() * milliseconds * 1.1));
                SlotBoard.KillGroup(update);
            }
            seen[board.AssertCurrentIsWhole((agent, old), (agent, next))]++;

            // Every other time the power was cut: the board starts, and the gate of a slot on trial runs.
            if (kill % 2 == 0)
            {
                Assert.Equal(0, board.Slot("boot").Code);
                Assert.Equal(0, board.Slot("gate").Code);
                board.AssertCurrentIsWhole((agent, old), (agent, next));
            }
            (int code, string text) = board.Slot("install", "model", next);
            Assert.True(code == 0, $"After kill {kill}: {text}");
            board.AssertCurrentIsWhole((agent, next));
            Assert.Equal(("confirmed", ""), (board.Entry("last-result"), board.Entry("trial")));
            Directory.Delete(old, recursive: true);
        }
        Assert.Empty(Directory.GetFileSystemEntries(board.Library, "*.tmp", SearchOption.AllDirectories));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills in updates of {milliseconds:0} ms: {seen[0]} left the old slot, {seen[1]} the new one.");
        Assert.All(seen, count => Assert.True(count > Kills / 20, $"The kills all came too early or too late: {seen[0]} old, {seen[1]} new."));
    }
}
