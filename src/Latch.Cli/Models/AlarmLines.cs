using System.Globalization;
using Latch.Anomaly;
using Latch.Cli.Output;

namespace Latch.Cli.Models;

/// <summary>A line when an alarm begins and one when it is over, which is known some quiet steps later: both bear the time at which it happened.</summary>
internal sealed class AlarmLines(Terminal terminal, AlarmWatch watch)
{
    private int _ended;
    private DateTimeOffset _began;
    private DateTimeOffset _quiet; // of the first step after the alarm's last one, as far as is known

    /// <summary>Tells what the last step brought.</summary>
    /// <param name="time">When the step's sample was taken.</param>
    /// <param name="score">Its score.</param>
    public void Tell(DateTimeOffset time, double score)
    {
        AnomalyDetector detector = watch.Detector;
        Alarm alarm = detector.Alarm;
        long step = detector.Steps - 1;
        if (step == alarm.End)
            _quiet = time;
        if (watch.Alarms.Count > _ended)
        {
            _ended = watch.Alarms.Count;
            Write(_quiet, "over ", string.Create(CultureInfo.InvariantCulture,
                $"{alarm.End - alarm.Start} steps after it began at {_began:HH:mm:ss}, peak {alarm.PeakScore:0.0} in {watch.Describe(alarm)}"));
        }
        else if (detector.InAlarm && step == alarm.Start)
        {
            _began = time;
            Write(time, "ALARM", string.Create(CultureInfo.InvariantCulture, $"{watch.Describe(alarm)}, score {score:0.0} (threshold {detector.Threshold:0.0})"));
        }
    }

    private void Write(DateTimeOffset time, string what, string text) => terminal.Out.WriteLine($"{time:yyyy-MM-dd HH:mm:ss}  {what}  {text}");
}
