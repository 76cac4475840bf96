namespace Latch.Board.Tests;

/// <summary>Restart and power cut, on a board of their own, beside the shared one.</summary>
[Collection(BoardCollection.Name)]
public sealed class PowerTests
{
    [Fact]
    public void PowerCut_ThenStart_KeepsWhatWasSyncedAndLosesWhatWasNot()
    {
        Board board = Board.Start("power");
        try
        {
            string before = board.Check("cat /proc/sys/kernel/random/boot_id");
            // The second file is written within the five seconds after which ext4 flushes by itself.
            board.Check("head -c 300000 /dev/urandom >kept; sha256sum kept >kept.sum; sync; echo lost >lost");
            board.CutPower();
            board.Up();
            Assert.NotEqual(before, board.Check("cat /proc/sys/kernel/random/boot_id"));
            Assert.Equal("kept: OK", board.Check("sha256sum -c kept.sum"));
            Assert.Equal("", board.Check("cat lost 2>/dev/null || true"));
            // What happened before the cut can be read afterwards.
            Assert.NotEqual("", board.Check("sudo journalctl -q -b -1 -n 1"));

            board.Check("echo written >rebooted");
            board.Reboot();
            Assert.Equal("written", board.Check("cat rebooted"));
            Assert.Equal("0x1980", board.Simulate("i2c 0x48 0"));
        }
        finally
        {
            board.Remove();
        }
    }
}
