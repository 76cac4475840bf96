using System.Globalization;

namespace Latch.Sensors.Faults;

/// <summary>Reads the faults to inject from a CSV file: <c>start,end,kind,target,amount</c>, times in seconds since the first sample.</summary>
/// <remarks>Kinds are stuck, zero, missing and drift; <c>target</c> is the channel. Lines starting with # are comments.</remarks>
public static class FaultPlan
{
    private const string Header = "start,end,kind,target,amount";

    /// <summary>Reads a plan.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SensorFileException">The file cannot be read or a line is not a fault.</exception>
    public static IReadOnlyList<SensorFault> Load(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorFileException(path, 0, $"cannot be opened. {e.Message}", e);
        }

        if (lines.Length == 0 || lines[0] != Header)
            throw new SensorFileException(path, 1, $"the header must be '{Header}'.");
        List<SensorFault> faults = [];
        for (int i = 1; i < lines.Length; i++)
            if (lines[i].Length > 0 && lines[i][0] != '#')
                faults.Add(Parse(lines[i].Split(','), path, i + 1));
        return faults;
    }

    private static SensorFault Parse(string[] fields, string path, int line)
    {
        if (fields.Length != 5)
            throw new SensorFileException(path, line, $"has {fields.Length} fields instead of 5 ({Header}).");
        double start = Number(fields[0]), end = Number(fields[1]);
        if (start < 0 || end <= start)
            throw new SensorFileException(path, line, "the end must be later than the start, and the start not before the first sample.");
        if (!Enum.TryParse(fields[2], ignoreCase: true, out SensorFaultKind kind) || !Enum.IsDefined(kind) || char.IsDigit(fields[2][0]))
            throw new SensorFileException(path, line, $"'{fields[2]}' is not a kind of sensor fault: stuck, zero, missing or drift.");
        float amount = fields[4].Length == 0 && kind != SensorFaultKind.Drift ? 0 : (float)Number(fields[4]);
        return new(TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end), kind, fields[3], amount);

        double Number(string field) =>
            double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) < 1e9
                ? value
                : throw new SensorFileException(path, line, $"'{field}' is not a number in range.");
    }
}
