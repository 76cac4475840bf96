using System.Globalization;

namespace Latch.Samples.Vibration;

/// <summary>What happens to the machine and when: lines of <c>SECONDS COMMAND</c> in order of time; <c>end</c> is the last, # begins a comment.</summary>
internal sealed class Scenario
{
    private readonly List<(long Sample, string Command, int Line)> _events = [];
    private readonly string _path;

    private Scenario(string path) => _path = path;

    /// <summary>Length in samples.</summary>
    public long Samples { get; private set; }

    /// <summary>Reads a scenario.</summary>
    /// <exception cref="SimulatorException">A line is not an event, or there is no end.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Scenario Load(string path) => Parse(path, File.ReadAllLines(path));

    /// <summary>Reads a scenario from its lines.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="lines">The lines.</param>
    /// <exception cref="SimulatorException">A line is not an event, or there is no end.</exception>
    public static Scenario Parse(string path, string[] lines)
    {
        Scenario scenario = new(path);
        long last = 0;
        for (int line = 1; line <= lines.Length; line++)
        {
            string text = lines[line - 1].Split('#')[0].Trim();
            if (text.Length == 0)
                continue;
            string[] parts = text.Split(' ', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || !double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
                throw new SimulatorException($"{path}, line {line}: '{text}' is not 'SECONDS COMMAND'.");
            long sample = (long)Math.Round(seconds * Adxl345.DataRate);
            if (sample < last)
                throw new SimulatorException($"{path}, line {line}: {seconds} s is before the line above. Sort the lines by time.");
            last = sample;
            if (parts[1] == "end")
                return sample > 0 ? scenario.EndAt(sample) : throw new SimulatorException($"{path}, line {line}: the end must come after 0 s.");
            scenario._events.Add((sample, parts[1], line));
        }

        throw new SimulatorException($"{path}: the last line must be 'SECONDS end'.");
    }

    /// <summary>Plays the scenario.</summary>
    /// <param name="seed">Of the rig.</param>
    /// <param name="sample">Gets each sample: x, y, z in g.</param>
    /// <returns>The faults: first sample, sample after the last, kind, level.</returns>
    /// <exception cref="SimulatorException">A command cannot be carried out.</exception>
    public IReadOnlyList<(long Start, long End, FaultKind Kind, int Level)> Play(ulong seed, Action<ReadOnlySpan<double>> sample)
    {
        Rig rig = new(seed);
        List<(long Start, long End, FaultKind Kind, int Level)> faults = [];
        (FaultKind? kind, int level, long since) = (null, 0, 0);
        int next = 0;
        for (long at = 0; at <= Samples; at++)
        {
            for (; next < _events.Count && _events[next].Sample == at; next++)
                Do(rig, _events[next]);
            bool changed = rig.Machine.Fault != kind || rig.Machine.Level != level;
            if (kind is { } was && (changed || at == Samples))
                faults.Add((since, at, was, level));
            if (changed)
                (kind, level, since) = (rig.Machine.Fault, rig.Machine.Level, at);
            if (at < Samples)
                sample(rig.Next());
        }

        return faults;
    }

    private Scenario EndAt(long sample)
    {
        Samples = sample;
        return this;
    }

    private void Do(Rig rig, (long Sample, string Command, int Line) happens)
    {
        try
        {
            rig.Do(happens.Command);
        }
        catch (SimulatorException exception)
        {
            throw new SimulatorException($"{_path}, line {happens.Line}: {exception.Message}");
        }
    }
}
