using System.Diagnostics;
using System.Globalization;

namespace Latch.Targets.Deploy;

/// <summary>One line for each thing done, with the seconds it took.</summary>
internal sealed class StepLog(Action<string> tell)
{
    private readonly Stopwatch _step = Stopwatch.StartNew();
    private readonly Stopwatch _whole = Stopwatch.StartNew();

    /// <summary>Seconds since the beginning.</summary>
    public double Seconds => _whole.Elapsed.TotalSeconds;

    /// <summary>Tells that something is done, which began when the thing before was done.</summary>
    public void Done(string text)
    {
        tell(string.Create(CultureInfo.InvariantCulture, $"{_step.Elapsed.TotalSeconds,6:0.0} s  {text}"));
        _step.Restart();
    }

    /// <summary>Tells something that belongs to the step in work.</summary>
    public void Note(string text) => tell($"          {text}");
}
