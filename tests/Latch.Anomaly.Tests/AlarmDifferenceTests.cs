namespace Latch.Anomaly.Tests;

public sealed class AlarmDifferenceTests
{
    [Fact]
    public void Between_OverlapTouchAndGap_LosesAndGainsWhatDoesNotOverlap()
    {
        Alarm[] before = [At(0, 10), At(20, 30), At(50, 60)];
        Alarm[] after = [At(9, 12), At(30, 35), At(40, 55)];
        AlarmDifference difference = AlarmDifference.Between(before, after);
        Assert.Equal([At(20, 30)], difference.Lost);
        Assert.Equal([At(30, 35)], difference.Gained);
    }

    [Fact]
    public void Between_NoAlarmsOnOneSide_LosesOrGainsAll()
    {
        Alarm[] alarms = [At(1, 2), At(5, 9)];
        Assert.Equal(alarms, AlarmDifference.Between(alarms, []).Lost);
        Assert.Equal(alarms, AlarmDifference.Between([], alarms).Gained);
        Assert.Empty(AlarmDifference.Between(alarms, alarms).Lost);
    }

    private static Alarm At(long start, long end) => new(start, end, 0, AlarmReason.Jump, 5, start);
}
