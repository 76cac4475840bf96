using Latch.Targets.Deploy;

namespace Latch.Targets.Tests.Deploy;

public sealed class BoardAddressTests
{
    [Fact]
    public void Options_OfSsh_AreThoseOfScpButForThePort()
    {
        BoardAddress address = new("pi@10.0.0.7", ["-p 2222", "-i my key", "-F", "Compression=yes", "-v"]);
        Assert.Equal(["-p", "2222", "-i", "my key", "-F", "-o", "Compression=yes", "-v"], address.SshOptions);
        Assert.Equal(["-P", "2222", "-i", "my key", "-F", "-o", "Compression=yes", "-v"], address.ScpOptions);
    }

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
        Assert.Equal(("3", "sudo -n ", -1L), (facts["slot.current"], facts.Root, facts.Number("memory")));
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
