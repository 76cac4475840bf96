using Latch.Agent.Service;
using Latch.Sensors;
using Latch.Sensors.Outputs;

namespace Latch.Agent.Tests;

public sealed class OutputsTests
{
    [Fact]
    public void Set_Levels_AreShownAndTheOutputIsLeftClosed()
    {
        FakeOutput output = new();
        using Log log = new(new StringWriter());
        using (Outputs outputs = new([output.Open], log))
        {
            output.Expect(AlarmLevel.Normal);
            foreach (AlarmLevel level in (AlarmLevel[])[AlarmLevel.Warning, AlarmLevel.Alarm, AlarmLevel.Fault, AlarmLevel.Normal])
            {
                outputs.Set(level);
                Assert.Equal(level, outputs.Level);
                output.Expect(level);
            }
        }

        Assert.Equal((1, 1), (output.Opened, output.Closed));
    }

    [Fact]
    public void Set_OutputFailsWhileTheLevelStays_IsLoggedOpenedAgainAndShowsIt()
    {
        FakeOutput output = new(), other = new();
        StringWriter lines = new();
        using Log log = new(lines);
        using (Outputs outputs = new([other.Open, output.Open], log, TimeSpan.FromMilliseconds(20)))
        {
            outputs.Set(AlarmLevel.Alarm);
            output.Expect(AlarmLevel.Alarm);
            output.Failure = new SensorException("/dev/gpiochip0", "it is gone.");
            Assert.True(SpinWait.SpinUntil(() => output.Opened == 2, 20_000));
            while (output.Levels.TryTake(out _))
            {
            }

            output.Expect(AlarmLevel.Alarm);
        }

        log.Dispose();
        Assert.Equal(1, other.Opened);
        Assert.Contains("<3>alarms.outputs[1]: /dev/gpiochip0: it is gone.\n<5>alarms.outputs[1]: works again.\n", lines.ToString(), StringComparison.Ordinal);
    }
}
