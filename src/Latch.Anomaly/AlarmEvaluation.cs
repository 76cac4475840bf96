namespace Latch.Anomaly;

/// <summary>Alarms held against known faults.</summary>
/// <remarks>
/// A fault is found when an alarm starts between its start and its end plus the tolerance. An alarm that starts in no fault's
/// span is false, also when it lasts into one.
/// </remarks>
public sealed class AlarmEvaluation
{
    private AlarmEvaluation(IReadOnlyList<FoundFault> faults, IReadOnlyList<Alarm> falseAlarms, double hours)
    {
        Faults = faults;
        FalseAlarms = falseAlarms;
        Hours = hours;
    }

    /// <summary>Every labelled fault, with the alarm that found it if there is one.</summary>
    public IReadOnlyList<FoundFault> Faults { get; }

    /// <summary>Alarms that belong to no fault.</summary>
    public IReadOnlyList<Alarm> FalseAlarms { get; }

    /// <summary>Length of the series in hours, faults included.</summary>
    public double Hours { get; }

    /// <summary>Number of faults found.</summary>
    public int Found => Faults.Count(fault => fault.Alarm is not null);

    /// <summary>Number of faults missed.</summary>
    public int Missed => Faults.Count - Found;

    /// <summary>Median of the delays of the faults found, in seconds; NaN when none is found.</summary>
    public double MedianDelay
    {
        get
        {
            double[] delays = [.. Faults.Where(fault => fault.Alarm is not null).Select(fault => fault.Delay).Order()];
            return delays.Length == 0 ? double.NaN : (delays[(delays.Length - 1) / 2] + delays[delays.Length / 2]) / 2;
        }
    }

    /// <summary>Compares alarms with labels.</summary>
    /// <param name="alarms">The alarms, in order of their start.</param>
    /// <param name="labels">The known faults.</param>
    /// <param name="steps">Length of the series.</param>
    /// <param name="sampleRate">Samples per second, in Hz.</param>
    /// <param name="toleranceSeconds">How long after a fault's end its alarm may still start.</param>
    public static AlarmEvaluation Evaluate(
        IReadOnlyList<Alarm> alarms, IReadOnlyList<FaultLabel> labels, long steps, double sampleRate, double toleranceSeconds = 30)
    {
        ArgumentNullException.ThrowIfNull(alarms);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNegative(toleranceSeconds);
        double tolerance = toleranceSeconds * sampleRate;
        FoundFault[] faults = [.. labels.Select(label => Find(label))];
        Alarm[] falseAlarms = [.. alarms.Where(alarm => !labels.Any(label => IsIn(label, alarm)))];
        return new(faults, falseAlarms, steps / sampleRate / 3600);

        FoundFault Find(FaultLabel label)
        {
            foreach (Alarm alarm in alarms)
                if (IsIn(label, alarm))
                    return new(label, alarm, (alarm.Start - label.Start) / sampleRate);
            return new(label, null, double.NaN);
        }

        bool IsIn(FaultLabel label, Alarm alarm) => alarm.Start >= label.Start && alarm.Start < label.End + tolerance;
    }
}

/// <summary>A labelled fault and the alarm that found it.</summary>
/// <param name="Label">The fault.</param>
/// <param name="Alarm">The first alarm that started during it or within the tolerance; null when the fault was missed.</param>
/// <param name="Delay">From the fault's start to the alarm's, in seconds; NaN when missed.</param>
public sealed record FoundFault(FaultLabel Label, Alarm? Alarm, double Delay);
