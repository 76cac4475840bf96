namespace Latch.Mqtt;

/// <summary>Steps and alarms on their way from the inference loop to one sender. One thread adds, one takes; no lock, no allocation; what finds no room is counted.</summary>
internal sealed class ReportRing
{
    // Level changes are rare; a storm of them is counted, not kept.
    private const int Alarms = 64;

    private readonly StepEntry[] _steps;
    private readonly AlarmReport[] _alarms = new AlarmReport[Alarms];
    private long _stepHead;
    private long _stepTail;
    private long _alarmHead;
    private long _alarmTail;
    private long _dropped;

    public ReportRing(int capacity, int channels)
    {
        _steps = new StepEntry[capacity];
        for (int index = 0; index < capacity; index++)
            _steps[index] = new StepEntry(channels);
    }

    /// <summary>Reports that found no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Steps that wait.</summary>
    public int Count => (int)(Volatile.Read(ref _stepHead) - Volatile.Read(ref _stepTail));

    /// <summary>Whether half of the room is taken.</summary>
    public bool IsHalfFull => Count >= _steps.Length / 2;

    public void Add(in StepReport report)
    {
        if (_stepHead - Volatile.Read(ref _stepTail) >= _steps.Length)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return;
        }
        _steps[_stepHead % _steps.Length].Take(report);
        Volatile.Write(ref _stepHead, _stepHead + 1);
    }

    public void Add(in AlarmReport report)
    {
        if (_alarmHead - Volatile.Read(ref _alarmTail) >= Alarms)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return;
        }
        _alarms[_alarmHead % Alarms] = report;
        Volatile.Write(ref _alarmHead, _alarmHead + 1);
    }

    /// <summary>Copies the oldest step.</summary>
    public bool TryTake(StepEntry entry)
    {
        if (Volatile.Read(ref _stepHead) == _stepTail)
            return false;
        entry.Take(_steps[_stepTail % _steps.Length]);
        Volatile.Write(ref _stepTail, _stepTail + 1);
        return true;
    }

    /// <summary>Copies the oldest alarm.</summary>
    public bool TryTake(out AlarmReport alarm)
    {
        alarm = default;
        if (Volatile.Read(ref _alarmHead) == _alarmTail)
            return false;
        alarm = _alarms[_alarmTail % Alarms];
        Volatile.Write(ref _alarmTail, _alarmTail + 1);
        return true;
    }
}
