namespace Latch.Anomaly;

/// <summary>What became of the alarms of one run in another run on the same samples.</summary>
/// <param name="Lost">Alarms of the first run that no alarm of the second overlaps.</param>
/// <param name="Gained">Alarms of the second run that no alarm of the first overlaps.</param>
public sealed record AlarmDifference(IReadOnlyList<Alarm> Lost, IReadOnlyList<Alarm> Gained)
{
    /// <summary>Compares two runs.</summary>
    /// <param name="before">Alarms of the first run.</param>
    /// <param name="after">Alarms of the second run.</param>
    public static AlarmDifference Between(IReadOnlyList<Alarm> before, IReadOnlyList<Alarm> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return new AlarmDifference(Without(before, after), Without(after, before));
    }

    private static Alarm[] Without(IReadOnlyList<Alarm> alarms, IReadOnlyList<Alarm> others) =>
        [.. alarms.Where(alarm => !others.Any(other => other.Start < alarm.End && alarm.Start < other.End))];
}
