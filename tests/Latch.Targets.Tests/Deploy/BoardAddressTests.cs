using Latch.Targets.Deploy;

namespace Latch.Targets.Tests.Deploy;

public sealed class BoardAddressTests
{
    [Fact]
    public void Options_OfSsh_AreItsArguments()
    {
        BoardAddress address = new("pi@10.0.0.7", ["-p 2222", "-i my key", "-p2222", "-l pi", "Compression=yes", "-vvv", "-4q"]);
        Assert.Equal(["-p", "2222", "-i", "my key", "-p", "2222", "-l", "pi", "-o", "Compression=yes", "-vvv", "-4q"], address.SshOptions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("-F")]
    [InlineData("-M")]
    [InlineData("-S /tmp/s")]
    [InlineData("-vf")]
    [InlineData("-W host:22")]
    [InlineData("--help")]
    public void Options_ThatSshDoesNotKnowOrWouldTakeTheConnection_AreRefused(string option) => Assert.Throws<TargetException>(() => new BoardAddress("pi@board", [option]));

    [Theory]
    [InlineData("")]
    [InlineData("-oProxyCommand=touch /tmp/x")]
    [InlineData("pi@board; reboot")]
    public void Destination_NoHost_IsRefused(string destination) => Assert.Throws<TargetException>(() => new BoardAddress(destination, []));

    [Fact]
    public void Facts_Text_AreReadWithTheSkewOfTheClock()
    {
        DateTimeOffset asked = DateTimeOffset.FromUnixTimeSeconds(1000);
        BoardFacts facts = new("machine=aarch64\nclock=940\ngroups=i2c gpio \npackage=latch-agent 0.1.0 installed\nslot.current=3\nsudo=yes\n", asked);
        Assert.Equal(-60, facts.ClockSkew);
        Assert.Equal(["i2c", "gpio"], facts.Groups);
        Assert.Equal(["latch-agent 0.1.0 installed"], facts.Packages);
        Assert.Equal(("3", "yes", -1L), (facts["slot.current"], facts["sudo"], facts.Number("memory")));
    }

    [Fact]
    public void Status_WithoutTrial_HasEmptyParts()
    {
        BoardStatus status = BoardStatus.Parse("current: 2\ncurrent-model: pump 5\nprevious: \ntrial: \nslots: 2\nlast-result: confirmed\nunit-ActiveState: active\nunit-SubState: running\ndocument:\n{ \"steps\": 3 }\n");
        Assert.Equal(("2", "pump 5", "", "", "active (running)"), (status.Current, status.CurrentModel, status.Previous, status.Trial, status.Service));
        Assert.Equal(3, status.Agent!.Value.GetProperty("steps").GetInt32());
        Assert.Null(BoardStatus.Parse("current: 1\ndocument:\nbroken").Agent);
    }
}
